import { fileURLToPath } from "node:url";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";

const host = nodeHost({ storeDirectory: fileURLToPath(new URL("../../../.cache/store", import.meta.url)) }), guests = new Guests(host);
const prepared = { i386: await guests.get("busybox-i386"), amd64: await guests.get("busybox-amd64") };

/** Statically linked busybox of one ABI, as `npm run guests` prepares it; undefined where it was not. */
export function busybox(abi: "i386" | "amd64"): Uint8Array | undefined { return prepared[abi]?.busybox; }

/** A file of an archive: bytes with permissions 755, text with 644, the target of a link, or a directory. */
export type TarContents = Uint8Array | string | { readonly link: string } | "/";

/** An archive in the ustar format. POSIX.1-2017, pax, "ustar Interchange Format". */
export function tar(files: { readonly [path: string]: TarContents }): Uint8Array {
  const blocks: Uint8Array[] = [], encoder = new TextEncoder();
  for (const [path, contents] of Object.entries(files)) {
    const header = new Uint8Array(512), put = (at: number, text: string): void => { header.set(encoder.encode(text), at); };
    const directory = contents === "/", link = typeof contents === "object" && "link" in contents ? contents.link : "", body = directory || link !== "" ? new Uint8Array() : typeof contents === "string" ? encoder.encode(contents) : (contents as Uint8Array);
    put(0, path);
    put(100, directory || contents instanceof Uint8Array ? "0000755\0" : "0000644\0");
    put(108, "0000000\x000000000\0");
    put(124, `${body.length.toString(8).padStart(11, "0")}\x0000000000000\0`);
    put(156, directory ? "5" : link === "" ? "0" : "2");
    put(157, link);
    put(257, "ustar\x0000");
    put(148, "        ");
    put(148, `${header.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
    blocks.push(header, body, new Uint8Array(-body.length & 511));
  }
  return Buffer.concat([...blocks, new Uint8Array(1024)]);
}
const APPLETS = ["sh", "ls", "cat", "echo", "ps", "mount", "hostname", "sleep", "id", "env", "pwd", "wc", "df", "free", "top", "kill", "true", "false", "md5sum", "seq", "dd", "tty", "stty", "rm", "touch", "mkdir", "test", "head", "yes", "umount", "grep", "od", "stat", "vi", "uname"];
/** A layer with busybox and links for its applets. */
export function busyboxLayer(program: Uint8Array): Uint8Array {
  return tar({
    bin: "/", "bin/busybox": program, ...Object.fromEntries(APPLETS.map((name) => [`bin/${name}`, { link: "busybox" }])),
    etc: "/", "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nguest:x:405:100:guest:/home/guest:/bin/sh\n", "etc/group": "root:x:0:root\nusers:x:100:\ngames:x:35:guest\n", root: "/", "home/guest": "/", tmp: "/",
  });
}
