import { OPCODES } from "./opcodes.table.ts";
import type { ValueType } from "./value-type.ts";

/** The text name of an instruction, such as `"i32.add"`. */
export type OpcodeName = keyof typeof OPCODES;

/** What an instruction takes from the operand stack and puts on it, in any context. */
export interface Signature {
  /** The text name. */
  readonly name: OpcodeName;
  /** Types of the operands, the deepest first. */
  readonly params: readonly ValueType[];
  /** Type of the result, undefined where there is none. */
  readonly result: ValueType | undefined;
}

/** The binary opcode of each instruction by its text name; one of two parts is prefix << 16 | number. Core spec, "Binary Format: Instructions". */
export const OP: { readonly [name in OpcodeName]: number } = Object.fromEntries(
  Object.entries(OPCODES).map(([name, [code]]) => [name, code]),
) as { [name in OpcodeName]: number };

const SIGNATURES = new Map<number, Signature>();
const NAMES = new Map<number, OpcodeName>();
for (const [name, [code, types]] of Object.entries(OPCODES) as [OpcodeName, readonly [number, string, string?]][]) {
  NAMES.set(code, name);
  if (types === "") continue;
  const [params, result] = types.split("->").map((side) => side.split(" ").filter((type) => type !== "")) as [ValueType[], ValueType[]];
  SIGNATURES.set(code, { name, params, result: result[0] });
}

/** Operands and result of an opcode. Throws an Error for one that has no fixed types (control, `drop`, `select`, variables) or is not in the table. */
export function signatureOf(code: number): Signature {
  const signature = SIGNATURES.get(code);
  if (!signature) throw new Error(`WebAssembly opcode 0x${code.toString(16)}${NAMES.has(code) ? ` (${NAMES.get(code)})` : ""} has no types of its own.`);
  return signature;
}

/** The text name of an opcode, undefined where the table does not have it. */
export function opcodeName(code: number): OpcodeName | undefined {
  return NAMES.get(code);
}

/** The immediates of an instruction as the table has them: "" where it has none. */
export function immediatesOf(name: OpcodeName): string {
  const row: readonly [number, string, string?] = OPCODES[name];
  return row[2] ?? "";
}
