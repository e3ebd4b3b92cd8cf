import type { Decoder } from "../../decode/decoder.ts";
import { DECODED } from "../../decode/decoder.ts";
import type { Statement } from "../../ir/statement.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { effectsOf, type Effects } from "../effects.ts";
import { liveness } from "./region-liveness.ts";
import { structure, type RegionLoop, type RegionStructure } from "./region-structure.ts";

/** Fields of a decoded instruction that its lowering needs: a copy, the decoder is reused. */
export interface RegionInstruction {
  readonly built: BuiltVariant;
  readonly offset: number;
  readonly length: number;
  readonly reg: number;
  readonly rm: number;
  readonly vvvv: number;
  readonly rex: number;
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly segment: number;
  readonly addressSize: number;
  readonly displacement: number;
  readonly immediate: number;
  readonly immediateHigh: number;
  readonly effects: Effects;
  /** What it does to flags is of no consequence: they are written again before anything reads them or leaves the region. */
  flagsDead: boolean;
}

/** A basic block: instructions and where control goes. */
export interface RegionBlock {
  /** Its place in `blocks`. */
  index: number;
  readonly start: number;
  readonly instructions: RegionInstruction[];
  /** Offset behind the last instruction. */
  end: number;
  /** Offset of the relative jump's target; undefined without one. */
  target: number | undefined;
  /** Control may go on behind the block. */
  falls: boolean;
  /** Flags that have to be in memory on entry: something in or after the block reads them before they are written. */
  liveIn: number;
  /** Something may leave the region before all flags are written anew: predecessors keep theirs at hand. */
  keepsFlags: boolean;
  /** All flags are written within the block. */
  killsFlags: boolean;
  /** General registers (bit mask) written before all flags are. */
  earlyWrites: number;
  /** Its one instruction goes on in the next page. */
  readonly crosses: boolean;
  /** Its place in `entries`; -1 = control comes from within the region only. */
  entry: number;
  /** The outermost loop that it lies in. */
  loop: RegionLoop | undefined;
  /** It lies in a loop that has no loop within. */
  innermost: boolean;
  /** The loop that it is the head of. */
  heads: RegionLoop | undefined;
  /** Control comes from one place only, earlier in the region: what is known there holds here. */
  inherits: boolean;
}

/** A page of code that a region may go on in. */
export interface RegionPage {
  /** Host address of its frame. */
  readonly frame: number;
  /** Address of its code page descriptor. */
  readonly descriptor: number;
}

/** A page that a region has code in. */
export interface CompiledPage extends RegionPage {
  /** Its bit in a mask of the region's pages. */
  readonly bit: number;
}

/** What code there is to compile. */
export interface CodeSource {
  /** The page so many pages from the entry's, where it has been executed lately in the same mode. */
  page(number: number): RegionPage | undefined;
  /** An instruction at an offset in a page, or one that leads straight to it, has been executed. */
  executed(page: RegionPage, offset: number): boolean;
  /** A region is entered at an offset in a page. */
  entered(page: RegionPage, offset: number): boolean;
  /** Host address of the frame in which an instruction, executed before, goes on; undefined where there is none that does. */
  crossing(page: RegionPage, offset: number): number | undefined;
}

/** All offsets of a region count from the start of the page of its entry: those in other pages are negative, or 4096 and more. */
export interface Region extends RegionStructure {
  /** Block that starts at an offset. */
  readonly blockAt: ReadonlyMap<number, RegionBlock>;
  /** Pages that its instructions lie in, by number: 0 is the entry's. */
  readonly pages: ReadonlyMap<number, CompiledPage>;
  readonly instructionCount: number;
  /** Offset at which it was asked for. */
  readonly entry: number;
  /** Some jump's target is computed. */
  readonly indirect: boolean;
}

/** Instructions of a region, and pages that it may lie in. */
const MAX_INSTRUCTIONS = 400, MAX_PAGES = 8;
const effects = new WeakMap<readonly Statement[], Effects>();

/** The bytes of an instruction that may go on in another frame. */
const crossingBytes = new Uint8Array(32);

