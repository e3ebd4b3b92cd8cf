import { Emitter, ModuleWriter, OP, type ValueType } from "@ringzero/wasm";
import type { Routine } from "../../ir/routine.ts";
import type { Statement } from "../../ir/statement.ts";
import { probe, resolve } from "../../mmu/access.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import { GPR_PAGE, STATE } from "../../state/state.ts";
import { CHAIN, REGIONS } from "../interpreter/chain.ts";
import { memoryImport } from "../interpreter/module.ts";
import type { FunctionIndex } from "../lowering.ts";
import { storeFlags } from "./flag-state.ts";
import type { Region, RegionBlock } from "./region.ts";
import type { RegionMode } from "./region-frame.ts";
import type { RegionItem, RegionLoop } from "./region-structure.ts";
import { RegionLowering } from "./region-lowering.ts";
import { writeCounts } from "./region-counters.ts";
import { writeRegionChain } from "./region-chain.ts";
import type { PlacedTables } from "./region-tables.ts";

const S = 0, ENTRY_BLOCK = 1;

/** Compilations come one after the other: all write here. */
const EMITTER = new Emitter();

/** A compiled region: module bytes and the routines it imports from the interpreter, by name. */
export interface CompiledRegion {
  readonly bytes: Uint8Array;
  readonly routines: readonly Routine[];
}

function collect(list: readonly Statement[], into: Set<Routine>): void {
  for (const s of list) {
    if (s.s === "call") into.add(s.routine as Routine);
    else if (s.s === "if") { collect(s.then, into); collect(s.else, into); } else if (s.s === "loop") collect(s.body, into);
  }
}

