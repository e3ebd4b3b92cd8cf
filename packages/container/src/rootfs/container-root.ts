import { mountStandard, type Cgroup, type Devpts, type Kernel, type Namespaces } from "@ringzero/kernel";
import { Errno, S_IFREG } from "@ringzero/linux-abi";
import { BytesBuffer, Dentry, Mount, Overlayfs, ROOT, type FileSystem } from "@ringzero/vfs";
import { find, makeDirectories, makeFile } from "./files.ts";

/** Layers under a layer that can be written, whose frames are charged to the container. The topmost layer comes first. */
export function overlayOf(kernel: Kernel, lower: readonly FileSystem[], cgroup: Cgroup): Overlayfs {
  return new Overlayfs({ lower: lower.map((fs) => fs.root), upper: kernel.newTmpfs(0o755, cgroup).root, memory: kernel.machine.views, device: kernel.nextDevice(), now: () => kernel.now() });
}

/** Files that a runtime gives every container: what its names are. */
function nameFiles(hostName: string): { readonly [path: string]: string } {
  return {
    "/etc/hostname": `${hostName}\n`,
    "/etc/hosts": `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n127.0.1.1\t${hostName}\n`,
    "/etc/resolv.conf": "# No network yet.\n",
  };
}

/**
 * Mounts in a container's root what every Linux program finds: OCI runtime specification, "Linux", "Default Filesystems", "Default Devices"; and over
 * /etc/hostname, hosts and resolv.conf files of the container's own, as Docker does. Places that an image does not have are made; a directory of the host
 * is given the directories that are mounted on, where it can be written to, and no files. Returns the file system of the container's terminals.
 */
export function mountDefaults(kernel: Kernel, { mounts, pids, uts, cgroup }: Namespaces, fromHost: boolean): Devpts | undefined {
  for (const folder of fromHost ? ["/proc", "/dev", "/sys", "/tmp"] : ["/proc", "/dev", "/sys", "/etc", "/tmp"]) {
    try {
      makeDirectories(mounts, folder);
    } catch (error) {
      if (!(error instanceof Errno && fromHost)) throw error;
    }
  }
  const tmp = find(mounts, "/tmp")?.dentry.inode;
  if (tmp && !fromHost && (tmp.mode & 0o7777) === 0o755) tmp.setAttributes({ mode: 0o1777 });
  const devpts = mountStandard(kernel, mounts, pids, cgroup), own = kernel.newTmpfs(0o755, cgroup);
  for (const [path, text] of Object.entries(nameFiles(uts.hostName))) {
    const name = path.slice(path.lastIndexOf("/") + 1), at = fromHost ? find(mounts, path) : makeFile(mounts, path);
    if (!at?.dentry.inode.isRegular) continue;
    const inode = own.root.create(name, { mode: S_IFREG | 0o644, credentials: ROOT });
    new Mount(own, new Dentry(name, undefined, inode)).attach(at);
    inode.write(0, new BytesBuffer(new TextEncoder().encode(text)));
  }
  return devpts;
}
