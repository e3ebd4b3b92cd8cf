import { Emitter, ModuleWriter, OP, type ValueType } from "@ringzero/wasm";
import { CODE_PAGE, MAX_RUN, OPERATION, PSEUDO } from "../../decode/operation.ts";
import type { Routine } from "../../ir/routine.ts";
import type { Statement } from "../../ir/statement.ts";
import { GP, UD } from "../../isa/instruction-builder.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { accessRead, accessWrite, commitWrite, probe, resolve, translate } from "../../mmu/access.ts";
import { ADDRESS } from "../../decode/operation.ts";
import { EVENT, GPR_PAGE, STATE } from "../../state/state.ts";
import type { FunctionIndex } from "../lowering.ts";
import { InterpreterLowering, type Ending } from "./interpreter-lowering.ts";

/** Routines that TypeScript calls by name besides those that descriptions use. */
const EXPORTED: readonly Routine[] = [translate, accessRead, accessWrite, commitWrite, probe, resolve, segmentLinear];

/** The generated interpreter: module bytes and what the decoder must know of its numbering. */
export interface InterpreterModule {
  readonly bytes: Uint8Array;
  /** Handler number of each variant (switch cases first, then functions that continue a run, then those that end one). */
  readonly handlerOf: Uint16Array;
  /** Names of call-outs and escapes to import from "out", with their WebAssembly parameter types. */
  readonly imports: readonly { readonly name: string; readonly params: readonly ValueType[]; readonly result: ValueType }[];
  readonly handlers: number;
}

type Import = InterpreterModule["imports"][number];

/** Collects what statements call. */
class Callees {
  readonly routines: Routine[] = [];
  readonly imports = new Map<string, Import>();
  #seen = new Set<Routine>();
  add(routine: Routine): void {
    if (this.#seen.has(routine)) return;
    this.#seen.add(routine);
    this.routines.push(routine);
    this.visit(routine.body().statements);
  }
  visit(list: readonly Statement[]): void {
    for (const s of list) {
      switch (s.s) {
        case "if": this.visit(s.then); this.visit(s.else); break;
        case "loop": case "repeat": this.visit(s.body); break;
        case "call": this.add(s.routine as Routine); break;
        case "callOut": this.#import(s.name, s.args.map((a) => a.type), s.to?.type ?? "i32"); break;
        case "escape": this.#import(s.name, s.args.map((a) => a.type), "i32"); break;
        default:
      }
    }
  }
  #import(name: string, args: readonly ValueType[], result: ValueType): void {
    const params: ValueType[] = ["i32", ...args];
    const known = this.imports.get(name);
    if (!known) this.imports.set(name, { name, params, result });
    else if (known.params.join() !== params.join() || known.result !== result) throw new Error(`call-out "${name}" is used with different signatures`);
  }
}

/** Locals of the run function. Parameter 0 is the state block. */
const S = 0, P = 1, ENTRY = 2, LEFT = 3, TLB = 4, NEXT = 5, JUMP = 6, JUMP_PAGE = 7, CONTEXT = 8, MASK = 9, DECODES = 10;
const RUN_LOCALS: readonly ValueType[] = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i64", "i64", "i32"];

/**
 * Generates the interpreter: one function per variant, and a loop over decoded operations with the hottest variants as cases of its
 * br_table. `hot(variant)` says which; the rest is reached through a table of functions.
 */
