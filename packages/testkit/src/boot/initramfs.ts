/** One file of an initial RAM file system. */
export interface InitramfsFile {
  readonly path: string;
  /** Type and permissions as in stat(2). */
  readonly mode: number;
  readonly data?: Uint8Array;
  /** Major and minor number of a device. */
  readonly device?: readonly [major: number, minor: number];
}

const pad4 = (n: number): Uint8Array => new Uint8Array(-n & 3);

/** An uncompressed cpio archive in "newc" format. Linux v6.1 Documentation/driver-api/early-userspace/buffer-format.rst. */
export function makeInitramfs(files: readonly InitramfsFile[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const add = ({ path, mode, data = new Uint8Array(0), device = [0, 0] }: InitramfsFile, inode: number): void => {
    const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, device[0], device[1], path.length + 1, 0];
    const header = new TextEncoder().encode(`070701${fields.map((n) => n.toString(16).padStart(8, '0')).join('')}${path}\0`);
    parts.push(header, pad4(header.length), data, pad4(data.length));
  };
  files.forEach((file, i) => { add(file, i + 1); });
  add({ path: 'TRAILER!!!', mode: 0 }, 0);
  return Buffer.concat(parts);
}
