import { OP } from "@ringzero/wasm";

/** What a WebAssembly integer operation gives for known operands of `bits` bits; undefined where it is not one that is folded. */
export function fold(operation: number, bits: 32 | 64, a: bigint, b: bigint | undefined): bigint | undefined {
  if (b === undefined) {
    switch (operation) {
      case OP["i32.wrap_i64"]: return BigInt.asIntN(32, a);
      case OP["i64.extend_i32_u"]: return BigInt.asUintN(32, a);
      case OP["i64.extend_i32_s"]: return BigInt.asIntN(32, a);
      case OP["i32.eqz"]: case OP["i64.eqz"]: return a === 0n ? 1n : 0n;
      default: return undefined;
    }
  }
  switch (operation) {
    case OP["i32.and"]: case OP["i64.and"]: return BigInt.asIntN(bits, a & b);
    case OP["i32.or"]: case OP["i64.or"]: return BigInt.asIntN(bits, a | b);
    case OP["i32.xor"]: case OP["i64.xor"]: return BigInt.asIntN(bits, a ^ b);
    case OP["i32.add"]: case OP["i64.add"]: return BigInt.asIntN(bits, a + b);
    case OP["i32.sub"]: case OP["i64.sub"]: return BigInt.asIntN(bits, a - b);
    case OP["i32.ne"]: case OP["i64.ne"]: return BigInt.asUintN(bits, a) !== BigInt.asUintN(bits, b) ? 1n : 0n;
    case OP["i32.eq"]: case OP["i64.eq"]: return BigInt.asUintN(bits, a) === BigInt.asUintN(bits, b) ? 1n : 0n;
    case OP["i32.gt_u"]: case OP["i64.gt_u"]: return BigInt.asUintN(bits, a) > BigInt.asUintN(bits, b) ? 1n : 0n;
    default: return undefined;
  }
}
