import { OP } from "@ringzero/wasm";
import { KIND, type Value } from "../../ir/value.ts";
import { FPR_STRIDE, STATE } from "../../state/state.ts";

/** Bytes that a load or store of the state takes. */
const SIZE: ReadonlyMap<number, number> = new Map([
  [OP["i32.load8_u"], 1], [OP["i32.load16_u"], 2], [OP["i32.load"], 4], [OP["i64.load"], 8],
  [OP["i32.store8"], 1], [OP["i32.store16"], 2], [OP["i32.store"], 4], [OP["i64.store"], 8],
]);
/** The load that gives back just what a store was given. */
const LOAD_OF: ReadonlyMap<number, number> = new Map([[OP["i32.store"], OP["i32.load"]], [OP["i64.store"], OP["i64.load"]]]);
const MAX_U32 = 0xffff_ffff;

/** Part of the state block whose value is known, as `load` gives it. */
interface Part { readonly load: number; readonly offset: number; readonly index: Value | undefined; readonly value: Value }
/** Least and greatest number that a 32-bit value can be, unsigned. */
export interface Range { readonly min: number; readonly max: number }

/** 1 to 31 ones at the low end. */
export function isLowMask(mask: number): boolean { return mask > 0 && (mask & (mask + 1)) === 0; }

/** What holds at a place in recorded statements: nodes computed, what the state is, conditions and ranges. Values are those of one graph. */
export class KnownFacts {
  /** Nodes by what they compute. */
  nodes: Map<string, Value> = new Map();
  #state = new Map<string, Part>();
  #truths = new Map<Value, boolean>();
  #ranges = new Map<Value, Range>();

  copy(): KnownFacts {
    const copy = new KnownFacts();
    copy.nodes = new Map(this.nodes);
    copy.#state = new Map(this.#state);
    copy.#truths = new Map(this.#truths);
    copy.#ranges = new Map(this.#ranges);
    return copy;
  }
  /** What holds on both of two ways. */
  common(other: KnownFacts): KnownFacts {
    const both = this.copy();
    for (const [key, node] of this.nodes) if (other.nodes.get(key) !== node) both.nodes.delete(key);
    for (const [key, part] of this.#state) if (!samePart(other.#state.get(key), part)) both.#state.delete(key);
    for (const [condition, holds] of this.#truths) if (other.#truths.get(condition) !== holds) both.#truths.delete(condition);
    for (const v of this.#ranges.keys()) if (!other.#ranges.has(v)) both.#ranges.delete(v); else both.#ranges.set(v, union(this.range(v), other.range(v)));
    return both;
  }

  // ---- conditions ----
  /** Notes that a condition is not zero, or is. */
  learn(condition: Value, holds: boolean): void {
    this.#truths.set(condition, holds);
    if (!holds || condition.kind !== OP["i32.lt_u"] || condition.b!.kind !== KIND.constant) return;
    // x < n, or x - c < n.
    const v = condition.a!, max = ((condition.b!.imm as number) >>> 0) - 1, minus = v.kind === OP["i32.sub"] && v.b!.kind === KIND.constant ? (v.b!.imm as number) >>> 0 : 0;
    if (max + minus <= MAX_U32) this.#ranges.set(minus ? v.a! : v, { min: minus, max: max + minus });
  }
  /** Whether a condition holds, where that is known. */
  truth(condition: Value): boolean | undefined {
    return condition.kind === KIND.constant ? condition.imm !== 0 : this.#truths.get(condition);
  }
  /** Whether a comparison holds for what its operands can be. */
  comparison(kind: number, a: Value | undefined, b: Value | undefined): boolean | undefined {
    if (b?.kind !== KIND.constant) return undefined;
    if (kind === OP["i64.lt_s"] && b.imm === 0n) return a!.kind === OP["i64.or"] && a!.b!.kind === KIND.constant && (a!.b!.imm as bigint) < 0n ? true : undefined;
    if (kind !== OP["i32.lt_u"]) return undefined;
    const { min, max } = this.range(a!), limit = (b.imm as number) >>> 0;
    return max < limit ? true : min >= limit ? false : undefined;
  }
  range(v: Value | 0): Range {
    if (v === 0) return { min: 0, max: 0 };
    const known = this.#ranges.get(v);
    if (known) return known;
    const all: Range = { min: 0, max: MAX_U32 };
    if (v.type !== "i32") return all;
    if (v.kind === KIND.constant) return { min: (v.imm as number) >>> 0, max: (v.imm as number) >>> 0 };
    if (v.b?.kind !== KIND.constant) return all;
    const constant = v.b.imm as number;
    if (v.kind === OP["i32.and"]) return { min: 0, max: constant >>> 0 };
    if (v.kind !== OP["i32.add"] && v.kind !== OP["i32.sub"]) return all;
    const by = v.kind === OP["i32.add"] ? constant : -constant, { min, max } = this.range(v.a!);
    return min + by >= 0 && max + by <= MAX_U32 ? { min: min + by, max: max + by } : all;
  }

  // ---- state ----
  /** What a load of the state would give. */
  loaded(load: number, offset: number, index: Value | undefined): Value | undefined {
    const part = this.#state.get(partKey(offset, index));
    return part?.load === load ? part.value : undefined;
  }
  noteLoad(load: number, offset: number, index: Value | undefined, value: Value): void { this.#state.set(partKey(offset, index), { load, offset, index, value }); }
  noteStore(store: number, offset: number, index: Value | undefined, value: Value): void {
    const size = SIZE.get(store);
    if (size === undefined) throw new Error("a store of a kind that is not known here");
    for (const [key, part] of this.#state) if (mayOverlap(offset, size, index, part)) this.#state.delete(key);
    const load = LOAD_OF.get(store);
    if (load !== undefined) this.noteLoad(load, offset, index, value);
  }
  /** After a call anything may stand there. */
  forgetState(): void { this.#state.clear(); }
}

function union(a: Range, b: Range): Range { return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }; }
function samePart(a: Part | undefined, b: Part): boolean { return a !== undefined && a.value === b.value && a.load === b.load; }
function partKey(offset: number, index: Value | undefined): string { return `${offset}/${index?.id}`; }

/** Where an offset with an index must be: in the first x87 register; the index is a multiple of FPR_STRIDE. */
const FILE = STATE.fpr.offset, FILE_END = FILE + 8 * FPR_STRIDE;
function mayOverlap(offset: number, size: number, index: Value | undefined, part: Part): boolean {
  const partSize = SIZE.get(part.load)!;
  for (const [at, by] of [[offset, index], [part.offset, part.index]] as const) if (by && (at < FILE || at >= FILE + FPR_STRIDE)) return true;
  // Of registers by number the same bytes may be meant, whatever the number.
  if ((index === undefined) === (part.index === undefined)) return offset < part.offset + partSize && part.offset < offset + size;
  const single = index ? part.offset : offset;
  return single >= FILE && single < FILE_END;
}
