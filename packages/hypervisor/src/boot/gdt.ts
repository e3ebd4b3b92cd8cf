/** A descriptor of a flat 4 GiB segment. SDM vol. 3A, "Segment Descriptors". */
const FLAT_CODE = 0x00cf_9b00_0000_ffffn, FLAT_DATA = 0x00cf_9300_0000_ffffn;

/** A GDT with flat segments: code and data at these selectors. */
export function flatGdt(code: number, data: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(code, data) + 8), view = new DataView(bytes.buffer);
  view.setBigUint64(code, FLAT_CODE, true);
  view.setBigUint64(data, FLAT_DATA, true);
  return bytes;
}
