import { OP } from "@ringzero/wasm";
import { Builder } from "../../ir/builder.ts";
import type { Statement, Variable } from "../../ir/statement.ts";
import { KIND, Value } from "../../ir/value.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { isLowMask, KnownFacts } from "./known-facts.ts";

/** Operations of a sequence as lists over one graph. */
export interface Joined {
  /** Number of nodes in the graph. */
  readonly size: number;
  readonly lists: readonly (readonly Statement[])[];
}

type Of<S extends Statement["s"]> = Extract<Statement, { s: S }>;

/**
 * The statements of operations that follow one another, recorded anew so that each knows what those before it have loaded, stored and found out: state
 * is not loaded again, and a condition that must hold is no branch. An operation's unlikely way ends with `nextOperation`, so that the one after
 * it in the sequence knows which way it came. What the operations mean is what their own statements say.
 */
export function joinStatements(operations: readonly BuiltVariant[]): Joined {
  const m = new Builder(), join = new Join(m);
  const lists = operations.map((b, i) => m.block(() => join.operation(b, i === operations.length - 1)));
  return { size: m.size, lists };
}

/** A loop (carried out once) being recorded: its new number, and what is known where it is left. */
interface Once { readonly id: number; readonly tail: boolean; left: KnownFacts | undefined; breaks: number }

class Join {
  readonly #m: Builder;
  #known: KnownFacts = new KnownFacts();
  /** New values and variables by those of the operation being recorded. */
  #values = new Map<Value, Value>();
  #variables = new Map<Variable, Variable>();
  #onces = new Map<number, Once>();
  #numbers = 0;
  #isLast = false;
  #operation = 0;

