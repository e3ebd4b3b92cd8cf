import { OP } from "@ringzero/wasm";
import type { Statement } from "../../ir/statement.ts";
import type { Value } from "../../ir/value.ts";
import { knownValue } from "./known-value.ts";
import { accessGroups, type AccessGroup } from "./access-groups.ts";
import { gprOf, registerUse } from "./region-registers.ts";
import type { RegionMode } from "./region-frame.ts";
import type { RegionBlock, RegionInstruction } from "./region.ts";

/** Farthest that an address may go in one round and still stay in a page for most of them. */
const FARTHEST = 128n;

const ADDITIONS: ReadonlySet<number> = new Set([OP["i32.add"], OP["i64.add"], OP["i32.sub"], OP["i64.sub"]]);
const WIDTHS: ReadonlySet<number> = new Set([OP["i64.extend_i32_u"], OP["i32.wrap_i64"]]);

/** The value is a register's own, a little farther on. `own`: nodes that hold the register. */
function steps(i: RegionInstruction, v: Value, own: ReadonlySet<number>): boolean {
  if (own.has(v.id)) return true;
  if (WIDTHS.has(v.kind)) return steps(i, v.a!, own);
  if (!ADDITIONS.has(v.kind)) return false;
  const by = knownValue(i, v.b!) ?? knownValue(i, v.a!);
  return by !== undefined && BigInt.asIntN(32, by) <= FARTHEST && BigInt.asIntN(32, by) >= -FARTHEST && (own.has(v.a!.id) || own.has(v.b!.id));
}

/** General registers, as a bit mask, that the blocks of a loop do not write, or move on by a little at a time: addresses made of them stay in a page for many rounds. */
function steadyRegisters(blocks: Iterable<RegionBlock>): number {
  let steady = 0xffff;
  const visit = (i: RegionInstruction, list: readonly Statement[], own: Map<number, Set<number>>): void => {
    for (const s of list) {
      if (s.s === "getGpr") {
        const { n } = gprOf(i, s.ref), nodes = own.get(n);
        if (nodes) nodes.add(s.to.id); else own.set(n, new Set([s.to.id]));
      } else if (s.s === "setGpr") {
        const { n } = gprOf(i, s.ref), nodes = own.get(n);
        if (s.bits < 32 || !nodes || !steps(i, s.value, nodes)) steady &= ~(1 << n);
      } else if (s.s === "if") { visit(i, s.then, own); visit(i, s.else, own); } else if (s.s === "loop") visit(i, s.body, own);
    }
  };
  for (const b of blocks) for (const i of b.instructions) visit(i, i.built.statements, new Map());
  return steady;
}

/** Accesses of a loop that remember their page: each takes three locals. */
const MOST_SITES = 8;

/** An access to memory in a loop. */
export interface LoopAccess { readonly instruction: RegionInstruction; readonly access: Statement }

/** Accesses of a loop that are worth remembering the page that they went to last: in its inmost blocks, alone or the first of a group, with addresses that move on by little. */
export function sitesOf(members: ReadonlySet<RegionBlock>, mode: RegionMode): LoopAccess[] {
  const steady = steadyRegisters(members), found: LoopAccess[] = [];
  for (const b of members) {
    if (!b.innermost) continue;
    const groups = accessGroups(b, mode), begun = new Set<AccessGroup>();
    for (const i of b.instructions) {
      const address = i.built.variant.memory ? (i.base < 16 ? 1 << i.base : 0) | (i.index < 16 ? 1 << i.index : 0) : registerUse(i).gprReads;
      if (address & ~steady) continue;
      for (const s of i.built.statements) {
        if (s.s !== "load" && s.s !== "store" && s.s !== "loadForStore") continue;
        const group = groups.get(i)?.get(s)?.group;
        if (group && begun.has(group)) continue;
        if (group) begun.add(group);
        found.push({ instruction: i, access: s });
      }
    }
  }
  return found.slice(0, MOST_SITES);
}