/** Writes a region as a WebAssembly module with one function (state, block) → result as the chain's (interpreter/chain.ts). `counters`: where it counts what it does (REGION_COUNTERS). */
export function compileRegion(region: Region, mode: RegionMode, tables: PlacedTables | undefined, shared: boolean, counters?: number): CompiledRegion {
  const w = new ModuleWriter();
  w.importMemory("machine", "memory", memoryImport(shared));
  const used = new Set<Routine>([resolve, probe, segmentLinear]);
  for (const b of region.blocks) for (const i of b.instructions) collect(i.built.statements, used);
  const index = new Map<Routine, number>();
  for (const r of used) index.set(r, w.importFunction("engine", r.name, w.type(["i32", ...r.params.map((p) => p.type)], r.results.map((p) => p.type))));
  const functions: FunctionIndex = {
    routine(r) {
      const i = index.get(r);
      if (i === undefined) throw new Error(`routine ${r.name} was not collected`);
      return i;
    },
    callOut(name) { throw new Error(`call-out ${name} in a region`); },
  };
  const chain = w.importFunction("engine", CHAIN, w.type(["i32"], ["i32"]));
  const regions = w.importTable("engine", REGIONS, { minimum: 0 });
  const type = w.type(["i32", "i32"], ["i32"]), f = w.declare(type, "region");
  const e = EMITTER;
  e.reset();
  const l = new RegionLowering(e, functions, region, mode, tables);

  // Body: leave ( bail ( top ( dispatch; blocks ) ) ).
  const leave = l.open("block");
  const bail = l.open("block");
  const top = l.open("loop");
  const blockDepths = new Map<RegionBlock, number>(), loopDepths = new Map<RegionLoop, number>();
  l.frame = { top, leave, bail, blockDepth: (b) => blockDepths.get(b)!, loopDepth: (loop) => loopDepths.get(loop)! };
  const first = (item: RegionItem): RegionBlock => ("block" in item ? item.block : item.loop.head);
  /** Opens what control leaves to get to each of the items. */
  const open = (items: readonly RegionItem[]): void => { for (const item of items.toReversed()) blockDepths.set(first(item), l.open("block")); };
  /** Items one after the other, each behind the end of a construct. */
  const write = (items: readonly RegionItem[], outermost: boolean): void => {
    for (const item of items) {
      l.close();
      if ("block" in item) { l.block(item.block); continue; }
      const { loop } = item;
      if (outermost) l.beginLoop(loop.members);
      loopDepths.set(loop, l.open("loop"));
      open(loop.items);
      writeWay(l, loop, blockDepths);
      write(loop.items, false);
      l.close();
      e.unreachable();
      if (outermost) l.endLoop();
    }
  };
  open(region.items);
  if (region.blocks.length > 1) writeDispatch(l, region, blockDepths);
  write(region.items, true);
  e.unreachable();
  l.close(); // top
  l.close(); // bail: the instruction at `place`, `count` retired since `left` was brought up to date
  e.localGet(l.page); e.localGet(l.place); e.op(OP["i64.extend_i32_s"]); e.op(OP["i64.add"]);
  if (!mode.code64) { e.i64ConstNumber(0xffffffff); e.op(OP["i64.and"]); }
  e.localSet(l.rip);
  e.localGet(l.left); e.localGet(l.count); e.op(OP["i32.sub"]); e.localSet(l.left);
  e.i32Const(1); e.localSet(l.result);
  l.close(); // leave
  if (counters !== undefined) writeCounts(l, counters);
  writeBack(l);
  e.localGet(l.result);
  e.if(); e.i32Const(1); e.return(); e.end();
  writeRegionChain(l, { chain, regionType: type, regions });

  // Entry: constants checked.
  const body = e.bytes.slice(0, e.length);
  e.reset();
  e.localGet(S); e.memory(OP["i64.load"], STATE.stackMask.offset); e.i64Const(BigInt.asIntN(64, mode.stackMask)); e.op(OP["i64.ne"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.slowStack.offset); e.op(OP["i32.or"]);
  e.localGet(S); e.memory(OP["i32.load"], STATE.slowCode.offset); e.op(OP["i32.or"]);
  e.if(); e.i32Const(1); e.return(); e.end();
  e.localGet(S); e.localGet(S); e.memory(OP["i32.load"], STATE.tlb.offset); e.op(OP["i32.add"]); e.localSet(l.tlb);
  e.localGet(S); e.memory(mode.code64 ? OP["i64.load"] : OP["i32.load"], STATE.context.offset); e.localSet(l.context);
  e.localGet(S); e.memory(OP["i64.load"], STATE.gpr.offset + GPR_PAGE * 8);
  if (tables?.distances !== undefined) {
    e.localGet(ENTRY_BLOCK); e.i32Const(3); e.op(OP["i32.shl"]); e.memory(OP["i64.load"], tables.address + tables.distances);
    e.op(OP["i64.sub"]);
  }
  e.localSet(l.page);
  e.localGet(S); e.memory(OP["i32.load"], STATE.budget.offset); e.localSet(l.left);
  e.localGet(ENTRY_BLOCK); e.localSet(l.next);
  if (region.blocks.some((b) => b.heads && b.loop!.head !== b)) { e.i32Const(-1); e.localSet(l.within); }
  const prologue = e.length;
  e.raw(body);
  w.branchHints(f, l.hintOffsets.map((o) => o + prologue), l.hintValues);
  w.body(f, l.locals as ValueType[], e);
  w.export("region", "function", f);
  return { bytes: w.finish(), routines: [...used] };
}

/** The dispatch at a region's top. To the head of a loop within another the way leads through the outer one's head. */
function writeDispatch(l: RegionLowering, region: Region, depths: ReadonlyMap<RegionBlock, number>): void {
  const { e } = l, within = region.entries.filter((b) => b.loop && b.loop.head !== b), stubs = new Map<RegionBlock, number>();
  for (const b of within.toReversed()) stubs.set(b, l.open("block"));
  e.localGet(l.next);
  const to = region.entries.map((b) => l.depth - (stubs.get(b) ?? depths.get(b)!) - 1);
  e.brTable(Uint32Array.from(to), to.length - 1, to.at(-1)!);
  for (const b of within) {
    l.close();
    e.i32Const(b.entry); e.localSet(l.within);
    l.branch(depths.get(b.loop!.head)!);
  }
}
/** At a loop's top: on to a loop within it where control is on its way there. */
function writeWay(l: RegionLowering, loop: RegionLoop, depths: ReadonlyMap<RegionBlock, number>): void {
  const { e } = l;
  for (const { head, members } of loop.items.flatMap((item) => ("loop" in item ? item.loop : []))) {
    for (const b of members) {
      if (!b.heads) continue;
      e.localGet(l.within); e.i32Const(b.entry); e.op(OP["i32.eq"]);
      l.openHinted(0);
      if (b === head) { e.i32Const(-1); e.localSet(l.within); }
      l.branch(depths.get(head)!);
      l.close();
    }
  }
}

/** Stores deferred flags, rIP and what is left of the slice. */
function writeBack(l: RegionLowering): void {
  const { e } = l;
  // One case for each deferral; 0 = the flags are in memory.
  const count = l.deferrals.maps.length;
  if (count > 0) {
    const stored = l.open("block");
    for (let i = 0; i < count; i++) l.open("block");
    e.localGet(l.deferred); e.i32Const(1); e.op(OP["i32.sub"]);
    e.brTable(Uint32Array.from({ length: count }, (_, i) => i), count, count);
    for (const map of l.deferrals.maps) {
      l.close();
      storeFlags(l, map, (t) => l.allocate(t));
      l.branch(stored);
    }
    l.close();
  }
  l.releaseAll();
  e.localGet(S); e.localGet(l.rip); e.memory(OP["i64.store"], STATE.rip.offset);
  e.localGet(S); e.localGet(l.left); e.memory(OP["i32.store"], STATE.budget.offset);
}
