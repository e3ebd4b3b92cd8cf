import type { Value } from "./value.ts";

/** A general register as an operand names it: fixed by the instruction, or a field of the decoded operation. */
export type GprRef =
  | { readonly kind: "fixed"; readonly number: number; readonly high?: boolean }
  | { readonly kind: "field"; readonly field: RegisterField };

/** Register fields of a decoded operation: `a` = ModRM.reg (or the opcode's low bits), `b` = ModRM.rm, `v` = VEX.vvvv. */
export type RegisterField = "a" | "b" | "v";

/** A vector register. */
export type VectorRef = { readonly kind: "fixed"; readonly number: number } | { readonly kind: "field"; readonly field: RegisterField };

/** Names of the status flags, as the manuals abbreviate them in "OSZAPC". */
export type FlagName = "O" | "S" | "Z" | "A" | "P" | "C";

/** What sets the status flags. Flags not named by a source keep their value. */
export type FlagSource =
  /** All six from an addition a + b (+ carry in) = result. `keepCarry` for INC. */
  | { readonly kind: "add"; readonly bits: number; readonly a: Value; readonly b: Value; readonly result: Value; readonly keepCarry?: boolean }
  /** All six from a subtraction a - b (- borrow in) = result. `keepCarry` for DEC. */
  | { readonly kind: "sub"; readonly bits: number; readonly a: Value; readonly b: Value; readonly result: Value; readonly keepCarry?: boolean }
  /** S, Z, P from the result; C, O and A cleared (A is undefined for logic operations and cleared by this processor). */
  | { readonly kind: "logic"; readonly bits: number; readonly result: Value }
  /** S, Z, P from `result` where given, others from truth values; those not given are kept. */
  | { readonly kind: "explicit"; readonly bits: number; readonly result: Value | undefined; readonly flags: { readonly [F in FlagName]?: Value } };

/** Kinds of access to memory. */
export type AccessKind = "read" | "write";

