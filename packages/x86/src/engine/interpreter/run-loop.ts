import { OP, type Emitter, type ModuleWriter, type ValueType } from "@ringzero/wasm";
import { CODE_PAGE, HANDLER, MAX_RUN, OPERATION, PSEUDO } from "../../decode/operation.ts";
import { GP, UD } from "../../isa/instruction-builder.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { EVENT, GPR_PAGE, STATE } from "../../state/state.ts";
import type { FunctionIndex } from "../lowering.ts";
import { effectsOf, ALL_FLAGS } from "../effects.ts";
import type { FusedCases } from "./fused-pairs.ts";
import { InterpreterLowering, type Ending } from "./interpreter-lowering.ts";
import { joinStatements } from "./joined-statements.ts";
import type { Sequences } from "./arrangement.ts";
import { writeCopy } from "./step.ts";
import { UNIFORM, UniformWriter } from "./uniform-writer.ts";

/** Locals of the loop. Parameters: the state block and the operation to begin with. */
const S = 0, P = 1, ENTRY = 2, LEFT = 3, TLB = 4, NEXT = 5, JUMP = 6, JUMP_PAGE = 7, GIVEN = 8, DECODES = 9, CONTEXT = 10, MASK = 11, OFFSET = 12, FIRST_FREE = 13;
const LOOP_LOCALS: readonly ValueType[] = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i64", "i64", "i64"];

/** Writes one variant's statements with a lowering that knows where code goes on. */
export function lowerVariant(l: InterpreterLowering, b: BuiltVariant): void {
  l.variant = b.variant;
  l.begin(b.builder.size);
  l.statements(b.statements);
}

/** Function, type and table numbers that the loop refers to, and the variants that are its cases. */
export interface RunLoopParts {
  readonly run: number;
  readonly lookup: number;
  readonly handlers: number;
  readonly handlerType: number;
  readonly regions: number;
  readonly regionType: number;
  readonly functions: FunctionIndex;
  readonly operandLinear: number;
  readonly cases: readonly BuiltVariant[];
  /** Handler numbers behind the cases'. */
  readonly sequences: Sequences;
}

/**
 * The interpreter's loop (state, operation): runs until the budget is nearly used up, an event is set or attention is asked for. Where
 * `operation` is not 0 that one is executed first, whatever is left of the slice.
 */