/**
 * Follows the code from `entry`, an offset in page 0: basic blocks, in order of address. What has not been executed yet is left out: most code never is, and would cost
 * compilation and registers. Instructions that only the interpreter carries out end a block; control leaves the region there. `sampled`: nothing comes to `entry` but what was executing there; where it
 * lies in a loop the region is entered at the loop's head only.
 */
export function discoverRegion(decoder: Decoder, built: (variant: number) => BuiltVariant, bytes: Uint8Array, source: CodeSource, entry: number, mode: number, sampled: boolean = false): Region | undefined {
  const decoded = new Map<number, RegionInstruction>();
  const leaders = new Set<number>([entry]);
  const pages = new Map<number, CompiledPage>();
  // What lies in pages known already comes first.
  const near = [entry], far: number[] = [];
  const knownPage = (number: number): CompiledPage | undefined => {
    const known = pages.get(number);
    if (known || pages.size >= MAX_PAGES) return known;
    const page = source.page(number), compiled = page && { ...page, bit: 1 << pages.size };
    if (compiled) pages.set(number, compiled);
    return compiled;
  };
  const goTo = (offset: number): void => {
    leaders.add(offset);
    (pages.has(offset >> 12) ? near : far).push(offset);
  };
  /** Decodes the instruction at an offset, if the region may have it. */
  const decode = (at: number): boolean => {
    const page = knownPage(at >> 12), offset = at & 0xfff;
    if (!page) return false;
    if (at !== entry && source.entered(page, offset)) return false;
    if (at === entry || source.executed(page, offset)) return decoder.decode(bytes, page.frame + offset, page.frame + 4096, mode) === DECODED.ok;
    const second = source.crossing(page, offset);
    if (second === undefined || knownPage((at >> 12) + 1)?.frame !== second) return false;
    const room = 4096 - offset;
    crossingBytes.set(bytes.subarray(page.frame + offset, page.frame + 4096));
    crossingBytes.set(bytes.subarray(second, second + 16), room);
    if (decoder.decode(crossingBytes, 0, room + 16, mode) !== DECODED.ok) return false;
    // A block of its own: whoever goes there asks for both pages.
    leaders.add(at);
    return true;
  };
  let indirect = false;
  /** Where control comes back, or others come as well: behind calls and what the interpreter carries out, and what is called. */
  const resumed = new Set<number>(sampled ? [] : [entry]);
  while (decoded.size < MAX_INSTRUCTIONS) {
    let at = near.pop() ?? far.shift() ?? Number.NaN;
    if (Number.isNaN(at)) break;
    while (!decoded.has(at) && decoded.size < MAX_INSTRUCTIONS) {
      if (!decode(at)) break;
      const b = built(decoder.variant);
      let e = effects.get(b.statements);
      if (!e) effects.set(b.statements, (e = effectsOf(b.statements)));
      if (!e.lowerable || (b.variant.bits === 16 && isRelative(b))) {
        // The interpreter comes back behind it.
        if (!e.stops) { resumed.add(at + decoder.length); goTo(at + decoder.length); }
        break;
      }
      const d = decoder;
      const i: RegionInstruction = {
        built: b, offset: at, length: d.length, reg: d.reg, rm: d.rm, vvvv: d.vvvv, rex: d.rex, base: d.base, index: d.index, scale: d.scale,
        segment: d.segment, addressSize: d.addressSize, displacement: d.displacement, immediate: d.immediate, immediateHigh: d.immediateHigh, effects: e, flagsDead: false,
      };
      decoded.set(at, i);
      const next = at + i.length;
      if (e.jumps) {
        const target = relativeTarget(i);
        if (target !== undefined) goTo(target);
        else if (!e.leaves) indirect = true;
        if (b.variant.instruction.name === "CALL") { resumed.add(next); if (target !== undefined) resumed.add(target); }
        // Behind a jump or a return other code may lie, or none; a call comes back.
        if (!e.stops || b.variant.instruction.name === "CALL") goTo(next);
        break;
      }
      // Each page has blocks of its own: control enters a page at a block's start.
      if (next >> 12 !== at >> 12) leaders.add(next);
      at = next;
    }
  }
  if (decoded.size === 0) return undefined;
  const { blocks, blockAt } = blocksOf(decoded, leaders);
  for (const n of pages.keys()) if (!blocks.some((b) => b.start >> 12 === n || (b.crosses && (b.start >> 12) + 1 === n))) pages.delete(n);
  const region: Region = { ...structured(blocks, blockAt, resumed, entry), blockAt, pages, instructionCount: decoded.size, entry, indirect };
  liveness(region);
  return region;
}

