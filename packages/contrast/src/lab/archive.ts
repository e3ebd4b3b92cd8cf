/** A tar archive of one program. POSIX.1-2017, pax, "ustar Interchange Format". */
export function archiveOf(name: string, program: Uint8Array): Uint8Array {
  const size = Math.ceil(program.length / 512) * 512, archive = new Uint8Array(512 + size + 1024), encoder = new TextEncoder();
  const put = (at: number, text: string): void => { archive.set(encoder.encode(text), at); };
  put(0, name);
  put(100, "0000755\0");
  put(108, "0000000\x000000000\0");
  put(124, `${program.length.toString(8).padStart(11, "0")}\x0000000000000\0`);
  put(148, "        ");
  put(156, "0");
  put(257, "ustar\x0000");
  put(148, `${archive.subarray(0, 512).reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `);
  archive.set(program, 512);
  return archive;
}
