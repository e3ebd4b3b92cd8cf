/*
 * Names and paths are byte strings: each character is one byte, 1 to 255. Linux gives them no encoding, so none is assumed, and every name
 * that a program makes comes back as it was.
 */

/** The byte string of a text, encoded as UTF-8. */
export function byteString(text: string): string {
  let ascii = true;
  for (let i = 0; i < text.length; i++) ascii &&= text.charCodeAt(i) < 0x80;
  if (ascii) return text;
  return encodeURIComponent(text.toWellFormed()).replace(/%([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
/** The bytes of a byte string. */
export function bytesOf(name: string): Uint8Array {
  const bytes = new Uint8Array(name.length);
  for (let i = 0; i < name.length; i++) bytes[i] = name.charCodeAt(i);
  return bytes;
}
/** The byte string of bytes, up to the first zero. */
export function stringOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
