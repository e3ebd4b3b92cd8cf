import { O_CREAT, O_WRONLY, S_IFDIR, EEXIST } from "@ringzero/linux-abi";
import { byteString, BytesBuffer, makeNode, makeSymlink, Mount, Dentry, openFile, ROOT, walk, type WalkContext } from "@ringzero/vfs";
import { DEVICE_LINKS, DEVICE_NODES } from "./files/devices.ts";
import type { Kernel } from "./kernel.ts";
import { Proc } from "./proc/proc.ts";

/** What is to lie at a path: bytes (with permissions, default 755), or the target of a symbolic link. Directories come by themselves. */
export type FileContents = Uint8Array | { readonly bytes: Uint8Array; readonly mode: number } | { readonly link: string };

/** Puts files into the root file system, and proc, device nodes and /tmp where they belong. */
export function populate(kernel: Kernel, files: { readonly [path: string]: FileContents }): void {
  const root = kernel.namespace.rootPath, context: WalkContext = { root, cwd: root, credentials: ROOT };
  const directory = (path: string, mode: number = 0o755): void => {
    const parts = path.split("/").filter((part) => part !== "");
    parts.forEach((_, i) => {
      try {
        makeNode(context, root, `/${parts.slice(0, i + 1).join("/")}`, S_IFDIR | (i === parts.length - 1 ? mode : 0o755));
      } catch (error) {
        if (error !== EEXIST) throw error;
      }
    });
  };
  for (const path of ["/dev", "/proc", "/etc", "/root"]) directory(path);
  directory("/tmp", 0o1777);
  const proc = new Proc(kernel);
  new Mount(proc, new Dentry("", undefined, proc.root)).attach(walk(context, root, "/proc", true));
  for (const [name, mode, device] of DEVICE_NODES) makeNode(context, root, `/dev/${name}`, mode, device);
  for (const [name, target] of DEVICE_LINKS) makeSymlink(context, root, `/dev/${name}`, target);
  for (const [path, contents] of Object.entries(files)) {
    const name = byteString(path);
    directory(name.slice(0, name.lastIndexOf("/")));
    if (!(contents instanceof Uint8Array) && "link" in contents) {
      makeSymlink(context, root, name, byteString(contents.link));
      continue;
    }
    const [bytes, mode] = contents instanceof Uint8Array ? [contents, 0o755] : [contents.bytes, contents.mode];
    openFile(context, root, name, O_CREAT | O_WRONLY, mode, kernel.openSpecial).write(new BytesBuffer(bytes));
  }
}
