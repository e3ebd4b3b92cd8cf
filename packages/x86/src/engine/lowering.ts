import { OP, type Emitter, type ValueType } from "@ringzero/wasm";
import type { GprRef, Statement, Variable, VectorRef } from "../ir/statement.ts";
import { KIND, type Value } from "../ir/value.ts";
import type { Routine } from "../ir/routine.ts";
import { STATE } from "../state/state.ts";

type StatementOf<S extends Statement["s"]> = Extract<Statement, { s: S }>;

/** Index of a function in the module being written, by name: routines and call-outs. */
export interface FunctionIndex {
  routine(routine: Routine): number;
  callOut(name: string): number;
}

/**
 * Writes recorded statements as WebAssembly. What is common to all engines is here: pure nodes, locals, control, state, calls.
 * How registers, flags, guest memory and jumps are reached is each engine's own (the abstract methods).
 */
export abstract class Lowering {
  readonly e: Emitter;
  readonly functions: FunctionIndex;
  /** Types of the locals in use beyond the parameters, in index order. */
  readonly locals: ValueType[] = [];
  readonly firstLocal: number;
  /** Open block, if and loop constructs. */
  depth = 0;
  #free = new Map<ValueType, number[]>();
  #inUse: { type: ValueType; index: number }[] = [];
  /** Local that holds a node, by node number; -1 none. */
  protected localOf: Int32Array = new Int32Array(256);
  #variables: number[] = [];
  #loops = new Map<number, { breakDepth: number; continueDepth: number }>();

  constructor(e: Emitter, functions: FunctionIndex, firstLocal: number) {
    this.e = e;
    this.functions = functions;
    this.firstLocal = firstLocal;
  }

  /** Type of a local that is no parameter. */
  typeOf(local: number): ValueType { return this.locals[local - this.firstLocal]!; }
  /** A fresh local of a type, released by `releaseAll`. */
  allocate(type: ValueType): number {
    const free = this.#free.get(type);
    const index = free?.pop() ?? this.firstLocal + this.locals.push(type) - 1;
    this.#inUse.push({ type, index });
    return index;
  }
  /** Gives the locals of the piece of code just written back, but for those to keep until the next time. */
  releaseAll(keep?: ReadonlySet<number>): void {
    const kept: { type: ValueType; index: number }[] = [];
    for (const local of this.#inUse) {
      const { type, index } = local;
      if (keep?.has(index)) {
        kept.push(local);
        continue;
      }
      const free = this.#free.get(type);
      if (free) free.push(index);
      else this.#free.set(type, [index]);
    }
    this.#inUse = kept;
  }
  /** Prepares for the statements of one graph with `size` nodes and so many variables. */
  begin(size: number): void {
    if (this.localOf.length < size) this.localOf = new Int32Array(size * 2);
    this.localOf.fill(-1, 0, size);
    this.#variables = [];
    this.#loops.clear();
  }
  /** Binds a result node to a local that holds it already. */
  bind(value: Value, local: number): void { this.localOf[value.id] = local; }

  /** Branch to a construct opened when `depth` was `target` (before its block/loop instruction). */
  branch(target: number): void { this.e.br(this.depth - target - 1); }
  branchIf(target: number): void { this.e.brIf(this.depth - target - 1); }
  open(kind: "block" | "loop" | "if", type?: ValueType): number {
    const at = this.depth++;
    if (kind === "block") this.e.block(type);
    else if (kind === "loop") this.e.loop(type);
    else this.e.if(type);
    return at;
  }
  /** Byte offsets of conditional branches with what is expected of them: 1 taken, 0 not. */
  readonly hintOffsets: number[] = [];
  readonly hintValues: number[] = [];
  /** Opens an `if` that is expected to be (1) or not to be (0) entered: the other way is laid out aside. */
  openHinted(expected: 0 | 1, type?: ValueType): void {
    this.hintOffsets.push(this.e.length);
    this.hintValues.push(expected);
    this.open("if", type);
  }
  close(): void { this.depth--; this.e.end(); }

  /** Pushes a value. */
  value(v: Value): void {
    const local = this.localOf[v.id]!;
    if (local >= 0) { this.e.localGet(local); return; }
    if (v.kind === KIND.constant) { this.constant(v); return; }
    if (v.kind === KIND.immediate) { this.immediate(v); return; }
    if (v.kind === KIND.result) throw new Error(`value ${v.id} (${v.type}/${v.bits}) is used where it is not defined`);
    this.pure(v);
  }
  /** The local that holds a value; makes one where there is none. */
  local(v: Value): number {
    const known = this.localOf[v.id]!;
    if (known >= 0) return known;
    const index = this.allocate(v.type);
    this.value(v);
    this.e.localSet(index);
    // Not remembered: it may have been met on one branch only.
    return index;
  }