export function writeRunLoop(w: ModuleWriter, e: Emitter, parts: RunLoopParts): void {
  e.reset();
  const { cases, sequences: { fused, uniform: uniforms } } = parts;
  const load = (local: number, op: number, offset: number): void => { e.localGet(local); e.memory(op, offset); };
  const cached = { tlb: TLB, context: CONTEXT, linearMask: MASK };
  let lookupDepth = 0, runDepth = 0, leaveDepth = 0;
  /** Where STATE.rip is in this page and decoded already: on to it while the slice lasts. */
  const known = (l: InterpreterLowering): void => {
    load(S, OP["i64.load"], STATE.rip.offset); load(S, OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8); l.e.op(OP["i64.sub"]); l.e.localTee(OFFSET);
    l.e.i64ConstNumber(4096); l.e.op(OP["i64.lt_u"]);
    l.e.localGet(LEFT); l.e.i32Const(MAX_RUN); l.e.op(OP["i32.gt_s"]); l.e.op(OP["i32.and"]);
    load(S, OP["i32.load"], STATE.codePage.offset); l.e.localTee(NEXT); l.e.i32Const(0); l.e.op(OP["i32.ne"]); l.e.op(OP["i32.and"]);
    l.open("if");
    l.e.localGet(NEXT); l.e.localGet(OFFSET); l.e.op(OP["i32.wrap_i64"]); l.e.i32Const(1); l.e.op(OP["i32.shl"]); l.e.op(OP["i32.add"]);
    l.e.memory(OP["i32.load16_u"], CODE_PAGE.map); l.e.localTee(ENTRY);
    l.open("if");
    l.e.localGet(ENTRY); l.e.i32Const(4); l.e.op(OP["i32.shl"]); load(NEXT, OP["i32.load"], CODE_PAGE.operations); l.e.op(OP["i32.add"]);
    l.e.i32Const(OPERATION.bytes); l.e.op(OP["i32.sub"]); l.e.localTee(P); l.e.localSet(ENTRY);
    l.branch(runDepth);
    l.close();
    l.close();
  };
  const ending: Ending = {
    cached,
    leave: (l) => l.branch(leaveDepth),
    jumped: (l) => {
      retire(l.e, 1);
      known(l);
      l.branch(lookupDepth);
    },
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
    noteBudget: (l) => leftBefore(l.e),
    nextOperation: (l) => {
      l.e.localGet(P); l.e.i32Const(l.at + OPERATION.bytes); l.e.op(OP["i32.add"]); l.e.localSet(P);
      l.branch(runDepth);
    },
    return: () => { throw new Error("return in an instruction"); },
  };
  /** STATE.budget = what is left of the slice before the operation at P. */
  const leftBefore = (em: Emitter): void => {
    em.localGet(S);
    em.localGet(LEFT);
    em.localGet(P); em.localGet(ENTRY); em.op(OP["i32.sub"]); em.i32Const(4); em.op(OP["i32.shr_u"]);
    em.op(OP["i32.sub"]);
    em.memory(OP["i32.store"], STATE.budget.offset);
  };
  const retire = (em: Emitter, own: number): void => {
    em.localGet(LEFT);
    em.localGet(P); em.localGet(ENTRY); em.op(OP["i32.sub"]); em.i32Const(4); em.op(OP["i32.shr_u"]);
    if (own) { em.i32Const(own); em.op(OP["i32.add"]); }
    em.op(OP["i32.sub"]);
    em.localSet(LEFT);
  };
  const l = new InterpreterLowering(e, parts.functions, FIRST_FREE, parts.operandLinear, ending);

  load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
  e.localGet(P); e.localSet(GIVEN);
  const outer = l.open("block");
  // leave: an instruction that did not complete; the operations before it have retired.
  leaveDepth = l.open("block");
  lookupDepth = l.open("loop");
  e.localGet(GIVEN);
  l.open("if");
  e.i32Const(0); e.localSet(GIVEN);
  e.localGet(P); e.localSet(ENTRY);
  e.else();
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
  l.close();
  load(S, OP["i32.load"], STATE.tlb.offset); e.localGet(S); e.op(OP["i32.add"]); e.localSet(TLB);
  load(S, OP["i64.load"], STATE.context.offset); e.localSet(CONTEXT);
  load(S, OP["i64.load"], STATE.linearMask.offset); e.localSet(MASK);

  runDepth = l.open("loop");
  const alone = l.open("block");
  const cold = l.open("block");
  const firstFused = PSEUDO.count + cases.length, firstUniform = firstFused + fused.length, caseCount = firstUniform + uniforms.length;
  for (let i = 0; i < caseCount; i++) l.open("block");
  // Case i lands behind the block opened (caseCount - 1 - i)-th.
  load(P, OP["i32.load16_u"], OPERATION.handler);
  const depths = new Uint32Array(caseCount);
  for (let i = 0; i < caseCount; i++) depths[i] = i;
  e.brTable(depths, caseCount, l.depth - cold - 1);
  const next = (): void => {
    e.localGet(P); e.i32Const(OPERATION.bytes); e.op(OP["i32.add"]); e.localSet(P);
    l.branch(runDepth);
  };
  const uniform = new UniformWriter(l, { ...cached, next: () => l.branch(runDepth), alone: () => l.branch(alone) });
  for (let i = 0; i < caseCount; i++) {
    l.close();
    if (i === PSEUDO.stale || i === PSEUDO.link || i === PSEUDO.entry) {
      retire(e, 0);
      e.localGet(S);
      load(S, OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
      if (i === PSEUDO.link) load(P, OP["i32.load"], OPERATION.immediate);
      else { load(P, OP["i32.load16_u"], OPERATION.place); e.i32Const(0xfff); e.op(OP["i32.and"]); }
      e.op(OP["i64.extend_i32_u"]); e.op(OP["i64.add"]);
      e.localGet(MASK); e.op(OP["i64.and"]);
      e.memory(OP["i64.store"], STATE.rip.offset);
      if (i !== PSEUDO.stale) {
        // Who asks for attention relies on links to look.
        load(S, OP["i32.load"], STATE.attention.offset); load(S, OP["i32.load"], STATE.event.offset); e.op(OP["i32.or"]); e.op(OP["i32.eqz"]);
        l.open("if");
        known(l);
        l.close();
      }
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
      e.localTee(NEXT);
      load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
      e.i32Const(1); e.op(OP["i32.gt_u"]);
      l.open("if");
      // An operation found already.
      e.localGet(NEXT); e.localTee(P); e.localSet(ENTRY);
      l.branch(runDepth);
      l.close();
      e.localGet(NEXT);
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
    } else if (i < firstFused) {
      lowerVariant(l, cases[i - PSEUDO.count]!);
      l.releaseAll();
      next();
    } else if (i >= firstUniform) {
      uniform.sequence(uniforms[i - firstUniform]!);
      l.releaseAll();
      next();
    } else {
      const sequence = fused[i - firstFused]!.map((number) => cases[number]!);
      if (sequence.every((b) => b.variant.instruction.unit === "x87")) writeJoined(l, sequence, fused[i - firstFused]!, runDepth);
      else writeSequence(l, fused[i - firstFused]!, cases, runDepth);
      l.releaseAll();
      next();
    }
  }
  l.close(); // cold
  // Handlers in the table. Those that end a run keep the budget in memory.
  load(P, OP["i32.load16_u"], OPERATION.handler); e.localTee(NEXT);
  e.i32Const(HANDLER.ends); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
  l.open("if");
  leftBefore(e);
  e.localGet(S); e.localGet(P); e.localGet(NEXT); e.callIndirect(parts.handlerType, parts.handlers); e.localTee(NEXT);
  e.op(OP["i32.eqz"]); l.branchIf(leaveDepth);
  e.localGet(NEXT); e.localSet(P);
  l.branch(runDepth);
  l.close();
  retire(e, 0);
  e.localGet(S); e.localGet(P); e.memory(OP["i32.store"], STATE.operation.offset);
  e.localGet(S); e.localGet(LEFT); e.memory(OP["i32.store"], STATE.budget.offset);
  e.localGet(P); e.localSet(ENTRY);
  e.localGet(S); e.localGet(P); e.localGet(NEXT); e.i32Const(HANDLER.slot); e.op(OP["i32.and"]); e.callIndirect(parts.handlerType, parts.handlers); e.localSet(NEXT);
  load(S, OP["i32.load"], STATE.budget.offset); e.localSet(LEFT);
  // An exception or intercept: not retired.
  notRetired(e);
  l.branchIf(leaveDepth);
  e.localGet(LEFT); e.i32Const(1); e.op(OP["i32.sub"]); e.localSet(LEFT);
  e.localGet(NEXT); e.op(OP["i32.eqz"]); l.branchIf(lookupDepth);
  // A repeated string instruction may have used the slice up: nothing but the check at a lookup keeps the rest of the run within it.
  e.localGet(LEFT); e.i32Const(MAX_RUN); e.op(OP["i32.le_s"]);
  l.open("if");
  e.localGet(S); l.ip(true); e.memory(OP["i64.store"], STATE.rip.offset);
  l.branch(lookupDepth);
  l.close();
  e.localGet(NEXT); e.localTee(P); e.localSet(ENTRY);
  l.branch(runDepth);
  l.close(); // alone
  // The first of a uniform sequence by its own handler: a copy, with a link behind it.
  retire(e, 0);
  writeCopy(e, () => load(P, OP["i32.load16_u"], UNIFORM.memory.own));
  e.localGet(S); e.i32Const(STATE.stepOperations.offset); e.op(OP["i32.add"]); e.localTee(P); e.localSet(ENTRY);
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
  w.branchHints(parts.run, l.hintOffsets, l.hintValues);
  w.body(parts.run, [...LOOP_LOCALS, ...l.locals], e);
}

/**
 * Operations in a row. The next one is looked at again where one may have changed it: a write may hit its bytes, and who asks for attention
 * replaces it. Flags of one that the next writes anew, without failing before, are nobody's.
 */
function writeSequence(l: InterpreterLowering, sequence: FusedCases, cases: readonly BuiltVariant[], runDepth: number): void {
  const { e } = l;
  const effects = sequence.map((i) => effectsOf(cases[i]!.statements));
  sequence.forEach((number, i) => {
    const own = effects[i]!, before = effects[i - 1], after = effects[i + 1];
    if (before) {
      e.localGet(P); e.i32Const(OPERATION.bytes); e.op(OP["i32.add"]); e.localSet(P);
      if (before.mayFault) {
        e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.count + number); e.op(OP["i32.ne"]);
        l.branchIf(runDepth);
      }
    }
    l.flagsUnused = after !== undefined && !own.mayFault && !after.mayFault && after.writesFlags === ALL_FLAGS && after.readsFlags === 0;
    l.keepFlags = after !== undefined && !l.flagsUnused && after.readsFlags !== 0;
    lowerVariant(l, cases[number]!);
  });
  l.forgetFlags();
}

/** Operations of the x87 unit in a row: what one leaves on the stack the next has in locals. */
function writeJoined(l: InterpreterLowering, sequence: readonly BuiltVariant[], numbers: FusedCases, runDepth: number): void {
  const { e } = l, joined = joinStatements(sequence);
  l.begin(joined.size);
  joined.lists.forEach((statements, i) => {
    l.variant = sequence[i]!.variant;
    if (i > 0) {
      const afterMemory = sequence[i - 1]!.variant.memory;
      l.at += OPERATION.bytes;
      if (l.variant.memory || afterMemory) l.advance();
      // Only an access to memory may have changed it.
      if (afterMemory) {
        e.localGet(P); e.memory(OP["i32.load16_u"], OPERATION.handler); e.i32Const(PSEUDO.count + numbers[i]!); e.op(OP["i32.ne"]);
        l.branchIf(runDepth);
      }
    }
    l.statements(statements);
  });
  l.advance();
}

/** Writes the end of an operation that raises a vector, with error code 0 or without one. */
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
