import { OP } from "@ringzero/wasm";
import type { Routine } from "../../ir/routine.ts";
import type { GprRef, Statement } from "../../ir/statement.ts";
import { KIND, type Value } from "../../ir/value.ts";
import { GPR_PAGE, GPR_ZERO, STATE } from "../../state/state.ts";
import { gprOf } from "./region-registers.ts";
import { gprsSet } from "./region-statements.ts";
import type { RegionBlock, RegionInstruction } from "./region.ts";
import type { RegionMode } from "./region-frame.ts";

/** Accesses of a block, all reads or all writes, whose addresses differ by constants: one TLB test does for all of them. Bytes from `low` to `high` (excluded), from a common origin. */
export interface AccessGroup {
  readonly write: boolean;
  low: number;
  high: number;
  readonly members: Statement[];
  /** The region's local that holds, from the first access on, host address less linear address; 0 = unknown. */
  local: number;
}
/** An access's group, and its own distance from the common origin. */
export interface GroupedAccess { readonly group: AccessGroup; readonly displacement: number }
/** The grouped accesses of a block, by instruction and statement. */
export type AccessGroups = ReadonlyMap<RegionInstruction, ReadonlyMap<Statement, GroupedAccess>>;

/** Bytes that a group may span: the wider, the more often it lies in two pages, where nothing is gained. */
const WIDEST = 128;

/** Accesses below which a group is not worth its local. */
const FEWEST = 3;

/** A value as an unknown origin, by name, and a constant. */
interface Affine { readonly root: string; readonly offset: number }

/** Follows what the instructions of a block do to registers, as far as it is adding constants and copying. */
class Following {
  readonly #mode: RegionMode;
  readonly #wide: boolean;
  readonly #gprs: Affine[] = Array.from({ length: 16 }, (_, n) => ({ root: `r${n}`, offset: 0 }));
  #values = new Map<number, Affine>();
  #roots = 0;
  instruction: RegionInstruction | undefined;

