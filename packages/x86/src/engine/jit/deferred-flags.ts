import { OP, type ValueType } from "@ringzero/wasm";
import { STATE } from "../../state/state.ts";
import { FLAG_NAMES, mapKept, pushKept, type FlagMap, type Kept, type KeptSource } from "./flag-state.ts";
import type { RegionLowering } from "./region-lowering.ts";

type Kind = Exclude<ValueType, "funcref">;

/** Text that is the same where what is kept is the same. */
function keptKey(k: Kept): string {
  switch (k.k) {
    case "constant": return `${k.type}:${k.value}`;
    case "gpr": return `g${k.gpr}${k.wrap ? "w" : ""}`;
    case "local": return `l${k.local}`;
    case "state": return `${k.type}@${k.offset}`;
    case "operation": return `${k.op}(${k.arguments.map(keptKey).join()})`;
  }
}
function sourceKey(s: KeptSource | undefined): string {
  if (!s) return "";
  let key = `${s.kind}${s.bits}${s.plain ? "p" : ""}`;
  for (const k of [s.a, s.b, s.result]) key += k ? `;${keptKey(k)}` : ";";
  for (const [flag, k] of Object.entries(s.flags)) key += `;${flag}=${keptKey(k)}`;
  return key;
}

/**
 * Flags that outlive the block that set them: what they depend on lies in the state block, in registers there (all are there when the region is left) and in a few places for this. Locals
 * would be alive, for the compiler beneath us, from the region's beginning to its end, and be moved at each of its joins: only loops keep them in a few.
 */
export class DeferredFlags {
  readonly #maps: FlagMap[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #slots: { readonly [type in Kind]: number[] } = { i32: [], i64: [], f32: [], f64: [], v128: [] };

  /** What has been deferred, in the order of the numbers from 1 on. */
  get maps(): readonly FlagMap[] { return this.#maps; }

  /** Stores what flags depend on, in locals where `inLoop`; registers of the mask `stays` keep it. Returns the number of the way in which they are kept. */
  defer(l: RegionLowering, flags: FlagMap, stays: number, inLoop: boolean): number {
    const places = new Map<string, Kept>(), taken: { [type in Kind]: number } = { i32: 0, i64: 0, f32: 0, f64: 0, v128: 0 };
    const place = (k: Kept): Kept => {
      if (k.k === "constant" || k.k === "state") return k;
      if (k.k === "operation") return { ...k, arguments: k.arguments.map(place) };
      const type: Kind = k.k === "gpr" ? (k.wrap ? "i32" : (l.wide as Kind)) : (l.typeOf(k.local) as Kind);
      if (k.k === "gpr" && (stays >> k.gpr) & 1) return { k: "state", offset: STATE.gpr.offset + k.gpr * 8, type };
      const name = keptKey(k), known = places.get(name);
      if (known) return known;
      if (inLoop) {
        const local = (this.#slots[type][taken[type]++] ??= l.firstLocal + l.locals.push(type) - 1), slot: Kept = { k: "local", local };
        places.set(name, slot);
        pushKept(l.e, k); l.e.localSet(local);
        return slot;
      }
      const offset = STATE.deferredFlags.offset + places.size * PLACE_BYTES, at: Kept = { k: "state", offset, type };
      if (places.size === PLACES) throw new Error("Flags depend on more than there is room for.");
      places.set(name, at);
      l.state(); pushKept(l.e, k); l.e.memory(OP[`${type}.store`], offset);
      return at;
    };
    return this.#number(mapKept(flags, place, true));
  }
  #number(map: FlagMap): number {
    const sources = [...new Set(FLAG_NAMES.map((f) => map[f]))];
    const key = FLAG_NAMES.map((f) => sources.indexOf(map[f])).join() + sources.map(sourceKey).join("/");
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#maps.push(map)));
    return number;
  }
}

const PLACE_BYTES = 16, PLACES = 8;
