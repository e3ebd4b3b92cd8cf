import type { Routine } from "../ir/routine.ts";
import type { FlagName, FlagSource, Statement } from "../ir/statement.ts";

/** What a variant's statements do, as far as engines that look beyond one instruction care. Bits of flag sets: C 1, P 2, A 4, Z 8, S 16, O 32. */
export interface Effects {
  /** Has a meaning that only the interpreter carries out: system operations, call-outs, repeats. */
  readonly lowerable: boolean;
  readonly readsFlags: number;
  /** Flags written whatever happens. */
  readonly writesFlags: number;
  /** May leave the region before it completes. */
  readonly mayFault: boolean;
  readonly jumps: boolean;
  /** Its jump goes to code of another privilege or context. */
  readonly leaves: boolean;
  readonly stops: boolean;
}

/** Bits of the flag sets. */
export const FLAG_BIT: { readonly [F in FlagName]: number } = { C: 1, P: 2, A: 4, Z: 8, S: 16, O: 32 };
/** All six status flags. */
export const ALL_FLAGS = 63;
/** Flags that conditions read, by half their code. */
export const CONDITION_READS: readonly number[] = [32, 1, 8, 9, 16, 2, 48, 56];

/** Flags that a source sets. */
export function flagsWritten(s: FlagSource): number {
  if (s.kind === "add" || s.kind === "sub") return s.keepCarry ? ALL_FLAGS & ~1 : ALL_FLAGS;
  if (s.kind === "logic") return ALL_FLAGS;
  let set = s.result ? FLAG_BIT.S | FLAG_BIT.Z | FLAG_BIT.P : 0;
  for (const f of Object.keys(s.flags) as FlagName[]) set |= FLAG_BIT[f];
  return set;
}

/** Whether statements end in a system operation: as a branch of an `if` compiled code leaves them to the interpreter. */
export function endsInEscape(list: readonly Statement[]): boolean { return list.at(-1)?.s === "escape"; }

const CHANGES: ReadonlySet<Statement["s"]> = new Set<Statement["s"]>(["setGpr", "setVector", "stateStore", "hostStore", "flags", "store", "storeBack", "jump", "jumpRelative", "transfer"]);

/** Works out the effects of recorded statements. */
export function effectsOf(list: readonly Statement[]): Effects {
  let lowerable = true, reads = 0, writes = 0, mayFault = false, jumps = false, leaves = false, changed = false;
  const branch = (statements: readonly Statement[]): void => {
    // Given back as if nothing had happened: so nothing may have.
    if (endsInEscape(statements) && !changed) mayFault = true;
    else visit(statements, true);
  };
  const visit = (statements: readonly Statement[], conditional: boolean): void => {
    for (const s of statements) {
      if (CHANGES.has(s.s)) changed = true;
      switch (s.s) {
        case "escape": case "callOut": case "repeat": lowerable = false; break;
        case "getFlag": reads |= FLAG_BIT[s.flag] & ~writes; break;
        case "condition": reads |= CONDITION_READS[(s.code as number) >> 1]! & ~writes; break;
        case "flags": if (!conditional) writes |= flagsWritten(s.source); break;
        case "load": case "store": case "loadForStore": case "storeBack": case "probe": case "raise": mayFault = true; break;
        case "call": if ((s.routine as { mayFault?: boolean }).mayFault) mayFault = true; break;
        case "jump": case "jumpRelative": jumps = true; break;
        case "transfer": jumps = leaves = true; break;
        case "if": {
          const before = changed;
          branch(s.then);
          const after = changed;
          changed = before;
          branch(s.else);
          changed ||= after;
          break;
        }
        case "loop": visit(s.body, true); break;
        default:
      }
    }
  };
  visit(list, false);
  const last = list.at(-1);
  const stops = last !== undefined && (last.s === "jump" || last.s === "transfer" || last.s === "jumpRelative" || last.s === "raise");
  return { lowerable, readsFlags: reads, writesFlags: writes, mayFault, jumps, leaves, stops };
}

const pure = new WeakMap<Routine, boolean>();
const PURE: ReadonlySet<Statement["s"]> = new Set<Statement["s"]>(["node", "get", "set", "break", "continue", "return"]);

/** A routine computes its results and does nothing else. */
export function isPure(r: Routine): boolean {
  const visit = (list: readonly Statement[]): boolean =>
    list.every((s) => PURE.has(s.s) || (s.s === "if" && visit(s.then) && visit(s.else)) || (s.s === "loop" && visit(s.body)) || (s.s === "call" && isPure(s.routine as Routine)));
  let known = pure.get(r);
  if (known === undefined) pure.set(r, (known = !r.mayFault && visit(r.body().statements)));
  return known;
}