/** One step of an instruction, in the order it happens. Results are `Value`s of kind `result`. */
export type Statement =
  /** Where a pure node was built; engines evaluate it here if it has several uses, else at its use. */
  | { readonly s: "node"; readonly value: Value }
  | { readonly s: "getGpr"; readonly to: Value; readonly ref: GprRef; readonly bits: number }
  /** 32-bit writes clear bits 63-32, 8- and 16-bit writes keep the rest. */
  | { readonly s: "setGpr"; readonly ref: GprRef; readonly bits: number; readonly value: Value }
  /** Low part of a vector register by the type of `to`: i32, i64, f32, f64 or the 128 bits. */
  | { readonly s: "getVector"; readonly to: Value; readonly ref: VectorRef }
  /** Writes the low part by the value's type; the rest of the register stays. */
  | { readonly s: "setVector"; readonly ref: VectorRef; readonly value: Value }
  /** Processor state by byte offset in the state block (plus a byte index); `op` is a WebAssembly load or store. */
  | { readonly s: "stateLoad"; readonly to: Value; readonly op: number; readonly offset: number; readonly index: Value | undefined }
  | { readonly s: "stateStore"; readonly op: number; readonly offset: number; readonly index: Value | undefined; readonly value: Value }
  | { readonly s: "stateBase"; readonly to: Value }
  /** Machine memory by address in linear memory (walkers and memory routines only). */
  | { readonly s: "hostLoad"; readonly to: Value; readonly op: number; readonly address: Value; readonly offset: number }
  | { readonly s: "hostStore"; readonly op: number; readonly address: Value; readonly offset: number; readonly value: Value }
  | { readonly s: "getFlag"; readonly to: Value; readonly flag: FlagName }
  /** Condition code 0-15 as Jcc encodes it (O NO B NB Z NZ BE NBE S NS P NP L NL LE NLE). */
  | { readonly s: "condition"; readonly to: Value; readonly code: Value | number }
  | { readonly s: "flags"; readonly source: FlagSource }
  /** Offset part of the memory operand's logical address, before the segment. */
  | { readonly s: "effectiveAddress"; readonly to: Value }
  /** Linear address of the memory operand, `size` bytes accessed: segment base, limit and type checked. */
  | { readonly s: "operandAddress"; readonly to: Value; readonly size: number; readonly access: AccessKind }
  /** Linear address of segment:offset; `segment` is a number 0-5 or "operand" (DS unless overridden). */
  | { readonly s: "segmentAddress"; readonly to: Value; readonly segment: number | "operand"; readonly offset: Value; readonly size: number; readonly access: AccessKind }
  /** Guest memory at a linear address. `size` in bytes; the type of `to` or `value` says how it is carried. */
  | { readonly s: "load"; readonly to: Value; readonly address: Value; readonly size: number }
  | { readonly s: "store"; readonly address: Value; readonly size: number; readonly value: Value }
  /** A read that will be followed by `storeBack` to the same place: faults as a write does. */
  | { readonly s: "loadForStore"; readonly to: Value; readonly address: Value; readonly size: number; readonly token: number }
  | { readonly s: "storeBack"; readonly token: number; readonly address: Value; readonly size: number; readonly value: Value }
  /** Raises the fault that an access of `size` bytes (constant or value) would raise, without accessing. */
  | { readonly s: "probe"; readonly address: Value; readonly size: number | Value; readonly access: AccessKind }
  | { readonly s: "set"; readonly variable: Variable; readonly value: Value }
  | { readonly s: "get"; readonly to: Value; readonly variable: Variable }
  /** `likely`: the condition holds nearly always (true) or never (false); engines lay the other way out aside. */
  | { readonly s: "if"; readonly likely?: boolean; readonly condition: Value; readonly then: readonly Statement[]; readonly else: readonly Statement[] }
  /** Repeats until a `break`. */
  /** `once`: the body ends with a break. */
  | { readonly s: "loop"; readonly id: number; readonly once?: true; readonly body: readonly Statement[] }
  | { readonly s: "break"; readonly loop: number }
  | { readonly s: "continue"; readonly loop: number }
  | { readonly s: "call"; readonly to: readonly Value[]; readonly routine: RoutineRef; readonly args: readonly Value[] }
  /**
   * Calls JavaScript: a system operation by name. Ends the block: everything may have changed. The branch of an `if` that ends so is left to the interpreter by
   * compiled code, which gives the instruction back: nothing may have changed before that `if`.
   */
  | { readonly s: "escape"; readonly name: string; readonly args: readonly Value[] }
  /** Calls JavaScript and goes on with its result: ports, time stamp, entropy. */
  | { readonly s: "callOut"; readonly to: Value | undefined; readonly name: string; readonly args: readonly Value[] }
  /** Raises an exception; nothing after it happens. */
  | { readonly s: "raise"; readonly vector: number; readonly code: Value | undefined }
  /** Address of the next instruction (rIP), 64 bits. */
  | { readonly s: "nextIp"; readonly to: Value }
  /** Address of the instruction itself, 64 bits. */
  | { readonly s: "instructionIp"; readonly to: Value }
  /** Jumps by the decoded displacement. */
  | { readonly s: "jumpRelative" }
  /** Jumps to an offset in the code segment (already of operand size, zero-extended to 64 bits). */
  | { readonly s: "jump"; readonly target: Value }
  /** As "jump" where the privilege or the context of translations may have changed: nothing that an engine keeps of them holds behind it. */
  | { readonly s: "transfer"; readonly target: Value }
  /** Instructions that may still retire in this slice, the one under way among them. */
  | { readonly s: "budget"; readonly to: Value }
  /** Completes one iteration of a repeated string instruction; goes on to `body`'s start or ends by budget. See Builder.repeat. */
  | { readonly s: "repeat"; readonly body: readonly Statement[]; readonly counter: GprRef; readonly counterBits: number; readonly until: "never" | "zero" | "notZero" }
  /** Ends the operation: the one behind it is carried out on its own. In sequences of the interpreter only. */
  | { readonly s: "nextOperation" }
  /** Returns from a routine. */
  | { readonly s: "return"; readonly values: readonly Value[] };

/** A mutable local of an instruction or routine. */
export interface Variable {
  readonly id: number;
  readonly type: Value["type"];
  readonly bits: number;
}

/** What a `call` needs to know of a routine. */
export interface RoutineRef {
  readonly name: string;
  readonly results: readonly { readonly type: Value["type"]; readonly bits: number }[];
}
