import type { HostDirectory } from "@ringzero/host";
import { indexTar, type TarMember } from "@ringzero/vfs";
import { compressionOf, LAYER_MAXIMUM, undoCompression, type Decompressor } from "../layer.ts";

/** Files of an image layout, wherever they are. */
export interface LayoutSource {
  /** Contents by path, without a slash at its start; undefined where there is no such file. Rejects with an Error beyond `maximum` bytes. */
  read(path: string, maximum?: number): Promise<Uint8Array | undefined>;
}

/** A layout in a directory of the host. */
export function directorySource(directory: HostDirectory): LayoutSource {
  return {
    async read(path, maximum = LAYER_MAXIMUM) {
      const status = directory.status(path);
      if (!status) return undefined;
      if (status.size > maximum) throw tooLarge(path, status.size, maximum);
      return readWhole(directory, path);
    },
  };
}

/** A layout in a tar archive, which may be compressed as a whole. Rejects with an Error where the bytes are no archive. */
export async function archiveSource(bytes: Uint8Array, host: Decompressor): Promise<LayoutSource> {
  const archive = compressionOf(bytes) === undefined ? bytes : await undoCompression(bytes, host, LAYER_MAXIMUM, "The archive");
  if (archive.length < 1024) throw new Error("This is no archive of images: it is too short. Give an OCI or Docker archive (tar).");
  const members = new Map<string, TarMember>(indexTar(archive).map((member) => [member.path, member]));
  /** Older archives of Docker have a link where two images have one layer. */
  const find = (path: string, links: number): TarMember | undefined => {
    const member = members.get(path);
    if (!member?.link || links === 0) return member?.link ? undefined : member;
    return find(member.hardLink ? within(member.link) : within(`${path.slice(0, Math.max(0, path.lastIndexOf("/")))}/${member.link}`), links - 1);
  };
  return {
    async read(path, maximum = LAYER_MAXIMUM) {
      const member = find(within(path), 4);
      if (!member || (member.mode & S_IFMT) !== S_IFREG) return undefined;
      if (member.size > maximum) throw tooLarge(path, member.size, maximum);
      return archive.subarray(member.start, member.start + member.size);
    },
  };
}
const S_IFMT = 0o170000, S_IFREG = 0o100000;

/** A path without dots; where it would leave the archive, it stays. */
function within(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names.join("/");
}

/** All of a file of a directory. */
export function readWhole(directory: HostDirectory, path: string): Uint8Array {
  const file = directory.open(path, "read");
  try {
    const bytes = new Uint8Array(file.status().size);
    return bytes.subarray(0, file.read(0, bytes));
  } finally {
    file.close();
  }
}
function tooLarge(path: string, size: number, maximum: number): Error {
  return new Error(`${path} of the image has ${size} bytes: more than ${maximum} are not read.`);
}
