import { OP, signatureOf } from "@ringzero/wasm";

/** The WebAssembly type that carries a value. */
export type Type = "i32" | "i64" | "f32" | "f64" | "v128";

/** Width of an integer in bits. 8 and 16 travel in an i32 whose upper bits are zero. 1 is a truth value, 0 or 1 in an i32. */
export type Bits = 8 | 16 | 32 | 64;

/** What may stand where an integer operand is expected: numbers become constants of the other operand's width. */
export type Operandish = Value | number | bigint;

/** What a node is, where it is no WebAssembly opcode (those are >= 0). */
export const KIND = {
  /** A literal; `imm` is the number, bigint or bytes. */
  constant: -1,
  /** The result of a statement: a register, flag, state or memory read, a call's result, a variable's value. */
  result: -2,
  /** The decoded immediate, sign- or zero-extended to `bits` (`imm` = "signed" | "unsigned"). Constant per decoded operation. */
  immediate: -3,
} as const;

/**
 * A node of the expression graph that an instruction's `execute` builds: immutable, typed, pure.
 * 8- and 16-bit results are kept clean (upper bits zero) by the methods themselves.
 */
export class Value {
  readonly kind: number;
  readonly type: Type;
  /** Width of an integer; 0 for floating point and vectors. */
  readonly bits: number;
  readonly a: Value | undefined;
  readonly b: Value | undefined;
  readonly c: Value | undefined;
  readonly imm: number | bigint | string | Uint8Array | undefined;
  /** Number of the node within its graph; indexes the engines' side tables. */
  readonly id: number;
  /** How many statements and nodes use it, flags not counted; and how many flag statements. */
  uses: number = 0;
  flagUses: number = 0;
  readonly graph: Graph;
  /** Loop nesting where it was built: a use in a deeper loop counts as several. */
  readonly depth: number;

  constructor(graph: Graph, kind: number, type: Type, bits: number, imm?: number | bigint | string | Uint8Array, a?: Value, b?: Value, c?: Value) {
    this.graph = graph;
    this.kind = kind;
    this.type = type;
    this.bits = bits;
    this.imm = imm;
    this.a = a;
    this.b = b;
    this.c = c;
    this.id = graph.nextId();
    this.depth = graph.loopDepth;
    a?.use();
    b?.use();
    c?.use();
  }

  /** Notes one use; called by everything that refers to the node. */
  use(): void {
    this.uses += this.graph.loopDepth > this.depth ? 2 : 1;
  }

