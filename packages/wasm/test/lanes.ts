/** Lane shapes: width in bits and whether the lanes are floating point. Scalars are shapes of one lane. */
export interface Shape {
  readonly bits: number;
  readonly count: number;
  readonly float: boolean;
}

/** The shape of "i8x16", "f64" and so on. */
export function shapeOf(text: string): Shape {
  const [, kind, bits, count] = /^([if])(\d+)(?:x(\d+))?$/.exec(text)!;
  return { bits: Number(bits), count: Number(count ?? 1), float: kind === "f" };
}

/** Integer lanes, signed. */
export function integers(bytes: Uint8Array, shape: Shape): bigint[] {
  return Array.from({ length: shape.count }, (_, lane) => {
    let value = 0n;
    for (let i = shape.bits / 8 - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[lane * (shape.bits / 8) + i]!);
    return BigInt.asIntN(shape.bits, value);
  });
}
/** Floating-point lanes. */
export function floats(bytes: Uint8Array, shape: Shape): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: shape.count }, (_, lane) => (shape.bits === 32 ? view.getFloat32(lane * 4, true) : view.getFloat64(lane * 8, true)));
}
/** The bytes of integer lanes, each taken modulo its width. */
export function fromIntegers(values: readonly bigint[], bits: number): Uint8Array {
  const bytes = new Uint8Array((values.length * bits) / 8);
  values.forEach((value, lane) => {
    for (let i = 0; i < bits / 8; i++) bytes[(lane * bits) / 8 + i] = Number((value >> BigInt(8 * i)) & 0xffn);
  });
  return bytes;
}
/** The bytes of floating-point lanes. */
export function fromFloats(values: readonly number[], bits: number): Uint8Array {
  const bytes = new Uint8Array((values.length * bits) / 8);
  const view = new DataView(bytes.buffer);
  values.forEach((value, lane) => (bits === 32 ? view.setFloat32(lane * 4, value, true) : view.setFloat64(lane * 8, value, true)));
  return bytes;
}