  constructor(m: Builder) { this.#m = m; }

  operation(b: BuiltVariant, isLast: boolean): void {
    this.#values.clear();
    this.#variables.clear();
    this.#onces.clear();
    this.#isLast = isLast;
    this.#list(b.statements, true);
    this.#operation++;
  }

  // ---- statements ----
  /** Records a list; `tail`: the operation ends with it. Returns whether its end is reached. */
  #list(list: readonly Statement[], tail: boolean): boolean {
    for (const [i, s] of list.entries()) {
      if (s.s === "break") { this.#break(s); return false; }
      if (s.s === "raise") { this.#copy(s); return false; }
      if (s.s === "if") { if (!this.#if(s, this.#endsWith(list, i + 1, tail))) return false; }
      else if (s.s === "loop") this.#once(s, this.#endsWith(list, i + 1, tail));
      else this.#simple(s);
    }
    return true;
  }
  /** Whether the operation ends with what is in front of statement `from`. */
  #endsWith(list: readonly Statement[], from: number, tail: boolean): boolean {
    const rest = list.slice(from).find((s) => s.s !== "node");
    return rest ? rest.s === "break" && this.#onces.get(rest.loop)!.tail : tail;
  }
  #arm(list: readonly Statement[], condition: Value, holds: boolean, tail: boolean, leaves: boolean): { statements: Statement[]; reached: boolean; known: KnownFacts } {
    const before = this.#known;
    this.#known = before.copy();
    this.#known.learn(condition, holds);
    let reached = false;
    const statements = this.#m.block(() => {
      reached = this.#list(list, tail);
      if (reached && leaves) { this.#m.emit({ s: "nextOperation" }); reached = false; }
    });
    const known = this.#known;
    this.#known = before;
    return { statements, reached, known };
  }
  #if(s: Of<"if">, tail: boolean): boolean {
    const condition = this.#value(s.condition), truth = this.#known.truth(condition);
    if (truth !== undefined) return this.#list(truth ? s.then : s.else, tail);
    const leaves = tail && !this.#isLast;
    const then = this.#arm(s.then, condition, true, tail, leaves && s.likely === false);
    const other = this.#arm(s.else, condition, false, tail, leaves && s.likely === true && s.else.length > 0);
    condition.use();
    this.#m.emit({ ...s, condition, then: then.statements, else: other.statements });
    this.#known = !then.reached ? other.known : !other.reached ? then.known : then.known.common(other.known);
    return then.reached || other.reached;
  }
  #once(s: Of<"loop">, tail: boolean): void {
    if (!s.once) throw new Error("a loop in a sequence");
    const once: Once = { id: this.#numbers++, tail, left: undefined, breaks: 0 };
    this.#onces.set(s.id, once);
    const body = this.#m.block(() => {
      const reached = this.#list(s.body.slice(0, -1), false);
      if (reached && tail && !this.#isLast && once.breaks > 0) this.#m.emit({ s: "nextOperation" });
      else if (reached) this.#left(once);
      this.#m.emit({ s: "break", loop: once.id });
    });
    this.#m.emit({ s: "loop", id: once.id, once: true, body });
    if (once.left) this.#known = once.left;
  }
  #break(s: Of<"break">): void {
    const once = this.#onces.get(s.loop)!;
    this.#left(once);
    this.#m.emit({ s: "break", loop: once.id });
  }
  #left(once: Once): void {
    once.left = once.left ? once.left.common(this.#known) : this.#known;
    once.breaks++;
  }

  #simple(s: Statement): void {
    if (s.s === "node") { this.#value(s.value); return; }
    if (s.s === "stateLoad") {
      const index = s.index && this.#value(s.index), known = this.#known.loaded(s.op, s.offset, index);
      if (known) { this.#values.set(s.to, known); return; }
      this.#copy(s);
      this.#known.noteLoad(s.op, s.offset, index, this.#values.get(s.to)!);
      return;
    }
    this.#copy(s);
    if (s.s === "stateStore") this.#known.noteStore(s.op, s.offset, s.index && this.#value(s.index), this.#value(s.value));
    else if (s.s === "call" || s.s === "callOut") this.#known.forgetState();
  }
  /** Records a statement that has no others in it. */
  #copy(s: Statement): void {
    const copy: { [property: string]: unknown } = {};
    for (const [name, x] of Object.entries(s)) {
      if (name === "to") copy[name] = Array.isArray(x) ? x.map((to: Value) => this.#result(to)) : x && this.#result(x as Value);
      else if (x instanceof Value) copy[name] = this.#used(x);
      else if (name === "args" || name === "values") copy[name] = (x as Value[]).map((v) => this.#used(v));
      else copy[name] = name === "variable" ? this.#variable(x as Variable) : x;
    }
    this.#m.emit(copy as unknown as Statement);
  }
  #result(to: Value): Value {
    const value = new Value(this.#m, KIND.result, to.type, to.bits);
    this.#values.set(to, value);
    return value;
  }
  #used(v: Value): Value {
    const value = this.#value(v);
    value.use();
    return value;
  }
  #variable(v: Variable): Variable {
    let own = this.#variables.get(v);
    if (!own) this.#variables.set(v, (own = { ...v, id: this.#numbers++ }));
    return own;
  }

  // ---- values ----
  #value(v: Value): Value {
    const known = this.#values.get(v);
    if (known) return known;
    if (v.kind === KIND.immediate) return this.#immediate(v);
    const value = this.#newValue(v);
    this.#values.set(v, value);
    return value;
  }
  /** A field of the operation, kept in a local: later operations have others in its place. */
  #immediate(v: Value): Value {
    const key = `${KIND.immediate}/${this.#operation}/${v.bits}/${v.imm as string}`, known = this.#known.nodes.get(key);
    if (known) return known;
    const value = new Value(this.#m, KIND.immediate, v.type, v.bits, v.imm);
    value.use();
    value.use();
    this.#m.emit({ s: "node", value });
    this.#known.nodes.set(key, value);
    return value;
  }
  #newValue(v: Value): Value {
    if (v.kind === KIND.constant) return v.type === "v128" ? this.#m.vector(v.imm as Uint8Array) : this.#m.constant(v.imm as number | bigint, v.bits, v.type);
    if (v.kind === KIND.result) throw new Error("a value of a statement that was not recorded");
    return this.#pure(v.kind, v.type, v.bits, v.imm, v.a && this.#value(v.a), v.b && this.#value(v.b), v.c && this.#value(v.c));
  }
  /** The node, or one that is equal and known already. */
  #pure(kind: number, type: Value["type"], bits: number, imm: Value["imm"], a?: Value, b?: Value, c?: Value): Value {
    if (kind === OP["i32.and"] && b!.kind === KIND.constant) {
      const mask = b!.imm as number;
      if (mask === 1 && isSetBit(a!)) return this.#m.constant(1, bits, "i32");
      const kept = this.#demanded(a!, mask);
      if (kept === 0) return this.#m.constant(0, bits, "i32");
      const { min, max } = this.#known.range(kept);
      if (isLowMask(mask) && min >= 0 && max <= mask && kept.bits === bits) return kept;
      return this.#node(kind, type, bits, imm, kept, b, c);
    }
    const truth = this.#known.comparison(kind, a, b);
    if (truth !== undefined) return this.#m.constant(truth ? 1 : 0, bits, "i32");
    return this.#node(kind, type, bits, imm, a, b, c);
  }
  #node(kind: number, type: Value["type"], bits: number, imm: Value["imm"], a?: Value, b?: Value, c?: Value): Value {
    if (imm instanceof Uint8Array) throw new Error("a shuffle in a sequence");
    const key = `${kind}/${bits}/${imm}/${a?.id}/${b?.id}/${c?.id}`, known = this.#known.nodes.get(key);
    if (known) return known;
    const value = new Value(this.#m, kind, type, bits, imm, a, b, c);
    this.#m.emit({ s: "node", value });
    this.#known.nodes.set(key, value);
    return value;
  }
  /** A value that equals v in the bits of `mask`; 0 where those are zero. */
  #demanded(v: Value, mask: number): Value | 0 {
    const constant = v.b?.kind === KIND.constant ? (v.b.imm as number) : undefined;
    if (v.kind === OP["i32.and"] && constant !== undefined) {
      if ((mask & constant) === 0) return 0;
      return (mask & ~constant) === 0 ? this.#demanded(v.a!, mask) : v;
    }
    if (v.kind === OP["i32.or"]) {
      const a = this.#demanded(v.a!, mask), b = this.#demanded(v.b!, mask);
      return a === 0 ? b : b === 0 ? a : v;
    }
    if (v.kind === OP["i32.add"] && constant) {
      // Bits below the constant's lowest carry nothing.
      const above = (0xffff_ffff >>> Math.clz32(mask)) & ~((constant & -constant) - 1), a = this.#demanded(v.a!, above);
      if (a === 0 || a === v.a) return v;
      if (a.kind === v.kind && a.b!.kind === KIND.constant && ((a.b!.imm as number) + constant | 0) === 0) return this.#demanded(a.a!, mask);
    }
    if (v.kind === OP["i32.shr_u"] && constant !== undefined) {
      const a = this.#demanded(v.a!, mask << constant);
      return a === 0 || a === v.a ? (a === 0 ? 0 : v) : this.#node(v.kind, v.type, v.bits, v.imm, a, v.b);
    }
    return v;
  }
}

/** Whether bit 0 is one: x | 1 << n, shifted right by n. */
function isSetBit(v: Value): boolean {
  if (v.kind !== OP["i32.shr_u"] || v.a!.kind !== OP["i32.or"]) return false;
  const set = v.a!.b!;
  return set.kind === OP["i32.shl"] && set.a!.kind === KIND.constant && set.a!.imm === 1 && set.b === v.b;
}
