/**
 * Names of busybox's applets, read from the program itself: it holds them as one list of strings in order, each ended by a zero. Throws an
 * Error where the list is not found.
 */
export function busyboxApplets(program: Uint8Array): string[] {
  const text = new TextDecoder("latin1").decode(program);
  // The list begins with "[" and "[[" and goes on in the order of ASCII.
  const at = text.indexOf("[\0[[\0");
  if (at < 0) throw new Error("This program holds no list of busybox applets.");
  const names: string[] = [];
  for (let i = at; ;) {
    const end = text.indexOf("\0", i), name = text.slice(i, end);
    if (!/^[a-z0-9[\-_.]+$/.test(name) || (names.length > 0 && name <= names.at(-1)!)) break;
    names.push(name);
    i = end + 1;
  }
  if (names.length < 50) throw new Error("The list of busybox applets is too short to be one.");
  return names;
}