/** Cuts instructions into blocks at the leaders, in order of address. */
function blocksOf(decoded: ReadonlyMap<number, RegionInstruction>, leaders: ReadonlySet<number>): { blocks: RegionBlock[]; blockAt: Map<number, RegionBlock> } {
  const starts = [...leaders].filter((o) => decoded.has(o)).sort((a, b) => a - b);
  const blocks: RegionBlock[] = [];
  const blockAt = new Map<number, RegionBlock>();
  for (const start of starts) {
    const crosses = (start & 0xfff) + decoded.get(start)!.length > 4096;
    const block: RegionBlock = { index: blocks.length, start, instructions: [], end: start, target: undefined, falls: true, liveIn: 0, keepsFlags: false, killsFlags: false, earlyWrites: 0, crosses, entry: -1, loop: undefined, innermost: false, heads: undefined, inherits: false };
    for (let at = start; ; ) {
      const i = decoded.get(at);
      if (!i || (at !== start && leaders.has(at))) break;
      block.instructions.push(i);
      at += i.length;
      block.end = at;
      if (i.effects.jumps) {
        block.target = relativeTarget(i);
        block.falls = !i.effects.stops;
        break;
      }
    }
    blocks.push(block);
    blockAt.set(start, block);
  }
  return { blocks, blockAt };
}

/**
 * The blocks in order. Control comes from outside to what is resumed and to what nothing in the region leads to. A block that only others of the region lead to is no entry: each costs, and who comes there
 * from elsewhere often gets a region that begins with it.
 */
function structured(blocks: readonly RegionBlock[], blockAt: ReadonlyMap<number, RegionBlock>, resumed: ReadonlySet<number>, entry: number): RegionStructure {
  const to = new Map(blocks.map((b) => [b, [b.target, b.falls ? b.end : undefined].flatMap((offset) => (offset === undefined ? undefined : blockAt.get(offset)) ?? [])])), led = new Set<RegionBlock>();
  for (const [b, targets] of to) for (const t of targets) if (t !== b) led.add(t);
  const successors = (b: RegionBlock): readonly RegionBlock[] => to.get(b)!, roots = blocks.filter((b) => resumed.has(b.start) || !led.has(b));
  const asked = blockAt.get(entry), reached = new Set<RegionBlock>();
  // Rounds that nothing leads into from outside begin where the region was asked for, or else anywhere.
  for (;;) {
    const todo = roots.filter((b) => !reached.has(b));
    for (let b = todo.pop(); b; b = todo.pop()) { reached.add(b); todo.push(...successors(b).filter((t) => !reached.has(t))); }
    const left = asked && !reached.has(asked) ? asked : blocks.find((b) => !reached.has(b));
    if (!left) break;
    roots.push(left);
  }
  const found = structure(blocks, successors, roots);
  if (!asked || asked.loop || asked.entry >= 0) return found;
  for (const b of blocks) { b.entry = -1; b.loop = b.heads = undefined; b.innermost = false; }
  return structure(blocks, successors, [...roots, asked]);
}

function relativeTarget(i: RegionInstruction): number | undefined {
  return isRelative(i.built) ? i.offset + i.length + i.immediate : undefined;
}
/** Jumps by a displacement. With 16-bit operands it truncates rIP, which is left to the interpreter. */
function isRelative(b: BuiltVariant): boolean { return b.variant.form.operands.some((o) => o.kind === "relative"); }