export function generateInterpreter(built: readonly BuiltVariant[], hot: (b: BuiltVariant) => boolean): InterpreterModule {
  const callees = new Callees();
  for (const r of EXPORTED) callees.add(r);
  for (const b of built) callees.visit(b.statements);

  // Numbering: pseudo operations, hot variants, functions that continue, functions that end a run.
  const hotList = built.flatMap((b, i) => (hot(b) ? [i] : []));
  const isHot = new Uint8Array(built.length);
  for (const i of hotList) isHot[i] = 1;
  const straight = built.flatMap((b, i) => (!isHot[i] && !b.ends ? [i] : []));
  const enders = built.flatMap((b, i) => (!isHot[i] && b.ends ? [i] : []));
  const handlerOf = new Uint16Array(built.length);
  const order = [...hotList, ...straight, ...enders];
  order.forEach((v, i) => { handlerOf[v] = PSEUDO.count + i; });
  const firstCold = PSEUDO.count + hotList.length;
  const firstEnder = firstCold + straight.length;
  const handlers = PSEUDO.count + order.length;

  const w = new ModuleWriter();
  const imports = [...callees.imports.values()];
  w.importMemory("machine", "memory", { minimum: 0 });
  const importIndex = new Map<string, number>();
  for (const i of imports) importIndex.set(i.name, w.importFunction("out", i.name, w.type(i.params, [i.result])));
  const decodeImport = w.importFunction("out", "decode", w.type(["i32"], ["i32"]));
  const routineIndex = new Map<Routine, number>();
  for (const r of callees.routines) routineIndex.set(r, w.declare(w.type(["i32", ...r.params.map((p) => p.type)], r.results.map((p) => p.type)), r.name));
  const handlerType = w.type(["i32", "i32"], ["i32"]);
  const handlerIndex = order.map((v) => w.declare(handlerType, built[v]!.variant.form.text));
  const operandLinear = w.declare(w.type(["i32", "i32", "i64", "i32"], ["i64"]), "operandLinear");
  const lookup = w.declare(w.type(["i32"], ["i32"]), "lookup");
  const run = w.declare(w.type(["i32"], []), "run");
  const step = w.declare(w.type(["i32"], []), "step");
  const table = w.table({ minimum: handlers });
  const regions = w.table({ minimum: 64 });
  const regionType = w.type(["i32", "i32"], ["i32"]);
  w.element(table, PSEUDO.count, handlerIndex);

  const functions: FunctionIndex = {
    routine(r) {
      const i = routineIndex.get(r);
      if (i === undefined) throw new Error(`routine ${r.name} was not collected`);
      return i;
    },
    callOut(name) {
      const i = importIndex.get(name);
      if (i === undefined) throw new Error(`call-out ${name} was not collected`);
      return i;
    },
  };
  const e = new Emitter();

  // ---- routines ----
  for (const r of callees.routines) {
    e.reset();
    const zeros = (l: InterpreterLowering): void => {
      for (const t of r.results) {
        if (t.type === "i64") l.e.i64ConstNumber(0);
        else if (t.type === "f32") l.e.f32Const(0);
        else if (t.type === "f64") l.e.f64Const(0);
        else if (t.type === "v128") l.e.v128Const(new Uint8Array(16));
        else l.e.i32Const(0);
      }
      l.e.return();
    };
    const never = (): never => { throw new Error(`routine ${r.name} jumps`); };
    const l = new InterpreterLowering(e, functions, 1 + r.params.length, operandLinear, { leave: zeros, jumped: never, return: (x) => x.e.return() });
    const body = r.body();
    l.begin(body.builder.size);
    body.params.forEach((p, i) => l.bind(p, 1 + i));
    l.statements(body.statements);
    zeros(l);
    w.body(routineIndex.get(r)!, l.locals, e);
  }

  // ---- one function per variant ----
  const leaveHandler = (l: InterpreterLowering): void => { l.e.i32Const(0); l.e.return(); };
  const functionEnding: Ending = { leave: leaveHandler, jumped: leaveHandler, return: () => { throw new Error("return in an instruction"); } };
  order.forEach((v, i) => {
    e.reset();
    const l = new InterpreterLowering(e, functions, 2, operandLinear, functionEnding);
    lowerVariant(l, built[v]!);
    e.localGet(P);
    e.i32Const(OPERATION.bytes);
    e.op(OP["i32.add"]);
    w.body(handlerIndex[i]!, l.locals, e);
  });

  writeOperandLinear(w, e, operandLinear, functions.routine(segmentLinear));
  writeLookup(w, e, lookup, decodeImport, functions.routine(translate));
  writeRun(w, e, { run, lookup, table, handlerType, regions, regionType, functions, operandLinear, built, hotList, firstCold, firstEnder });
  writeStep(w, e, { step, lookup, table, handlerType, firstEnder });

  w.export("run", "function", run);
  w.export("step", "function", step);
  w.export("lookup", "function", lookup);
  w.export("handlers", "table", table);
  w.export("regions", "table", regions);
  // Compiled regions import routines from here.
  const names = new Set<string>();
  for (const r of callees.routines) {
    if (names.has(r.name)) throw new Error(`two routines are named ${r.name}`);
    names.add(r.name);
    w.export(r.name, "function", routineIndex.get(r)!);
  }
  return { bytes: w.finish(), handlerOf, imports, handlers };
}

