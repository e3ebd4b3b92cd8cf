import type { ValueType } from "@ringzero/wasm";
import { FLAG_NAMES, mapKept, pushKept, type FlagMap, type Kept, type KeptSource } from "./flag-state.ts";
import type { RegionLowering } from "./region-lowering.ts";

type Kind = Exclude<ValueType, "funcref">;

/** Text that is the same where what is kept is the same. */
function keptKey(k: Kept): string {
  switch (k.k) {
    case "constant": return `${k.type}:${k.value}`;
    case "gpr": return `g${k.gpr}${k.wrap ? "w" : ""}`;
    case "local": return `l${k.local}`;
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
 * Flags that outlive the block that set them: their sources lie in registers' locals, and in a few locals ("slots") that all blocks use for this. Were each block
 * to keep its own, all of them would be alive all through the region, and each turn through its dispatch would move them.
 */
export class DeferredFlags {
  readonly #maps: FlagMap[] = [];
  readonly #numbers = new Map<string, number>();
  /** Of every type: comparisons of floating-point numbers keep theirs. */
  readonly #slots: { readonly [type in Kind]: number[] } = { i32: [], i64: [], f32: [], f64: [], v128: [] };

  /** What has been deferred, in the order of the numbers from 1 on. */
  get maps(): readonly FlagMap[] { return this.#maps; }

  /** Copies what flags depend on to where it stays; registers of the mask `stays` keep it. Returns the number of the way in which they are kept. */
  defer(l: RegionLowering, flags: FlagMap, stays: number): number {
    const slots = new Map<string, number>(), taken: { [type in Kind]: number } = { i32: 0, i64: 0, f32: 0, f64: 0, v128: 0 };
    const place = (k: Kept): Kept => {
      if (k.k === "constant" || (k.k === "gpr" && (stays >> k.gpr) & 1)) return k;
      if (k.k === "operation") return { ...k, arguments: k.arguments.map(place) };
      const name = keptKey(k);
      let slot = slots.get(name);
      if (slot === undefined) {
        const type = (k.k === "gpr" ? (k.wrap ? "i32" : l.wide) : l.typeOf(k.local)) as Kind;
        slot = this.#slots[type][taken[type]++] ??= this.#newSlot(l, type);
        slots.set(name, slot);
        pushKept(l.e, k);
        l.e.localSet(slot);
      }
      return { k: "local", local: slot };
    };
    return this.#number(mapKept(flags, place, true));
  }
  #newSlot(l: RegionLowering, type: Kind): number { return l.firstLocal + l.locals.push(type) - 1; }
  #number(map: FlagMap): number {
    const sources = [...new Set(FLAG_NAMES.map((f) => map[f]))];
    const key = FLAG_NAMES.map((f) => sources.indexOf(map[f])).join() + sources.map(sourceKey).join("/");
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.#maps.push(map)));
    return number;
  }
}
