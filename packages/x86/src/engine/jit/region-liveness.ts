import type { Statement } from "../../ir/statement.ts";
import { ALL_FLAGS, CONDITION_READS, FLAG_BIT, flagsWritten } from "../effects.ts";
import { knownValue } from "./known-value.ts";
import { registerUse } from "./region-registers.ts";
import type { Region, RegionBlock, RegionInstruction } from "./region.ts";

/** Flags (FLAG_BIT) that an instruction reads before it writes them, writes in any case, may write, and reads after it may have written them. */
interface FlagUse { reads: number; writes: number; mayWrite: number; readsOwn: number }

const uses = new WeakMap<RegionInstruction, FlagUse>();

function flagUse(i: RegionInstruction): FlagUse {
  const before = uses.get(i);
  if (before) return before;
  const use: FlagUse = { reads: 0, writes: 0, mayWrite: 0, readsOwn: 0 };
  const read = (flags: number): void => {
    use.reads |= flags & ~use.writes;
    use.readsOwn |= flags & use.mayWrite;
  };
  const visit = (list: readonly Statement[], conditional: boolean): void => {
    for (const s of list) {
      switch (s.s) {
        case "getFlag": read(FLAG_BIT[s.flag]); break;
        case "condition": read(CONDITION_READS[(s.code as number) >> 1]!); break;
        case "flags": {
          const written = flagsWritten(s.source);
          use.mayWrite |= written;
          if (!conditional) use.writes |= written;
          break;
        }
        case "if": {
          // A shift by an immediate writes flags or does not.
          const known = knownValue(i, s.condition);
          if (known === undefined) { visit(s.then, true); visit(s.else, true); } else visit(known === 0n ? s.else : s.then, conditional);
          break;
        }
        case "loop": visit(s.body, true); break;
        default:
      }
    }
  };
  visit(i.built.statements, false);
  uses.set(i, use);
  return use;
}

/** What a block needs on entry, of what is needed behind it. */
function before(b: RegionBlock, behind: number): number {
  let live = behind, exits = true;
  for (let k = b.instructions.length - 1; k >= 0; k--) {
    const i = b.instructions[k]!, { reads, writes, mayWrite } = flagUse(i);
    live = (live & ~writes) | reads;
    // The others stay where they are: they are to be there if the region may be left before all are written.
    if (mayWrite & ~writes) live |= ALL_FLAGS;
    else if (writes !== 0 && exits) live |= ALL_FLAGS & ~writes;
    exits = i.effects.mayFault || (exits && writes !== ALL_FLAGS);
  }
  return live;
}

/** Marks what writes flags in vain. */
function markDead(b: RegionBlock): void {
  let overwritten = 0;
  for (let k = b.instructions.length - 1; k >= 0; k--) {
    const i = b.instructions[k]!, { reads, writes, mayWrite, readsOwn } = flagUse(i);
    i.flagsDead = mayWrite !== 0 && readsOwn === 0 && (mayWrite & ~overwritten) === 0;
    overwritten = i.effects.mayFault || i.effects.jumps ? 0 : (overwritten | writes) & ~reads;
  }
}

/**
 * Backward analysis: which flags each block needs in memory on entry. Leaving the region needs all, kept at hand rather than stored. Computed jumps lead within the region to blocks that need
 * none only (region-tables.ts).
 */
export function liveness(region: Region): void {
  for (const b of region.blocks) {
    let written = 0;
    for (const i of b.instructions) {
      const { writes } = flagUse(i);
      if (i.effects.mayFault && written !== ALL_FLAGS) b.keepsFlags = true;
      // The write of the instruction that completes the set comes too late to matter.
      if ((written | writes) !== ALL_FLAGS) b.earlyWrites |= registerUse(i).gprWrites;
      written |= writes;
    }
    if (written !== ALL_FLAGS) b.keepsFlags = true;
    markDead(b);
    b.killsFlags = written === ALL_FLAGS;
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (let n = region.blocks.length - 1; n >= 0; n--) {
      const b = region.blocks[n]!, target = b.target === undefined ? undefined : region.blockAt.get(b.target);
      const live = before(b, (target?.liveIn ?? 0) | (b.falls ? (region.blockAt.get(b.end)?.liveIn ?? 0) : 0));
      if (live !== b.liveIn) { b.liveIn = live; changed = true; }
    }
  }
}
