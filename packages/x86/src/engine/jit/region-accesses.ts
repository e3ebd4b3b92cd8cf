import { OP, type ValueType } from "@ringzero/wasm";
import { INFO, resolve } from "../../mmu/access.ts";
import { TLB_BYTES, TLB_ENTRIES } from "../../state/state.ts";
import type { AccessGroup, GroupedAccess } from "./access-groups.ts";
import type { RegionLowering } from "./region-lowering.ts";

/** One access to memory. */
export interface Access {
  /** Local with the linear address, as wide as the region's registers. */
  readonly la: number;
  readonly size: number;
  readonly write: boolean;
  /** Through the stack segment. */
  readonly stack: boolean;
  readonly grouped: GroupedAccess | undefined;
  /** What is remembered of the page that it went to last. */
  readonly site: Site | undefined;
}
/** An access in a loop, or the first of a group: locals with the page that it went to last, that page's distance to its host address, and in how many of its bytes the access may begin (0 = nothing is remembered). */
export interface Site { readonly page: number; readonly distance: number; readonly limit: number }

/**
 * Writes the way from linear to host addresses: the inline TLB test with a cold arm that resolves or gives the instruction back. The first access of a group tests for all of it,
 * where all of it lies in one page, and keeps the distance to the host address; the others add it, or where it is unknown call `resolve`. What fills the TLB may have
 * replaced the entry that a distance came from: the interpreter would walk again, so the distances of all other groups are forgotten. In a loop a site remembers the page that it went to last, which
 * takes half the test, and no load before the address is known.
 */
export class RegionAccesses {
  readonly #l: RegionLowering;
  readonly #giveBack: () => void;
  readonly #keep: (local: number) => void;
  readonly #release: (local: number) => void;
  /** Groups with members still to come. */
  readonly #open = new Map<AccessGroup, number>();
  /** Of the loop that is being written. */
  #sites: Site[] = [];

  /** `giveBack` leaves the region before the instruction; `keep` and `release` a local beyond the instruction. */
  constructor(l: RegionLowering, giveBack: () => void, keep: (local: number) => void, release: (local: number) => void) {
    this.#l = l;
    this.#giveBack = giveBack;
    this.#keep = keep;
    this.#release = release;
  }

