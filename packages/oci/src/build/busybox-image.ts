import { rootDirectory, rootFile, rootSymlink, type RootFsEntry } from "./root-fs.ts";
import { imageFromRootFs, type BuiltImage } from "./image-from-root-fs.ts";

/** PATH as Docker gives it to every container. */
export const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Directories and files that programs expect of any root: where file systems are mounted, names of users. */
export function commonRoot(shell: string): RootFsEntry[] {
  const directories: readonly (readonly [string, number?])[] = [["bin"], ["dev"], ["etc"], ["home"], ["proc"], ["root", 0o700], ["run"], ["sbin"], ["sys"], ["tmp", 0o1777], ["usr"], ["usr/bin"], ["usr/sbin"], ["var"], ["var/tmp", 0o1777]];
  return [
    ...directories.map(([path, mode]) => rootDirectory(path, mode)),
    rootFile("etc/passwd", `root:x:0:0:root:/root:${shell}\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nwww-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/home:/bin/false\n`),
    rootFile("etc/group", "root:x:0:\ndaemon:x:1:\nadm:x:4:\ntty:x:5:\nusers:x:100:\nwww-data:x:33:\nnogroup:x:65534:\n"),
  ];
}

/** A root file system with busybox under all its names. */
export function busyboxRoot(busybox: Uint8Array, applets: readonly string[]): RootFsEntry[] {
  return [
    ...commonRoot("/bin/sh"),
    rootFile("bin/busybox", busybox, 0o755),
    ...applets.filter((name) => name !== "busybox").map((name) => rootSymlink(`bin/${name}`, "busybox")),
    rootSymlink("usr/bin/env", "../../bin/busybox"),
    rootFile("etc/shells", "/bin/sh\n/bin/ash\n"),
    rootFile("etc/profile", "export PS1='\\u@\\h:\\w\\$ '\n"),
  ];
}

/** An image of Debian's static busybox, in one layer. */
export function busyboxImage(architecture: "386" | "amd64", busybox: Uint8Array, applets: readonly string[]): Promise<BuiltImage> {
  return imageFromRootFs({
    layers: [busyboxRoot(busybox, applets)], platform: { os: "linux", architecture }, config: { Env: [DEFAULT_PATH], Cmd: ["sh"] },
    author: "Ring Zero", history: ["busybox of Debian's package busybox-static, with a link for each applet"],
  });
}