  constructor(mode: RegionMode) {
    this.#mode = mode;
    this.#wide = mode.code64;
  }
  begin(i: RegionInstruction): void {
    this.instruction = i;
    this.#values.clear();
  }
  fresh(): Affine { return { root: `v${this.#roots++}`, offset: 0 }; }
  number(ref: GprRef): number { return gprOf(this.instruction!, ref).n; }
  /** Registers are 32 bits wide outside 64-bit code: the upper halves do not matter there. */
  #whole(bits: number): boolean { return bits === 64 || (bits === 32 && !this.#wide); }
  set(s: Extract<Statement, { s: "setGpr" }>): void {
    if (this.#whole(s.bits)) this.#gprs[this.number(s.ref)] = this.of(s.value) ?? this.fresh();
    else this.forget(gprsSet([s], (ref) => this.number(ref)) | (s.bits === 8 ? 1 << (this.number(s.ref) & 3) : 0));
  }
  /** What registers of the mask hold is unknown from here on. */
  forget(mask: number): void {
    for (let n = 0; n < 16; n++) if ((mask >> n) & 1) this.#gprs[n] = this.fresh();
  }
  get(s: Extract<Statement, { s: "getGpr" }>): void { if (this.#whole(s.bits)) this.#values.set(s.to.id, this.#gprs[this.number(s.ref)]!); }
  /** The operand's address, where it is one of a flat segment. */
  operand(to: Value): void {
    const i = this.instruction!;
    if (i.segment >= 4 || i.addressSize !== (this.#wide ? 2 : 1) || i.built.variant.form.operands.some((o) => o.kind === "offset")) return;
    let root = "", offset = i.displacement;
    if (i.base === GPR_PAGE) { root = "page"; offset += i.offset + i.length; }
    else if (i.base !== GPR_ZERO) { root = this.#gprs[i.base]!.root; offset += this.#gprs[i.base]!.offset; }
    if (i.index !== GPR_ZERO) { root += `+${this.#gprs[i.index]!.root}<<${i.scale}`; offset += this.#gprs[i.index]!.offset * 2 ** i.scale; }
    this.#values.set(to.id, { root, offset });
  }
  segment(s: Extract<Statement, { s: "segmentAddress" }>): void {
    const i = this.instruction!, number = s.segment === "operand" ? i.segment : s.segment;
    const natural = s.segment !== "operand" || i.addressSize === (this.#wide ? 2 : 1), at = this.of(s.offset);
    if (number < 4 && natural && at) this.#values.set(s.to.id, at);
  }
  /** The stack's mask is part of the region's mode. */
  load(s: Extract<Statement, { s: "stateLoad" }>): void { if (s.offset === STATE.stackMask.offset) this.#values.set(s.to.id, { root: "stackMask", offset: 0 }); }

  #constant(v: Value): number | undefined {
    if (v.kind === KIND.constant) return Number(v.imm);
    return v.kind === KIND.immediate && v.imm === "signed" && this.#whole(v.bits) ? this.instruction!.immediate : undefined;
  }
  /** All bits that count are ones. */
  #ones(v: Value): boolean {
    if (v.kind === KIND.constant) return this.#wide ? BigInt(v.imm as bigint | number) === -1n : BigInt.asIntN(32, BigInt(v.imm as bigint | number)) === -1n;
    return this.#values.get(v.id)?.root === "stackMask" && BigInt.asIntN(this.#wide ? 64 : 32, this.#mode.stackMask) === -1n;
  }
  /** What a value is; undefined where nothing is known of it. */
  of(v: Value, depth = 0): Affine | undefined {
    const known = this.#values.get(v.id);
    if (known || depth > 6 || !v.a) return known?.root === "stackMask" ? undefined : known;
    const plus = (a: Value, n: number | undefined): Affine | undefined => {
      const at = n === undefined ? undefined : this.of(a, depth + 1);
      return at && { root: at.root, offset: at.offset + n! };
    };
    const narrow = !this.#wide && (v.kind === OP["i32.add"] || v.kind === OP["i32.sub"]);
    if (v.kind === OP["i64.add"] || (narrow && v.kind === OP["i32.add"])) return plus(v.a, this.#constant(v.b!)) ?? plus(v.b!, this.#constant(v.a));
    if (v.kind === OP["i64.sub"] || (narrow && v.kind === OP["i32.sub"])) { const n = this.#constant(v.b!); return plus(v.a, n === undefined ? undefined : -n); }
    if (v.kind === OP["i64.and"] || v.kind === OP["i32.and"]) return this.#ones(v.b!) ? this.of(v.a, depth + 1) : undefined;
    if (!this.#wide && (v.kind === OP["i64.extend_i32_u"] || v.kind === OP["i32.wrap_i64"])) return this.of(v.a, depth + 1);
    // a ^ ((a ^ b) & ones): how a part of a register is replaced.
    if (v.kind === OP["i64.xor"] && v.b!.kind === OP["i64.and"] && this.#ones(v.b!.b!) && v.b!.a!.kind === OP["i64.xor"] && v.b!.a!.a === v.a) return this.of(v.b!.a!.b!, depth + 1);
    return undefined;
  }
}

/** Something in an instruction that walks page tables by itself, or more. */
function opaque(list: readonly Statement[]): boolean {
  return list.some((s) => s.s === "probe" || s.s === "callOut" || s.s === "escape" || s.s === "repeat" || s.s === "loop" || (s.s === "call" && (s.routine as Routine).mayFault) || (s.s === "if" && (opaque(s.then) || opaque(s.else))));
}

const known = new WeakMap<RegionBlock, AccessGroups>();

/** The groups of a block; accesses of fewer than three are in none. `mode`: its region's. */
export function accessGroups(block: RegionBlock, mode: RegionMode): AccessGroups {
  let groups = known.get(block);
  if (!groups) known.set(block, (groups = findGroups(block, mode)));
  return groups;
}
function findGroups(block: RegionBlock, mode: RegionMode): AccessGroups {
  const found = new Map<RegionInstruction, Map<Statement, GroupedAccess>>(), open = new Map<string, AccessGroup>(), f = new Following(mode);
  const access = (s: Extract<Statement, { s: "load" | "store" | "loadForStore" }>): void => {
    const at = f.of(s.address), write = s.s !== "load";
    if (!at) return;
    const key = `${at.root} ${write}`, high = at.offset + s.size;
    let group = open.get(key);
    if (!group || Math.max(group.high, high) - Math.min(group.low, at.offset) > WIDEST) {
      group = { write, low: at.offset, high, members: [], local: -1 };
      open.set(key, group);
    }
    group.low = Math.min(group.low, at.offset);
    group.high = Math.max(group.high, high);
    group.members.push(s);
    const own = found.get(f.instruction!);
    if (own) own.set(s, { group, displacement: at.offset });
    else found.set(f.instruction!, new Map([[s, { group, displacement: at.offset }]]));
  };
  for (const i of block.instructions) {
    f.begin(i);
    const alone = opaque(i.built.statements);
    if (alone) open.clear();
    for (const s of i.built.statements) {
      switch (s.s) {
        case "getGpr": f.get(s); break;
        case "setGpr": f.set(s); break;
        case "operandAddress": case "effectiveAddress": f.operand(s.to); break;
        case "segmentAddress": f.segment(s); break;
        case "stateLoad": f.load(s); break;
        case "load": case "store": case "loadForStore": if (!alone) access(s); break;
        // Whether it happens is not known; a byte register may be the high byte of another.
        case "if": case "loop": { const mask = gprsSet([s], (ref) => f.number(ref)); f.forget(mask | (mask >> 4)); break; }
        default:
      }
    }
    if (alone) open.clear();
  }
  for (const [i, accesses] of found) {
    for (const [s, { group }] of accesses) if (group.members.length < FEWEST) accesses.delete(s);
    if (accesses.size === 0) found.delete(i);
  }
  return found;
}