function lowerVariant(l: InterpreterLowering, b: BuiltVariant): void {
  l.variant = b.variant;
  l.begin(b.builder.size);
  l.statements(b.statements);
}

/** From the offset of a memory operand to its linear address, the careful way: wraps to the address size, checks the segment. */
function writeOperandLinear(w: ModuleWriter, e: Emitter, index: number, segment: number): void {
  e.reset();
  const t = 4;
  e.localGet(1); e.memory(OP["i32.load8_u"], OPERATION.m); e.localSet(t);
  e.localGet(0);
  e.localGet(t); e.i32Const(ADDRESS.segmentShift); e.op(OP["i32.shr_u"]); e.i32Const(ADDRESS.segment); e.op(OP["i32.and"]);
  e.localGet(2);
  // Address size 0 (16 bits) and 1 (32 bits) wrap.
  e.i64ConstNumber(-1);
  e.i64ConstNumber(0xffff);
  e.i64ConstNumber(0xffffffff);
  e.localGet(t); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
  e.op(OP.select);
  e.localGet(t); e.i32Const(ADDRESS.size << ADDRESS.sizeShift); e.op(OP["i32.and"]); e.i32Const(2 << ADDRESS.sizeShift); e.op(OP["i32.eq"]);
  e.op(OP.select);
  e.op(OP["i64.and"]);
  e.localGet(3);
  e.call(segment);
  w.body(index, ["i32"], e);
}

/**
 * The operation at STATE.rip: through the current code page's map where rIP stays in the page, else through the fetch TLB;
 * TypeScript decodes what is not there. 0 = the event is set.
 */