  constant(v: Value): void {
    const { e } = this;
    switch (v.type) {
      case "i32": e.i32Const(Number(v.imm)); break;
      case "i64": e.i64Const(v.imm as bigint); break;
      case "f32": e.f32Const(Number(v.imm)); break;
      case "f64": e.f64Const(Number(v.imm)); break;
      default: e.v128Const(v.imm as Uint8Array);
    }
  }
  /** Pushes a WebAssembly operation's result. */
  protected pure(v: Value): void {
    if (v.a) this.value(v.a);
    if (v.b) this.value(v.b);
    if (v.c) this.value(v.c);
    if (v.imm === undefined) this.e.op(v.kind);
    else if (v.imm instanceof Uint8Array) this.e.shuffle(v.imm);
    else this.e.lane(v.kind, Number(v.imm));
  }
  /** Stores the value on the stack as the value of a result node. */
  define(to: Value): void {
    if (to.uses === 0 && to.flagUses === 0) { this.e.drop(); return; }
    const index = this.allocate(to.type);
    this.e.localSet(index);
    this.localOf[to.id] = index;
  }
  /** How often a node is needed: flags read each of theirs more than once. */
  protected usesOf(v: Value): number { return v.uses + 2 * v.flagUses; }

  statements(list: readonly Statement[]): void { for (const s of list) this.statement(s); }

  statement(s: Statement): void {
    const { e } = this;
    switch (s.s) {
      case "node":
        if (this.usesOf(s.value) > 1 && this.localOf[s.value.id]! < 0) {
          const index = this.allocate(s.value.type);
          this.value(s.value);
          e.localSet(index);
          this.localOf[s.value.id] = index;
        }
        break;
      case "get": {
        e.localGet(this.#variable(s.variable));
        this.define(s.to);
        break;
      }
      case "set":
        this.value(s.value);
        e.localSet(this.#variable(s.variable));
        break;
      case "if":
        this.value(s.condition);
        if (s.likely !== undefined) this.openHinted(s.likely ? 1 : 0); else this.open("if");
        this.branched(() => this.statements(s.then));
        if (s.else.length > 0) {
          e.else();
          this.branched(() => this.statements(s.else));
        }
        this.close();
        break;
      case "loop": {
        const breakDepth = this.open("block");
        if (s.once) {
          this.#loops.set(s.id, { breakDepth, continueDepth: -1 });
          this.branched(() => this.statements(s.body.slice(0, -1)));
          this.close();
          break;
        }
        const continueDepth = this.open("loop");
        this.#loops.set(s.id, { breakDepth, continueDepth });
        this.branched(() => this.statements(s.body));
        this.branch(continueDepth);
        this.close();
        this.close();
        break;
      }
      case "break": this.branch(this.#loops.get(s.loop)!.breakDepth); break;
      case "continue": this.branch(this.#loops.get(s.loop)!.continueDepth); break;
      case "stateBase": this.state(); this.define(s.to); break;
      case "stateLoad": this.stateLoad(s); break;
      case "stateStore": this.stateStore(s); break;
      case "hostLoad": this.value(s.address); e.memory(s.op, s.offset); this.define(s.to); break;
      case "hostStore": this.value(s.address); this.value(s.value); e.memory(s.op, s.offset); break;
      case "call": this.call(s); break;
      case "callOut":
        this.state();
        for (const a of s.args) this.value(a);
        e.call(this.functions.callOut(s.name));
        if (s.to) this.define(s.to);
        this.afterCall(true);
        break;
      default: this.machine(s);
    }
  }
  /** Writes a branch of an `if` or a loop's body. */
  protected branched(write: () => void): void { write(); }

  #variable(v: Variable): number { return (this.#variables[v.id] ??= this.allocate(v.type)); }

  protected stateLoad(s: StatementOf<"stateLoad">): void {
    this.state();
    if (s.index) { this.value(s.index); this.e.op(OP["i32.add"]); }
    this.e.memory(s.op, s.offset);
    this.define(s.to);
  }
  protected stateStore(s: StatementOf<"stateStore">): void {
    this.state();
    if (s.index) { this.value(s.index); this.e.op(OP["i32.add"]); }
    this.value(s.value);
    this.e.memory(s.op, s.offset);
  }
  protected call(s: StatementOf<"call">): void {
    this.state();
    for (const a of s.args) this.value(a);
    this.e.call(this.functions.routine(s.routine as Routine));
    for (let i = s.to.length - 1; i >= 0; i--) this.define(s.to[i]!);
    this.afterCall((s.routine as Routine).mayFault);
  }
  /** Pushes the state block's address: parameter 0 everywhere. */
  state(): void { this.e.localGet(0); }
  /** Pushes 1 where the event field is set. */
  event(): void {
    this.state();
    this.e.memory(OP["i32.load"], STATE.event.offset);
  }

  /** After a call that may have set the event: leave where it is set. */
  abstract afterCall(mayFault: boolean): void;
  abstract immediate(v: Value): void;
  /** Statements that reach the machine: registers, flags, guest memory, events, jumps. */
  abstract machine(s: Statement): void;
}

/** Byte offset of a fixed general register in the state block. */
export function fixedGpr(ref: Extract<GprRef, { kind: "fixed" }>): number {
  return STATE.gpr.offset + ref.number * 8 + (ref.high ? 1 : 0);
}
export type { GprRef, VectorRef, StatementOf };