  // ---- integers ----
  #binary(name: string, other: Operandish, bits: number = this.bits, clean = true): Value {
    const b = this.graph.coerce(other, this);
    if (b.type !== this.type || (b.bits !== this.bits && b.bits !== 0)) {
      throw new Error(`${name}: operands of ${this.type}/${this.bits} and ${b.type}/${b.bits} bits`);
    }
    const v = this.graph.op(`${this.type}.${name}`, [this, b], undefined, bits);
    return clean && bits < 32 && bits > 1 ? v.#mask(bits) : v;
  }
  #mask(bits: number): Value {
    return this.graph.op("i32.and", [this, this.graph.constant(bits === 8 ? 0xff : 0xffff, 32, "i32")], undefined, bits);
  }
  #compare(name: string, other: Operandish): Value {
    const b = this.graph.coerce(other, this);
    if (b.type !== this.type || b.bits !== this.bits) throw new Error(`${name}: operands of ${this.bits} and ${b.bits} bits`);
    return this.graph.op(`${this.type}.${name}`, [this, b], undefined, 32);
  }
  /** The operand as a sign-extended value of its own WebAssembly type, for signed comparison and division of 8/16 bits. */
  #signed(): Value {
    return this.bits === 8 ? this.graph.op("i32.extend8_s", [this], undefined, 32)
      : this.bits === 16 ? this.graph.op("i32.extend16_s", [this], undefined, 32) : this;
  }
  #compareSigned(name: string, other: Operandish): Value {
    const b = this.graph.coerce(other, this);
    return this.bits < 32 ? this.#signed().#compare(name, b.#signed()) : this.#compare(name, b);
  }

  add(o: Operandish): Value { return this.#binary("add", o); }
  sub(o: Operandish): Value { return this.#binary("sub", o); }
  mul(o: Operandish): Value { return this.#binary("mul", o); }
  and(o: Operandish): Value { return this.#binary("and", o, this.bits, false); }
  or(o: Operandish): Value { return this.#binary("or", o, this.bits, false); }
  xor(o: Operandish): Value { return this.#binary("xor", o, this.bits, false); }
  not(): Value { return this.#binary("xor", -1); }
  neg(): Value { return this.graph.constant(0, this.bits, this.type).sub(this); }
  /** Shifts and rotates by the WebAssembly type's width take the count modulo 32 or 64: mask or test it first. */
  shl(o: Operandish): Value { return this.#binary("shl", o); }
  shrU(o: Operandish): Value { return this.#binary("shr_u", o, this.bits, false); }
  /** Arithmetic shift right of the sign-extended value. */
  shrS(o: Operandish): Value {
    const b = this.graph.coerce(o, this);
    if (this.bits >= 32) return this.#binary("shr_s", b);
    return this.graph.op("i32.shr_s", [this.#signed(), b], undefined, 32).trunc(this.bits as Bits);
  }
  /** Rotates; 32 and 64 bits only. */
  rotl(o: Operandish): Value { return this.#wide().#binary("rotl", o); }
  rotr(o: Operandish): Value { return this.#wide().#binary("rotr", o); }
  divU(o: Operandish): Value { return this.#binary("div_u", o); }
  divS(o: Operandish): Value { return this.#wide().#binary("div_s", o); }
  remU(o: Operandish): Value { return this.#binary("rem_u", o); }
  remS(o: Operandish): Value { return this.#wide().#binary("rem_s", o); }
  clz(): Value { return this.#wide().graph.op(`${this.type}.clz`, [this], undefined, this.bits); }
  ctz(): Value { return this.#wide().graph.op(`${this.type}.ctz`, [this], undefined, this.bits); }
  popcnt(): Value { return this.graph.op(`${this.type}.popcnt`, [this], undefined, this.bits); }
  #wide(): Value {
    if (this.bits !== 32 && this.bits !== 64) throw new Error(`needs 32 or 64 bits, not ${this.bits}`);
    return this;
  }

  /** Comparisons give 0 or 1 (32 bits). */
  eq(o: Operandish): Value { return this.#compare("eq", o); }
  ne(o: Operandish): Value { return this.#compare("ne", o); }
  ltU(o: Operandish): Value { return this.#compare("lt_u", o); }
  leU(o: Operandish): Value { return this.#compare("le_u", o); }
  gtU(o: Operandish): Value { return this.#compare("gt_u", o); }
  geU(o: Operandish): Value { return this.#compare("ge_u", o); }
  ltS(o: Operandish): Value { return this.#compareSigned("lt_s", o); }
  leS(o: Operandish): Value { return this.#compareSigned("le_s", o); }
  gtS(o: Operandish): Value { return this.#compareSigned("gt_s", o); }
  geS(o: Operandish): Value { return this.#compareSigned("ge_s", o); }
  /** 1 where the value is zero. */
  eqz(): Value { return this.graph.op(`${this.type}.eqz`, [this], undefined, 32); }
  /** 1 where the value is not zero. */
  nez(): Value { return this.ne(0); }
  /** The most significant bit, 0 or 1 (32 bits). */
  sign(): Value {
    return this.type === "i64" ? this.shrU(63).trunc(32) : this.graph.op("i32.shr_u", [this, this.graph.constant(this.bits - 1, 32, "i32")], undefined, 32);
  }
  /** Bit `n` of the value, 0 or 1 (32 bits). */
  bit(n: number): Value {
    if (this.type === "i64") return this.shrU(n).trunc(32).and(1);
    return this.graph.op("i32.and", [this.graph.op("i32.shr_u", [this, this.graph.constant(n, 32, "i32")], undefined, 32), this.graph.constant(1, 32, "i32")], undefined, 32);
  }

  // ---- widths ----
  /** The low `bits` of the value. */
  trunc(bits: Bits): Value {
    if (bits === this.bits) return this;
    if (bits > this.bits) throw new Error(`trunc(${bits}) of ${this.bits} bits`);
    const low = this.type === "i64" ? this.graph.op("i32.wrap_i64", [this], undefined, 32) : this;
    return bits === 32 ? low : low.#mask(bits);
  }
  /** Zero-extended to `bits`. */
  zext(bits: Bits): Value {
    if (bits === this.bits) return this;
    if (bits < this.bits) throw new Error(`zext(${bits}) of ${this.bits} bits`);
    if (bits === 64) return this.graph.op("i64.extend_i32_u", [this], undefined, 64);
    return this.graph.alias(this, bits);
  }
  /** Sign-extended to `bits`. */
  sext(bits: Bits): Value {
    if (bits === this.bits) return this;
    if (bits < this.bits) throw new Error(`sext(${bits}) of ${this.bits} bits`);
    const wide = this.#signed();
    if (bits === 64) return this.graph.op("i64.extend_i32_s", [wide], undefined, 64);
    return bits === 32 ? wide : wide.#mask(bits);
  }
  /** Zero-extended or truncated to `bits`. */
  fit(bits: Bits): Value { return bits > this.bits ? this.zext(bits) : this.trunc(bits); }

  // ---- floating point and vectors: any WebAssembly opcode by its text name ----
  /** `this` as the first operand of the WebAssembly instruction `name` (for example "f64.add", "i8x16.swizzle", "f64.reinterpret_i64"). */
  op(name: string, ...rest: Value[]): Value { return this.graph.op(name, [this, ...rest]); }
  /** Lane extraction: "i32x4.extract_lane" and its like. */
  lane(name: string, lane: number): Value { return this.graph.op(name, [this], lane); }
  /** Lane replacement: "i64x2.replace_lane" and its like. */
  withLane(name: string, lane: number, value: Value): Value { return this.graph.op(name, [this, value], lane); }
  /** i8x16.shuffle of this (lanes 0-15) and other (16-31). */
  shuffle(other: Value, lanes: readonly number[]): Value { return this.graph.op("i8x16.shuffle", [this, other], Uint8Array.from(lanes)); }
  /** `this` where `condition` (32 bits) is not zero, else `other`. */
  selectIf(condition: Value, other: Operandish): Value { return this.graph.select(condition, this, this.graph.coerce(other, this)); }
}

/** What owns nodes: hands out numbers, knows the loop nesting, places nodes in the statement list. */
export abstract class Graph {
  /** Current loop nesting while building. */
  loopDepth: number = 0;
  #count = 0;
  #constants = new Map<string, Value>();

  nextId(): number { return this.#count++; }
  /** Number of nodes built so far. */
  get size(): number { return this.#count; }

  /** Puts a node that may be shared where it was built. */
  protected abstract place(value: Value): void;

  /** A literal of an integer width. */
  constant(value: number | bigint, bits: number, type: Type = bits === 64 ? "i64" : "i32"): Value {
    const literal = type === "i64" ? BigInt.asIntN(64, BigInt(value))
      : type === "i32" ? (bits < 32 && bits > 0 ? Number(BigInt.asUintN(bits, BigInt(value))) : Number(BigInt.asIntN(32, BigInt(value)))) : Number(value);
    const key = `${type}/${bits}/${literal}${Object.is(literal, -0) ? "-" : ""}`;
    let node = this.#constants.get(key);
    if (!node) this.#constants.set(key, (node = new Value(this, KIND.constant, type, bits, literal)));
    return node;
  }
  /** A v128 literal, 16 bytes, lane 0 first. */
  vector(bytes: Uint8Array | readonly number[]): Value {
    if (bytes.length !== 16) throw new Error(`vector of ${bytes.length} bytes`);
    return new Value(this, KIND.constant, "v128", 0, Uint8Array.from(bytes));
  }
  coerce(x: Operandish, like: Value): Value {
    return x instanceof Value ? x : this.constant(x, like.bits, like.type);
  }
  /** A WebAssembly instruction by its text name. */
  op(name: string, operands: readonly Value[], imm?: number | Uint8Array, bits?: number): Value {
    const code = (OP as { readonly [name: string]: number })[name];
    if (code === undefined) throw new Error(`no WebAssembly instruction "${name}"`);
    const signature = signatureOf(code);
    if (signature.params.length !== operands.length) throw new Error(`${name} takes ${signature.params.length} operands, not ${operands.length}`);
    for (let i = 0; i < operands.length; i++) {
      if (operands[i]!.type !== signature.params[i]) throw new Error(`${name}: operand ${i} is ${operands[i]!.type}, not ${signature.params[i]}`);
    }
    const type = signature.result as Type;
    const v = new Value(this, code, type, bits ?? (type === "i32" ? 32 : type === "i64" ? 64 : 0), imm, operands[0], operands[1], operands[2]);
    this.place(v);
    return v;
  }
  /** The same i32 under another width (a zero-extended narrow value is a 32-bit value already). */
  alias(v: Value, bits: number): Value {
    const copy = new Value(this, OP["i32.or"], "i32", bits, undefined, v, this.constant(0, 32, "i32"));
    this.place(copy);
    return copy;
  }
  select(condition: Value, yes: Value, no: Value): Value {
    if (yes.type !== no.type) throw new Error(`select of ${yes.type} and ${no.type}`);
    if (yes.type === "v128") {
      const mask = this.op("i32x4.splat", [this.constant(0, 32, "i32").sub(condition.nez())]);
      return this.op("v128.bitselect", [yes, no, mask]);
    }
    const v = new Value(this, OP.select, yes.type, yes.bits, undefined, yes, no, condition);
    this.place(v);
    return v;
  }
}