function writeLookup(w: ModuleWriter, e: Emitter, index: number, decode: number, translateIndex: number): void {
  e.reset();
  void translateIndex;
  const offset = 1, page = 2, number = 3;
  // offset = rip - page start; below 4096 the page is the current one.
  e.localGet(S); e.memory(OP["i64.load"], STATE.rip.offset);
  e.localGet(S); e.memory(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i64.sub"]);
  e.i64ConstNumber(4096);
  e.op(OP["i64.lt_u"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.codePage.offset); e.localTee(page);
  e.i32Const(0); e.op(OP["i32.ne"]);
  e.op(OP["i32.and"]);
  e.if();
  e.localGet(S); e.memory(OP["i32.load"], STATE.rip.offset);
  e.localGet(S); e.memory(OP["i32.load"], STATE.gpr.offset + GPR_PAGE * 8);
  e.op(OP["i32.sub"]); e.localSet(offset);
  e.localGet(page); e.localGet(offset); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(number);
  e.if();
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(number); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]);
  e.return();
  e.end();
  e.end();
  // Another page, entered before: the fetch TLB's entry names its code page.
  const entry = 4, la = 5;
  e.localGet(S); e.memory(OP["i32.load"], STATE.slowCode.offset); e.op(OP["i32.eqz"]);
  e.if();
  e.localGet(S); e.memory(OP["i64.load"], STATE.rip.offset); e.localSet(la);
  e.localGet(S); e.localGet(S); e.memory(OP["i32.load"], STATE.tlbCode.offset); e.op(OP["i32.add"]);
  e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const(1023 << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]);
  e.localTee(entry);
  e.memory(OP["i64.load"], 0);
  e.localGet(la); e.i64ConstNumber(-4096); e.op(OP["i64.and"]);
  e.localGet(S); e.memory(OP["i64.load"], STATE.context.offset); e.op(OP["i64.or"]);
  e.op(OP["i64.eq"]);
  e.if();
  e.localGet(entry); e.memory(OP["i32.load"], 12); e.localTee(page);
  e.if();
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.mode);
  e.localGet(S); e.memory(OP["i32.load"], STATE.mode.offset); e.op(OP["i32.eq"]);
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.valid); e.op(OP["i32.and"]);
  e.if();
  e.localGet(page); e.localGet(la); e.op(OP["i32.wrap_i64"]); e.i32Const(0xfff); e.op(OP["i32.and"]); e.i32Const(1); e.op(OP["i32.shl"]); e.op(OP["i32.add"]);
  e.memory(OP["i32.load16_u"], CODE_PAGE.map); e.localTee(number);
  e.if();
  e.localGet(S); e.localGet(page); e.memory(OP["i32.store"], STATE.codePage.offset);
  e.localGet(S); e.localGet(la); e.i64ConstNumber(-4096); e.op(OP["i64.and"]); e.memory(OP["i64.store"], STATE.gpr.offset + GPR_PAGE * 8);
  e.localGet(page); e.memory(OP["i32.load"], CODE_PAGE.operations);
  e.localGet(number); e.i32Const(4); e.op(OP["i32.shl"]); e.op(OP["i32.add"]); e.i32Const(OPERATION.bytes); e.op(OP["i32.sub"]);
  e.return();
  e.end(); e.end(); e.end(); e.end(); e.end();
  e.localGet(S);
  e.call(decode);
  w.body(index, ["i32", "i32", "i32", "i32", "i64"], e);
}

interface RunParts {
  run: number; lookup: number; table: number; handlerType: number; regions: number; regionType: number; functions: FunctionIndex; operandLinear: number;
  built: readonly BuiltVariant[]; hotList: readonly number[]; firstCold: number; firstEnder: number;
}

