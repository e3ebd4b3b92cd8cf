import { OP } from "@ringzero/wasm";
import type { AccessKind, FlagName, FlagSource, GprRef, RoutineRef, Statement, Variable, VectorRef } from "./statement.ts";
import { Graph, KIND, Value, type Bits, type Operandish, type Type } from "./value.ts";

/** A mutable local: `get()` reads its present value, `set()` replaces it. */
export class Local {
  readonly variable: Variable;
  readonly #b: Builder;
  constructor(builder: Builder, variable: Variable) {
    this.#b = builder;
    this.variable = variable;
  }
  get(): Value { return this.#b.result(this.variable.type, this.variable.bits, (to) => ({ s: "get", to, variable: this.variable })); }
  set(value: Operandish): void {
    const v = value instanceof Value ? value : this.#b.constant(value, this.variable.bits, this.variable.type);
    if (v.type !== this.variable.type || v.bits !== this.variable.bits) throw new Error(`set: ${v.type}/${v.bits} into ${this.variable.type}/${this.variable.bits}`);
    v.use();
    this.#b.emit({ s: "set", variable: this.variable, value: v });
  }
}

const LOADS: { readonly [key: string]: string } = {
  "i32/8": "i32.load8_u", "i32/16": "i32.load16_u", "i32/32": "i32.load", "i64/64": "i64.load", "f32/0": "f32.load", "f64/0": "f64.load", "v128/0": "v128.load",
};
const STORES: { readonly [key: string]: string } = {
  "i32/8": "i32.store8", "i32/16": "i32.store16", "i32/32": "i32.store", "i64/64": "i64.store", "f32/0": "f32.store", "f64/0": "f64.store", "v128/0": "v128.store",
};
/** A field of the state block: byte offset and how it is carried. */
export interface StateField { readonly offset: number; readonly type: Type; readonly bits: number }

/** Bytes that a value of this type and width takes in memory. */
export function sizeOf(type: Type, bits: number): number {
  return type === "v128" ? 16 : type === "f64" || type === "i64" ? 8 : type === "f32" ? 4 : bits / 8;
}

/**
 * The general part of the language that instructions and routines are written in. It records statements;
 * nothing is computed here. Order of statements is order of effects; pure values may be used anywhere after.
 */
export class Builder extends Graph {
  #list: Statement[] = [];
  #variables = 0;
  #tokens = 0;
  #loops: number[] = [];
  #loopCount = 0;

