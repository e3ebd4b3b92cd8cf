import { characterDevice, cpioNewc, directory, file, symlink, type CpioEntry } from "./cpio.ts";

/** The first program of the initial RAM file system: mounts what a shell expects and becomes one. */
const INIT = `#!/bin/sh
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev 2>/dev/null
hostname \${HOSTNAME:-ringzero}
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root TERM=\${TERM:-linux} PS1='\\h:\\w\\$ '
echo
cd /root
exec setsid cttyhack sh
`;

/** An initial RAM file system with busybox and a shell on the console, as a cpio archive. The same busybox gives the same bytes. */
export function busyboxInitramfs(busybox: Uint8Array, applets: readonly string[]): Uint8Array {
  const entries: CpioEntry[] = [];
  for (const d of ["bin", "dev", "etc", "proc", "root", "run", "sbin", "sys", "tmp", "usr", "usr/bin", "usr/sbin", "var"]) entries.push(directory(d, d === "tmp" ? 0o1777 : d === "root" ? 0o700 : 0o755));
  entries.push(file("bin/busybox", busybox, 0o755), characterDevice("dev/console", 5, 1), characterDevice("dev/null", 1, 3, 0o666));
  for (const a of applets) if (a !== "busybox") entries.push(symlink(`bin/${a}`, "busybox"));
  entries.push(file("etc/passwd", new TextEncoder().encode("root:x:0:0:root:/root:/bin/sh\n")), file("etc/group", new TextEncoder().encode("root:x:0:\n")));
  entries.push(file("init", new TextEncoder().encode(INIT), 0o755));
  return cpioNewc(entries);
}