/** The interpreter's loop. Runs until the budget is nearly used up, an event is set or attention is asked for. */
function writeRun(w: ModuleWriter, e: Emitter, parts: RunParts): void {
  e.reset();
  const { hotList } = parts;
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  const cached = { tlb: TLB, context: CONTEXT, linearMask: MASK };
  let lookupDepth = 0, runDepth = 0, leaveDepth = 0;
  const ending: Ending = {
    cached,
    leave: (l) => l.branch(leaveDepth),
    jumped: (l) => { retire(l.e, 1); l.branch(lookupDepth); },
    jumpRelative: (l, bits) => {
      // In the same page and known: go on there while the slice lasts.
      retire(l.e, 1);
      l.field(OP["i32.load"], OPERATION.displacement);
      l.e.localTee(NEXT);
      l.e.i32Const(0); l.e.op(OP["i32.ne"]);
      l.e.localGet(LEFT); l.e.i32Const(MAX_RUN); l.e.op(OP["i32.gt_s"]);
      l.e.op(OP["i32.and"]);
      l.open("if");
      l.e.localGet(NEXT); l.e.localTee(P); l.e.localSet(ENTRY);
      l.branch(runDepth);
      l.close();
      l.storeTarget(bits);
      l.e.localGet(P); l.e.localSet(JUMP);
      l.branch(lookupDepth);
    },
    return: () => { throw new Error("return in an instruction"); },
  };
  const retire = (em: Emitter, own: number): void => {
    em.localGet(LEFT);
    em.localGet(P); em.localGet(ENTRY); em.op(OP["i32.sub"]); em.i32Const(4); em.op(OP["i32.shr_u"]);
    if (own) { em.i32Const(own); em.op(OP["i32.add"]); }
    em.op(OP["i32.sub"]);
    em.localSet(LEFT);
  };
  const l = new InterpreterLowering(e, parts.functions, 1 + RUN_LOCALS.length, parts.operandLinear, ending);

  load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
  const outer = l.open("block");
  // leave: an instruction that did not complete; the operations before it have retired.
  leaveDepth = l.open("block");
  lookupDepth = l.open("loop");
  // Slice over, or somebody wants something.
  e.localGet(LEFT); e.i32Const(MAX_RUN); e.op(OP["i32.le_s"]);
  load(S, OP["i32.load"], STATE.attention.offset); e.op(OP["i32.or"]);
  load(S, OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]);
  l.branchIf(outer);
  load(S, OP["i32.load"], STATE.codePage.offset); e.localSet(JUMP_PAGE);
  load(S, OP["i32.load"], STATE.decodes.offset); e.localSet(DECODES);
  e.localGet(S); e.call(parts.lookup); e.localTee(P); e.localSet(ENTRY);
  e.localGet(P); e.op(OP["i32.eqz"]); l.branchIf(outer);
  // A relative jump that stayed in its page remembers where it led.
  e.localGet(JUMP);
  l.open("if");
  load(S, OP["i32.load"], STATE.codePage.offset); e.localGet(JUMP_PAGE); e.op(OP["i32.eq"]);
  load(S, OP["i32.load"], STATE.decodes.offset); e.localGet(DECODES); e.op(OP["i32.eq"]);
  e.op(OP["i32.and"]);
  l.open("if");
  e.localGet(JUMP); e.localGet(P); e.memory(OP["i32.store"], OPERATION.displacement);
  l.close();
  e.i32Const(0); e.localSet(JUMP);
  l.close();
  load(S, OP["i32.load"], STATE.tlb.offset); e.localGet(S); e.op(OP["i32.add"]); e.localSet(TLB);
  load(S, OP["i64.load"], STATE.context.offset); e.localSet(CONTEXT);
  load(S, OP["i64.load"], STATE.linearMask.offset); e.localSet(MASK);

  runDepth = l.open("loop");
  const cold = l.open("block");
  const caseCount = PSEUDO.count + hotList.length;
  const cases: number[] = [];
  for (let i = 0; i < caseCount; i++) cases.push(l.open("block"));
  // Case i lands behind the block opened (caseCount - 1 - i)-th.
  load(P, OP["i32.load16_u"], OPERATION.handler);
  const depths = new Uint32Array(caseCount);
  for (let i = 0; i < caseCount; i++) depths[i] = i;
  e.brTable(depths, caseCount, l.depth - cold - 1);
  const next = (): void => {
    e.localGet(P); e.i32Const(OPERATION.bytes); e.op(OP["i32.add"]); e.localSet(P);
    l.branch(runDepth);
  };
  for (let i = 0; i < caseCount; i++) {
    l.close();
    if (i === PSEUDO.stale || i === PSEUDO.link) {
      retire(e, 0);
      e.localGet(S);
      load(S, OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
      if (i === PSEUDO.link) load(P, OP["i32.load"], OPERATION.immediate);
      else { load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(0xfff); e.op(OP["i32.and"]); }
      e.op(OP["i64.extend_i32_u"]); e.op(OP["i64.add"]);
      e.localGet(MASK); e.op(OP["i64.and"]);
      e.memory(OP["i64.store"], STATE.rip.offset);
      l.branch(lookupDepth);
    } else if (i === PSEUDO.fetchFault) {
      // Look the instruction up again: decoding raises the event at its own place.
      l.branch(leaveDepth);
    } else if (i === PSEUDO.region) {
      retire(e, 0);
      const original = (): void => { load(P, OP["i32.load"], OPERATION.displacement); e.localTee(P); e.localSet(ENTRY); };
      // Its own checks may let so many instructions pass: with less left the interpreter goes on.
      e.localGet(LEFT); load(P, OP["i32.load16_u"], OPERATION.a); e.op(OP["i32.le_s"]);
      l.open("if");
      original();
      l.branch(runDepth);
      l.close();
      e.localGet(S); e.localGet(LEFT); e.memory(OP["i32.store"], STATE.budget.offset);
      e.localGet(S); load(P, OP["i32.load16_u"], OPERATION.c); load(P, OP["i32.load"], OPERATION.immediate);
      e.callIndirect(parts.regionType, parts.regions);
      load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
      load(S, OP["i32.load"], STATE.event.offset); e.op(OP["i32.eqz"]); e.op(OP["i32.and"]);
      e.op(OP["i32.eqz"]); l.branchIf(lookupDepth);
      // It gave an instruction back: that one is interpreted, even where a region starts.
      e.localGet(S); e.call(parts.lookup); e.localTee(P); e.localSet(ENTRY);
      e.localGet(P); e.op(OP["i32.eqz"]); l.branchIf(outer);
      load(P, OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.region); e.op(OP["i32.eq"]);
      l.open("if");
      original();
      l.close();
      l.branch(runDepth);
    } else if (i < PSEUDO.count) {
      raise(e, i === PSEUDO.invalid ? UD : GP, i === PSEUDO.tooLong);
      l.branch(leaveDepth);
    } else {
      l.variant = undefined;
      lowerVariant(l, parts.built[hotList[i - PSEUDO.count]!]!);
      l.releaseAll();
      next();
    }
  }
  l.close(); // cold
  // Handlers in the table. Those that end a run keep the budget in memory.
  load(P, OP["i32.load16_u"], OPERATION.handler); e.localSet(NEXT);
  e.localGet(NEXT); e.i32Const(parts.firstEnder); e.op(OP["i32.lt_u"]);
  l.open("if");
  e.localGet(S); e.localGet(P); e.localGet(NEXT); e.callIndirect(parts.handlerType, parts.table); e.localTee(NEXT);
  e.op(OP["i32.eqz"]); l.branchIf(leaveDepth);
  e.localGet(NEXT); e.localSet(P);
  l.branch(runDepth);
  l.close();
  retire(e, 0);
  e.localGet(S); e.localGet(P); e.memory(OP["i32.store"], STATE.operation.offset);
  e.localGet(S); e.localGet(LEFT); e.memory(OP["i32.store"], STATE.budget.offset);
  e.localGet(P); e.localSet(ENTRY);
  e.localGet(S); e.localGet(P); e.localGet(NEXT); e.callIndirect(parts.handlerType, parts.table); e.localSet(NEXT);
  load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
  // An exception or intercept: not retired.
  notRetired(e);
  l.branchIf(leaveDepth);
  e.localGet(LEFT); e.i32Const(1); e.op(OP["i32.sub"]); e.localSet(LEFT);
  e.localGet(NEXT); e.op(OP["i32.eqz"]); l.branchIf(lookupDepth);
  e.localGet(NEXT); e.localTee(P); e.localSet(ENTRY);
  l.branch(runDepth);
  l.close(); // run loop
  e.unreachable();
  l.close(); // lookup loop
  e.unreachable();
  l.close(); // leave
  // An event before the operation at P completed: rIP is that operation's.
  retire(e, 0);
  e.localGet(S); e.localGet(P); e.memory(OP["i32.store"], STATE.operation.offset);
  e.localGet(S); l.ip(false); e.memory(OP["i64.store"], STATE.rip.offset);
  l.close(); // outer
  e.localGet(S); e.localGet(LEFT); e.memory(OP["i32.store"], STATE.budget.offset);
  w.body(parts.run, [...RUN_LOCALS, ...l.locals], e);
}

