import { mountStandard, type Kernel, type Namespaces } from "@ringzero/kernel";
import { MS_RDONLY } from "@ringzero/linux-abi";
import { Dentry, Mount, Overlayfs, type FileSystem, type Inode } from "@ringzero/vfs";
import type { Cgroup } from "@ringzero/kernel";
import { contextOf, find, makeDirectories, makeFile, writeText } from "./files.ts";

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
 * /etc/hostname, hosts and resolv.conf files of the container's own, as Docker does. Directories that the image does not have are made.
 */
export function mountDefaults(kernel: Kernel, { mounts, pids, uts, cgroup }: Namespaces): void {
  for (const folder of ["/proc", "/dev", "/sys", "/etc", "/tmp"]) makeDirectories(mounts, folder);
  const { inode } = find(mounts, "/tmp")!.dentry;
  if ((inode.mode & 0o7777) === 0o755) inode.setAttributes({ mode: 0o1777 });
  mountStandard(kernel, mounts, pids, cgroup);
  const own = kernel.newTmpfs(0o755, cgroup);
  for (const [path, text] of Object.entries(nameFiles(uts.hostName))) {
    const name = path.slice(path.lastIndexOf("/") + 1), at = makeFile(mounts, path);
    if (!at.dentry.inode.isRegular) continue;
    const inode = own.root.create(name, { mode: 0o100644, credentials: contextOf(mounts).credentials });
    mountInode(own, inode, name).attach(at);
    writeText(kernel, mounts, path, text);
  }
}
/** A mount of one file or directory of a file system. */
export function mountInode(fileSystem: FileSystem, inode: Inode, name: string, readonly: boolean = false): Mount {
  return new Mount(fileSystem, new Dentry(name, undefined, inode), readonly ? MS_RDONLY : 0);
}