  /** The statements recorded at the outermost level. */
  get statements(): readonly Statement[] { return this.#list; }

  /** @internal */
  emit(statement: Statement): void { this.#list.push(statement); }
  protected override place(value: Value): void { this.#list.push({ s: "node", value }); }
  /** @internal Records a statement that yields a value. */
  result(type: Type, bits: number, make: (to: Value) => Statement): Value {
    const to = new Value(this, KIND.result, type, bits);
    this.emit(make(to));
    return to;
  }
  #used(...values: (Value | undefined)[]): void { for (const v of values) v?.use(); }

  /** A literal: `m.i32(5)`, `m.i64(5n)`, `m.int(5, 16)`, `m.f64(bits)`. */
  i32(value: number): Value { return this.constant(value, 32, "i32"); }
  i64(value: number | bigint): Value { return this.constant(value, 64, "i64"); }
  int(value: number | bigint, bits: Bits): Value { return this.constant(value, bits); }
  /** Floating point literal by its bit pattern. */
  f32(bits: number): Value { return this.i32(bits).op("f32.reinterpret_i32"); }
  f64(bits: bigint): Value { return this.i64(bits).op("f64.reinterpret_i64"); }

  // ---- variables and control ----
  /** A mutable local with an initial value. */
  local(initial: Value): Local {
    const l = new Local(this, { id: this.#variables++, type: initial.type, bits: initial.bits });
    l.set(initial);
    return l;
  }
  /** Number of variables declared. */
  get variableCount(): number { return this.#variables; }

  if(condition: Value, then: () => void, otherwise?: () => void): void {
    if (condition.kind === KIND.constant) {
      if (condition.imm) then(); else otherwise?.();
      return;
    }
    this.#used(condition);
    this.emit({ s: "if", condition, then: this.block(then), else: otherwise ? this.block(otherwise) : [] });
  }
  /** `if` whose condition holds nearly always. */
  ifLikely(condition: Value, then: () => void, otherwise?: () => void): void {
    this.#used(condition);
    this.emit({ s: "if", likely: true, condition, then: this.block(then), else: otherwise ? this.block(otherwise) : [] });
  }
  /** `if` whose condition nearly never holds. */
  ifUnlikely(condition: Value, then: () => void): void {
    this.#used(condition);
    this.emit({ s: "if", likely: false, condition, then: this.block(then), else: [] });
  }
  /** @internal Records a nested list. */
  block(body: () => void): Statement[] {
    const outer = this.#list;
    const inner: Statement[] = (this.#list = []);
    try { body(); } finally { this.#list = outer; }
    return inner;
  }
  /** Repeats `body` until `m.break()`. */
  loop(body: () => void): void {
    const id = this.#loopCount++;
    this.#loops.push(id);
    this.loopDepth++;
    const statements = this.block(body);
    this.loopDepth--;
    this.#loops.pop();
    this.emit({ s: "loop", id, body: statements });
  }
  /** Carries `body` out once; `m.break()` leaves it early. */
  once(body: () => void): void {
    const id = this.#loopCount++;
    this.#loops.push(id);
    const statements = this.block(() => {
      body();
      this.break();
    });
    this.#loops.pop();
    this.emit({ s: "loop", id, once: true, body: statements });
  }
  /** Leaves the innermost loop. */
  break(): void { this.emit({ s: "break", loop: this.#innermost() }); }
  /** Starts the innermost loop's next round. */
  continue(): void { this.emit({ s: "continue", loop: this.#innermost() }); }
  breakIf(condition: Value): void { this.if(condition, () => this.break()); }
  #innermost(): number {
    const id = this.#loops.at(-1);
    if (id === undefined) throw new Error("break or continue outside a loop");
    return id;
  }
  /** One of two values; both are computed. */
  choose(condition: Value, yes: Operandish, no: Operandish): Value {
    const like = yes instanceof Value ? yes : no instanceof Value ? no : undefined;
    if (!like) return this.select(condition, this.i32(Number(yes)), this.i32(Number(no)));
    return this.select(condition, this.coerce(yes, like), this.coerce(no, like));
  }

  /** Calls a routine (see `routine()`): returns its results. */
  call(routine: RoutineRef, ...args: Value[]): Value[] {
    const to = routine.results.map((r) => new Value(this, KIND.result, r.type, r.bits));
    this.#used(...args);
    this.emit({ s: "call", to, routine, args });
    return to;
  }
  /** Calls a routine with exactly one result. */
  call1(routine: RoutineRef, ...args: Value[]): Value { return this.call(routine, ...args)[0]!; }
  /** Returns from the routine being built. */
  return(...values: Value[]): void { this.#used(...values); this.emit({ s: "return", values }); }

  // ---- registers ----
  getGpr(ref: GprRef, bits: Bits): Value { return this.result(bits === 64 ? "i64" : "i32", bits, (to) => ({ s: "getGpr", to, ref, bits })); }
  setGpr(ref: GprRef, value: Value): void { this.#used(value); this.emit({ s: "setGpr", ref, bits: value.bits, value }); }
  /** A general register by number (0 = rAX … 15 = r15); for 8 bits the low byte. */
  gpr(number: number, bits: Bits): Value { return this.getGpr({ kind: "fixed", number }, bits); }
  setGprNumber(number: number, value: Value): void { this.setGpr({ kind: "fixed", number }, value); }
  /** AH, CH, DH, BH for number 0-3. */
  highByte(number: number): Value { return this.getGpr({ kind: "fixed", number, high: true }, 8); }
  setHighByte(number: number, value: Value): void { this.setGpr({ kind: "fixed", number, high: true }, value); }
  getVector(ref: VectorRef, type: Type): Value { return this.result(type, type === "i32" ? 32 : type === "i64" ? 64 : 0, (to) => ({ s: "getVector", to, ref })); }
  setVector(ref: VectorRef, value: Value): void { this.#used(value); this.emit({ s: "setVector", ref, value }); }

  // ---- state ----
  /** Reads a field of the processor state, optionally `index` bytes further. */
  state(field: StateField, index?: Value): Value {
    this.#used(index);
    return this.result(field.type, field.type === "i32" ? 32 : field.bits, (to) => ({ s: "stateLoad", to, op: opcode(LOADS, field), offset: field.offset, index }));
  }
  setState(field: StateField, value: Operandish, index?: Value): void {
    const v = value instanceof Value ? value : this.constant(value, field.bits, field.type);
    if (v.type !== field.type) throw new Error(`setState: ${v.type} into ${field.type}`);
    this.#used(v, index);
    this.emit({ s: "stateStore", op: opcode(STORES, field), offset: field.offset, index, value: v });
  }
  /** Address of the state block in linear memory: for TLB entries and tables kept there. */
  stateBase(): Value { return this.result("i32", 32, (to) => ({ s: "stateBase", to })); }
  /** Raw machine memory (address in linear memory): for walkers and memory routines. `name` is a load such as "i64.load". */
  hostLoad(name: string, address: Value, offset: number = 0): Value {
    const type = name.slice(0, name.indexOf(".")) as Type;
    this.#used(address);
    return this.result(type, type === "i32" ? 32 : type === "i64" ? 64 : 0, (to) => ({ s: "hostLoad", to, op: (OP as { [k: string]: number })[name]!, address, offset }));
  }
  hostStore(name: string, address: Value, value: Value, offset: number = 0): void {
    this.#used(address, value);
    this.emit({ s: "hostStore", op: (OP as { [k: string]: number })[name]!, address, offset, value });
  }

  // ---- flags ----
  /** A status flag, 0 or 1. */
  flag(flag: FlagName): Value { return this.result("i32", 32, (to) => ({ s: "getFlag", to, flag })); }
  /** Condition code 0-15 as in Jcc: 0 or 1. */
  condition(code: number): Value { return this.result("i32", 32, (to) => ({ s: "condition", to, code })); }
  setFlags(source: FlagSource): void {
    const values: (Value | undefined)[] = source.kind === "explicit" ? [source.result, ...Object.values(source.flags)]
      : source.kind === "logic" ? [source.result] : [source.a, source.b, source.result];
    for (const v of values) if (v) v.flagUses += this.loopDepth > v.depth ? 2 : 1;
    this.emit({ s: "flags", source });
  }
  /** All flags from a + b (+ carry in) = result. */
  flagsAdd(a: Value, b: Value, result: Value): void { this.setFlags({ kind: "add", bits: result.bits, a, b, result }); }
  /** All flags from a - b (- borrow in) = result. */
  flagsSub(a: Value, b: Value, result: Value): void { this.setFlags({ kind: "sub", bits: result.bits, a, b, result }); }
  flagsLogic(result: Value): void { this.setFlags({ kind: "logic", bits: result.bits, result }); }
  /** Sets S, Z, P from `result` (if given) and single flags from truth values; others are kept. */
  flagsExplicit(result: Value | undefined, flags: { readonly [F in FlagName]?: Value }): void {
    this.setFlags({ kind: "explicit", bits: result?.bits ?? 32, result, flags });
  }

  // ---- guest memory ----
  /** Linear address of segment:offset (offset 64 bits wide, already wrapped to the address size). Segments: ES CS SS DS FS GS = 0-5. */
  linear(segment: number | "operand", offset: Value, size: number, access: AccessKind): Value {
    this.#used(offset);
    return this.result("i64", 64, (to) => ({ s: "segmentAddress", to, segment, offset, size, access }));
  }
  /** Reads guest memory at a linear address. */
  load(address: Value, bits: Bits): Value { return this.loadAs(address, bits === 64 ? "i64" : "i32", bits); }
  /** Reads guest memory as another WebAssembly type (f32, f64, v128). */
  loadAs(address: Value, type: Type, bits: number = type === "i32" ? 32 : type === "i64" ? 64 : 0): Value {
    this.#used(address);
    return this.result(type, bits, (to) => ({ s: "load", to, address, size: sizeOf(type, bits) }));
  }
  store(address: Value, value: Value): void {
    this.#used(address, value);
    this.emit({ s: "store", address, size: sizeOf(value.type, value.bits), value });
  }
  /** Reads for a later write to the same place: `token` goes to `storeBack`. */
  loadForStore(address: Value, bits: Bits): { value: Value; token: number } {
    const token = this.#tokens++;
    this.#used(address, address);
    const value = this.result(bits === 64 ? "i64" : "i32", bits, (to) => ({ s: "loadForStore", to, address, size: bits / 8, token }));
    return { value, token };
  }
  storeBack(token: number, address: Value, value: Value): void {
    this.#used(address, value);
    this.emit({ s: "storeBack", token, address, size: sizeOf(value.type, value.bits), value });
  }
  /** Raises what an access of `size` bytes would raise, without accessing: before a sequence that must not half-happen. */
  probe(address: Value, size: number | Value, access: AccessKind): void {
    this.#used(address, typeof size === "number" ? undefined : size);
    this.emit({ s: "probe", address, size, access });
  }

  // ---- events ----
  raise(vector: number, code?: Value | number): void {
    const c = typeof code === "number" ? this.i32(code) : code;
    this.#used(c);
    this.emit({ s: "raise", vector, code: c });
  }
  raiseIf(condition: Value, vector: number, code?: Value | number): void { this.if(condition, () => this.raise(vector, code)); }
  /** A system operation in TypeScript (`system/`): ends the block; it sets rIP itself or leaves it at the next instruction. Arguments are i32 or i64. */
  escape(name: string, ...args: Value[]): void { this.#used(...args); this.emit({ s: "escape", name, args }); }
  /** A system operation where something special is the case: what is described behind it goes without. Nothing may have changed before. */
  escapeIf(condition: Value, name: string, ...args: Value[]): void { this.ifUnlikely(condition, () => this.escape(name, ...args)); }
  /** Instructions that may still retire in this slice, the one under way among them: 32 bits, signed. */
  budget(): Value { return this.result("i32", 32, (to) => ({ s: "budget", to })); }
  /** A TypeScript function that returns a value and changes no cached state (time stamp, entropy, ports). */
  callOut(name: string, type: "i32" | "i64", ...args: Value[]): Value {
    this.#used(...args);
    return this.result(type, type === "i32" ? 32 : 64, (to) => ({ s: "callOut", to, name, args }));
  }
}

function opcode(table: { readonly [key: string]: string }, field: StateField): number {
  const name = table[`${field.type}/${field.bits}`];
  if (!name) throw new Error(`no access for ${field.type}/${field.bits}`);
  return (OP as { [k: string]: number })[name]!;
}