function raise(e: Emitter, vector: number, code: boolean): void {
  e.localGet(S); e.i32Const(vector); e.memory(OP["i32.store"], STATE.eventVector.offset);
  e.localGet(S); e.i32Const(0); e.memory(OP["i32.store"], STATE.eventCode.offset);
  e.localGet(S); e.i32Const(code ? 1 : 0); e.memory(OP["i32.store"], STATE.eventFlags.offset);
  e.localGet(S); e.i32Const(EVENT.exception); e.memory(OP["i32.store"], STATE.event.offset);
}
/** Pushes 1 where the event says that the instruction did not complete. */
function notRetired(e: Emitter): void {
  e.localGet(S); e.memory(OP["i32.load"], STATE.event.offset); e.i32Const(EVENT.exception); e.op(OP["i32.eq"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.event.offset); e.i32Const(EVENT.intercept); e.op(OP["i32.eq"]);
  e.op(OP["i32.or"]);
}

/** Executes single operations by their functions while the budget lasts: the exact end of a slice, single steps. */
function writeStep(w: ModuleWriter, e: Emitter, parts: { step: number; lookup: number; table: number; handlerType: number; firstEnder: number }): void {
  e.reset();
  const next = 2, handler = 3;
  const store = (offset: number, push: () => void, op: number): void => { e.localGet(S); push(); e.memory(op, offset); };
  const pageAdd = (push: () => void): void => {
    store(STATE.rip.offset, () => {
      e.localGet(S); e.memory(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
      push();
      e.op(OP["i64.extend_i32_u"]); e.op(OP["i64.add"]);
      e.localGet(S); e.memory(OP["i64.load"], STATE.linearMask.offset); e.op(OP["i64.and"]);
    }, OP["i64.store"]);
  };
  const place = (): void => { e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.place); e.i32Const(0xfff); e.op(OP["i32.and"]); };
  e.block();
  e.loop();
  e.localGet(S); e.memory(OP["i32.load"], STATE.budget.offset); e.i32Const(0); e.op(OP["i32.le_s"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.attention.offset); e.op(OP["i32.or"]);
  e.brIf(1);
  e.localGet(S); e.call(parts.lookup); e.localTee(P); e.op(OP["i32.eqz"]); e.brIf(1);
  e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.region); e.op(OP["i32.eq"]);
  e.if();
  e.localGet(P); e.memory(OP["i32.load"], OPERATION.displacement); e.localSet(P);
  e.end();
  store(STATE.operation.offset, () => e.localGet(P), OP["i32.store"]);
  e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.handler); e.localTee(handler);
  e.i32Const(PSEUDO.count); e.op(OP["i32.lt_u"]);
  e.if();
  {
    e.localGet(handler); e.i32Const(PSEUDO.link); e.op(OP["i32.eq"]);
    e.if();
    pageAdd(() => { e.localGet(P); e.memory(OP["i32.load"], OPERATION.immediate); });
    e.br(2);
    e.end();
    e.localGet(handler); e.i32Const(PSEUDO.invalid); e.op(OP["i32.eq"]);
    e.if(); raise(e, UD, false); e.br(3); e.end();
    e.localGet(handler); e.i32Const(PSEUDO.tooLong); e.op(OP["i32.eq"]);
    e.if(); raise(e, GP, true); e.br(3); e.end();
    // Stale: not reachable through a map.
    e.br(2);
  }
  e.end();
  e.localGet(S); e.localGet(P); e.localGet(handler); e.callIndirect(parts.handlerType, parts.table); e.localSet(next);
  notRetired(e);
  e.if();
  pageAdd(place);
  e.br(2);
  e.end();
  store(STATE.budget.offset, () => { e.localGet(S); e.memory(OP["i32.load"], STATE.budget.offset); e.i32Const(1); e.op(OP["i32.sub"]); }, OP["i32.store"]);
  e.localGet(next);
  e.if();
  pageAdd(() => { place(); e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.place); e.i32Const(12); e.op(OP["i32.shr_u"]); e.op(OP["i32.add"]); });
  e.end();
  e.br(0);
  e.end();
  e.end();
  w.body(parts.step, ["i32", "i32", "i32"], e);
}
