/** A member of an archive: its name, and a view of its bytes. */
export interface ArMember {
  /** As the archive has it. */
  readonly name: string;
  /** A view, not a copy. */
  readonly bytes: Uint8Array;
}

const MAGIC = "!<arch>\n", HEADER = 60;

/**
 * The members of a Unix archive in the common format, as `.deb` files are (deb(5), ar(5)): a magic string, then headers of 60 characters,
 * each followed by its member, padded to an even length. Throws an Error where the bytes are something else or end early.
 */
export function arMembers(bytes: Uint8Array): ArMember[] {
  const text = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (text(0, 8) !== MAGIC) throw new Error("This is no ar archive: it does not begin with its magic string. Download it again.");
  const members: ArMember[] = [];
  for (let at = 8; at < bytes.length;) {
    if (at + HEADER > bytes.length || text(at + 58, at + 60) !== "`\n") throw new Error(`The ar archive is damaged at byte ${at}. Download it again.`);
    const size = text(at + 48, at + 58).trim();
    if (!/^\d+$/.test(size) || at + HEADER + Number(size) > bytes.length) throw new Error(`The ar archive ends within the member at byte ${at}. Download it again.`);
    members.push({ name: text(at, at + 16).trim().replace(/\/$/, ""), bytes: bytes.subarray(at + HEADER, at + HEADER + Number(size)) });
    at += HEADER + Number(size) + (Number(size) & 1);
  }
  return members;
}