  /** Begins a loop: nothing is remembered yet. */
  beginLoop(): void { this.#sites = []; }
  endLoop(): void { this.#sites = []; }
  /** A site in the loop. */
  newSite(): Site {
    const l = this.#l, local = (type: ValueType): number => l.firstLocal + l.locals.push(type) - 1;
    const site = { page: local(l.wide), distance: local("i32"), limit: local(l.wide) };
    this.#sites.push(site);
    return site;
  }
  /** What fills the TLB may have replaced the entries that sites remember: the interpreter would walk again. */
  forget(): void {
    const l = this.#l, { e } = l;
    for (const { limit } of this.#sites) { if (l.mode.code64) e.i64ConstNumber(0); else e.i32Const(0); e.localSet(limit); }
  }
  /** Pushes the host address of an access. */
  host(a: Access): void {
    const group = a.grouped?.group;
    if (!group) this.#test(a);
    else if (!this.#open.has(group)) {
      group.local = this.#l.allocate("i32");
      this.#keep(group.local);
      this.#open.set(group, group.members.length - 1);
      this.#test(a);
    } else {
      this.#member(a, group);
      const left = this.#open.get(group)! - 1;
      if (left > 0) { this.#open.set(group, left); return; }
      this.#open.delete(group);
      this.#release(group.local);
    }
  }
  #pushLow(la: number): void {
    this.#l.e.localGet(la);
    if (this.#l.mode.code64) this.#l.e.op(OP["i32.wrap_i64"]);
  }
  /** Adds a constant to the linear address on the stack. */
  #plus(n: number): void {
    if (n === 0) return;
    const { e, mode } = this.#l;
    if (mode.code64) { e.i64ConstNumber(n); e.op(OP["i64.add"]); } else { e.i32Const(n); e.op(OP["i32.add"]); }
  }
  /** The page that a site remembers, or else the inline test. */
  #test(a: Access): void {
    const l = this.#l, { e } = l, { site } = a, group = a.grouped?.group, wide = l.mode.code64;
    const first = group ? group.low - a.grouped!.displacement : 0, last = group ? group.high - 1 - a.grouped!.displacement : a.size - 1;
    if (!site) { this.#lookUp(a, first, last); return; }
    e.localGet(a.la); this.#plus(first); e.localGet(site.page); e.op(wide ? OP["i64.xor"] : OP["i32.xor"]);
    e.localGet(site.limit); e.op(wide ? OP["i64.lt_u"] : OP["i32.lt_u"]);
    l.openHinted(1, "i32");
    this.#pushLow(a.la); e.localGet(site.distance);
    if (group) e.localTee(group.local);
    e.op(OP["i32.add"]);
    e.else();
    this.#lookUp(a, first, last);
    l.close();
  }
  /** The inline test: of the access alone, or of the whole group. */
  #lookUp(a: Access, first: number, last: number): void {
    const l = this.#l, { e } = l, wide = l.mode.code64, { site } = a, group = a.grouped?.group;
    const entry = l.allocate("i32"), array = a.write ? TLB_BYTES : 0;
    e.localGet(l.tlb);
    e.localGet(a.la); this.#plus(first); if (wide) e.op(OP["i32.wrap_i64"]);
    e.i32Const(8); e.op(OP["i32.shr_u"]); e.i32Const((TLB_ENTRIES - 1) << 4); e.op(OP["i32.and"]); e.op(OP["i32.add"]); e.localTee(entry);
    e.memory(wide ? OP["i64.load"] : OP["i32.load"], array);
    e.localGet(a.la); this.#plus(last);
    if (wide) { e.i64ConstNumber(-4096); e.op(OP["i64.and"]); } else { e.i32Const(-4096); e.op(OP["i32.and"]); }
    e.localGet(l.context); e.op(wide ? OP["i64.or"] : OP["i32.or"]);
    e.op(wide ? OP["i64.eq"] : OP["i32.eq"]);
    l.openHinted(1, "i32");
    if (site) {
      e.localGet(a.la); this.#plus(first);
      if (wide) { e.i64ConstNumber(-4096); e.op(OP["i64.and"]); } else { e.i32Const(-4096); e.op(OP["i32.and"]); }
      e.localSet(site.page);
      if (wide) e.i64ConstNumber(4096 - (last - first)); else e.i32Const(4096 - (last - first));
      e.localSet(site.limit);
    }
    this.#pushLow(a.la);
    e.localGet(entry); e.memory(OP["i32.load"], array + 8);
    if (site) e.localTee(site.distance);
    if (group) e.localTee(group.local);
    e.op(OP["i32.add"]);
    e.else();
    const host = this.#resolve(a);
    if (group) {
      // Known for the others where they lie in the same page.
      e.localGet(host); this.#pushLow(a.la); e.op(OP["i32.sub"]);
      e.i32Const(0);
      this.#pushLow(a.la); if (first) { e.i32Const(first); e.op(OP["i32.add"]); }
      this.#pushLow(a.la); if (last) { e.i32Const(last); e.op(OP["i32.add"]); }
      e.op(OP["i32.xor"]); e.i32Const(-4096); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
      e.op(OP.select);
      e.localSet(group.local);
    }
    e.localGet(host);
    l.close();
  }
  #member(a: Access, group: AccessGroup): void {
    const { e } = this.#l;
    e.localGet(group.local);
    this.#l.openHinted(1, "i32");
    this.#pushLow(a.la); e.localGet(group.local); e.op(OP["i32.add"]);
    e.else();
    e.localGet(this.#resolve(a));
    this.#l.close();
  }
  /** The cold arm: a local with the host address, unless the instruction is given back. */
  #resolve(a: Access): number {
    const l = this.#l, { e } = l, host = l.allocate("i32");
    l.state();
    e.localGet(a.la); if (!l.mode.code64) e.op(OP["i64.extend_i32_u"]);
    e.i32Const(a.size | (a.stack ? INFO.stack : 0));
    e.i32Const(a.write ? 1 : 0);
    e.call(l.functions.routine(resolve));
    e.localTee(host); e.op(OP["i32.eqz"]);
    l.openHinted(0);
    this.#giveBack();
    l.close();
    this.forget();
    for (const group of this.#open.keys()) if (group !== a.grouped?.group) { e.i32Const(0); e.localSet(group.local); }
    return host;
  }
}
