import { OP, type Emitter, type ValueType } from "@ringzero/wasm";
import type { FlagName, FlagSource, Statement } from "../../ir/statement.ts";
import { KIND, type Value } from "../../ir/value.ts";
import { INFO, probe } from "../../mmu/access.ts";
import { segmentLinear } from "../../isa/system/segment-check.ts";
import { fixedRecord, pushBased, pushCommonCase } from "../segment-fast-path.ts";
import { STATE } from "../../state/state.ts";
import { Lowering, type FunctionIndex, type StatementOf } from "../lowering.ts";
import { FLAG_NAMES, IN_MEMORY, localsOf, mapKept, pushKept, registersOf, pushCondition, pushFlag, storeFlags, type FlagMap, type Kept, type KeptSource } from "./flag-state.ts";
import { DeferredFlags } from "./deferred-flags.ts";
import { pushAddress, pushSameCode, unlessSameCode } from "./code-check.ts";
import { immediateOf, knownValue } from "./known-value.ts";
import { NOT_CACHED, RegisterCache, type CachedRegisters } from "./register-cache.ts";
import { gprOf, registerUse, vectorOf, type RegisterUse } from "./region-registers.ts";
import { callsForFlags, gprsSet, isPlain, LOADS, onlyFlags, setsFlags, storeException, STORES } from "./region-statements.ts";
import { endsInEscape, FLAG_BIT, flagsWritten } from "../effects.ts";
import type { Region, RegionBlock, RegionInstruction } from "./region.ts";
import { accessGroups, type AccessGroups } from "./access-groups.ts";
import { RegionAccesses, type Site } from "./region-accesses.ts";
import type { Frame, RegionMode } from "./region-frame.ts";
import { pushEffectiveAddress } from "./effective-address.ts";
import { sitesOf } from "./loop-sites.ts";
import { JUMP_ENTRY, type PlacedTables } from "./region-tables.ts";

const S = 0;
/** One region's code: registers in locals, flags kept symbolic, memory through the inline TLB test. */
export class RegionLowering extends Lowering {
  readonly mode: RegionMode;
  readonly region: Region;
  readonly #registers: RegisterCache = new RegisterCache(this);
  readonly tlb: number;
  readonly context: number;
  readonly page: number;
  readonly left: number;
  readonly next: number;
  readonly rip: number;
  readonly place: number;
  readonly count: number;
  readonly deferred: number;
  /** Pages whose code is known to be what was compiled, since the region was entered: bits by RegionPage.bit. */
  readonly checked: number;
  /** Which loop within a loop control is on its way to: its head's entry; -1 = none. */
  readonly within: number;
  /** What the region returns: 1 = it gave an instruction back. */
  readonly result: number;
  readonly deferrals: DeferredFlags = new DeferredFlags();
  readonly tables: PlacedTables | undefined;
  frame: Frame | undefined;
  #flags: FlagMap = IN_MEMORY;
  #i: RegionInstruction | undefined;
  #block: RegionBlock | undefined;
  #retired = 0;
  #narrow = new Uint8Array(64);
  #constants = new Map<number, bigint>();
  #tokens = new Map<number, number>();
  #stackOrigin = new Set<number>();
  #pinned = new Set<number>();
  /** Values of the current instruction that a register's local holds: register number, by node. */
  #inGpr = new Map<number, { gpr: number; wrap: boolean }>();
  #conditional = 0;
  /** The outermost loop that is being written. */
  #loop: { readonly bail: number; readonly registers: CachedRegisters } | undefined;
  /** What holds where a block is entered whose one predecessor has been written. */
  readonly #inherited = new Map<RegionBlock, { readonly flags: FlagMap; readonly registers: CachedRegisters }>();
  #groups: AccessGroups = new Map();
  readonly #sites = new Map<RegionInstruction, Map<Statement, Site>>();
  readonly #accesses: RegionAccesses = new RegionAccesses(this, () => this.#bail(), (local) => this.#pin(local), (local) => this.#pinned.delete(local));

  constructor(e: Emitter, functions: FunctionIndex, region: Region, mode: RegionMode, tables: PlacedTables | undefined) {
    super(e, functions, 2);
    this.region = region;
    this.mode = mode;
    this.tables = tables;
    const fixed = (t: ValueType): number => this.firstLocal + this.locals.push(t) - 1;
    this.tlb = fixed("i32");
    this.context = fixed(mode.code64 ? "i64" : "i32");
    this.page = fixed("i64");
    this.left = fixed("i32");
    this.next = fixed("i32");
    this.rip = fixed("i64");
    this.place = fixed("i32");
    this.count = fixed("i32");
    this.deferred = fixed("i32");
    this.checked = fixed("i32");
    this.within = fixed("i32");
    this.result = fixed("i32");
  }
  get wide(): ValueType { return this.mode.code64 ? "i64" : "i32"; }
  // ---- blocks and edges ----
  block(b: RegionBlock): void {
    this.#block = b;
    this.#groups = accessGroups(b, this.mode);
    this.#retired = 0;
    const inherited = this.#inherited.get(b);
    this.#inherited.delete(b);
    this.#flags = inherited?.flags ?? IN_MEMORY;
    this.#registers.now = this.#loop?.registers ?? inherited?.registers ?? NOT_CACHED;
    for (const i of b.instructions) {
      this.#i = i;
      this.begin(i.built.builder.size);
      if (this.#narrow.length < i.built.builder.size) this.#narrow = new Uint8Array(i.built.builder.size * 2);
      this.#narrow.fill(0, 0, i.built.builder.size);
      this.#constants.clear();
      this.#tokens.clear();
      this.#stackOrigin.clear();
      this.#inGpr.clear();
      this.#registers.prepare(registerUse(i));
      this.statements(i.built.statements);
      if (!i.effects.stops) this.#retired++;
      this.releaseAll();
    }
    if (b.falls) this.#edge(b.end, this.#retired);
    // What was kept for flags lives on in slots, and in locals for the blocks that inherit it.
    this.#pinned.clear();
    for (const { flags } of this.#inherited.values()) for (const local of localsOf(flags)) this.#pinned.add(local);
    this.releaseAll();
  }
  /** Begins an outermost loop: all registers that it uses are in locals until control leaves it. */
  beginLoop(members: ReadonlySet<RegionBlock>): void {
    const all: RegisterUse = { gprReads: 0, gprWrites: 0, vectorReads: 0, vectorWrites: 0 };
    for (const b of members) {
      for (const i of b.instructions) {
        const use = registerUse(i);
        all.gprReads |= use.gprReads; all.gprWrites |= use.gprWrites; all.vectorReads |= use.vectorReads; all.vectorWrites |= use.vectorWrites;
      }
    }
    const bail = this.open("block"), gprs = all.gprReads | all.gprWrites, vectors = all.vectorReads | all.vectorWrites;
    this.#registers.load(gprs, vectors);
    this.#accesses.beginLoop();
    this.#sites.clear();
    for (const { instruction, access } of sitesOf(members, this.mode)) this.#sites.set(instruction, new Map([...(this.#sites.get(instruction) ?? []), [access, this.#accesses.newSite()]]));
    this.#accesses.forget();
    this.#loop = { bail, registers: { gprs, vectors, dirtyGprs: all.gprWrites, dirtyVectors: all.vectorWrites } };
  }
  /** Ends an outermost loop, behind all its blocks. */
  endLoop(): void {
    this.close();
    this.#accesses.endLoop();
    this.#registers.now = this.#loop!.registers;
    this.#loop = undefined;
    this.#registers.store();
    this.branch(this.frame!.bail);
  }

  #setLeft(count: number): void {
    const { e } = this;
    if (count === 0) return;
    e.localGet(this.left); e.i32Const(count); e.op(OP["i32.sub"]); e.localSet(this.left);
  }
  /** Makes the flags right for going to a block (or, undefined, out of the region). */
  #flagsFor(target: RegionBlock | undefined): void {
    if (FLAG_NAMES.every((f) => this.#flags[f] === undefined)) return;
    // Nothing changes before they are stored: registers keep what flags depend on.
    if (!target) this.#defer(~0, false);
    else if (target.liveIn !== 0) {
      // What is not set here is in memory already: this block needs it on entry as the target does.
      storeFlags(this, this.#flags, (t) => this.allocate(t));
      this.e.i32Const(0); this.e.localSet(this.deferred);
    } else if (target.keepsFlags) {
      // Registers that the target changes while the flags may still be asked for are copied, as all other values are.
      this.#defer(target.killsFlags ? ~target.earlyWrites : 0, target.loop !== undefined && target.loop === this.#block!.loop);
    }
  }
  /** Flags are stored where the region is left; registers of the mask `stays` keep until then what they depend on. */
  #defer(stays: number, inLoop: boolean): void {
    const id = this.deferrals.defer(this, this.#flags, stays, inLoop);
    this.e.i32Const(id); this.e.localSet(this.deferred);
  }
  /** A kept value without registers of `mask`: copied to a pinned local now. */
  #detach(k: Kept, mask: number): Kept {
    if (k.k === "gpr" && (mask >> k.gpr) & 1) {
      const local = this.allocate(k.wrap || !this.mode.code64 ? "i32" : "i64");
      pushKept(this.e, k);
      this.e.localSet(local);
      this.#pin(local);
      return { k: "local", local };
    }
    if (k.k === "operation") return { ...k, arguments: k.arguments.map((x) => this.#detach(x, mask)) };
    return k;
  }
  #edge(offset: number, count: number): void {
    const { e } = this, from = this.#block!, b = this.region.blockAt.get(offset);
    if (!b) {
      this.#flagsFor(undefined);
      this.#setLeft(count);
      this.#registers.store();
      this.#exitTo(offset);
      return;
    }
    const loop = b.heads?.members.has(from) ? b.heads : undefined;
    if (b.inherits) this.#inherited.set(b, { flags: this.#flags, registers: this.#registers.now });
    else this.#flagsFor(b);
    this.#setLeft(count);
    // Within a loop registers stay where they are.
    const stays = b.inherits || (b.loop !== undefined && b.loop === from.loop);
    if (!stays) this.#registers.store();
    const leave = (): void => {
      // Flags that the block has no use for are there where it is not reached.
      if (b.inherits || (b.liveIn === 0 && !b.keepsFlags)) this.#flagsFor(undefined);
      if (stays) this.#registers.store();
      this.#exitTo(offset);
    };
    if (offset >> 12 !== from.start >> 12) unlessSameCode(this, offset >> 12, leave);
    if (b.crosses) unlessSameCode(this, (offset >> 12) + 1, leave);
    if (!loop && b.index > from.index) { this.branch(this.frame!.blockDepth(b)); return; }
    // Backwards: goes on while the slice lasts.
    e.localGet(this.left); e.i32Const(this.region.instructionCount); e.op(OP["i32.gt_s"]);
    if (loop) this.branchIf(this.frame!.loopDepth(loop));
    else {
      this.open("if");
      e.i32Const(b.entry); e.localSet(this.next);
      this.branch(this.frame!.top);
      this.close();
    }
    leave();
  }
  #exitTo(offset: number): void {
    pushAddress(this, offset);
    this.e.localSet(this.rip);
    this.branch(this.frame!.leave);
  }
  /** Gives the current instruction back: nothing of it has happened. */
  #bail(): void {
    const { e } = this;
    if (FLAG_NAMES.some((f) => this.#flags[f] !== undefined)) this.#defer(~0, false);
    e.i32Const(this.#i!.offset); e.localSet(this.place);
    e.i32Const(this.#retired); e.localSet(this.count);
    if (this.#loop) { this.branch(this.#loop.bail); return; }
    this.#registers.store();
    this.branch(this.frame!.bail);
  }
  #bailOnEvent(): void {
    this.event();
    this.openHinted(0);
    this.#bail();
    this.close();
    this.#accesses.forget();
  }
  override afterCall(mayFault: boolean): void { if (mayFault) this.#bailOnEvent(); }

  /** Flags are written down where they are asked for: they do not make a node worth a local. */
  protected override usesOf(v: Value): number { return v.uses; }

  // ---- values ----
  override immediate(v: Value): void { this.#literal(v, immediateOf(this.#i!, v)); }
  #literal(v: Value, n: bigint): void {
    if (v.type === "i64") this.e.i64Const(BigInt.asIntN(64, n));
    else this.e.i32Const(Number(BigInt.asIntN(32, n)));
  }
  /** The value where it is known now: constants, immediates, fields that the region's entry has checked, and what follows from them. */
  #known(v: Value): bigint | undefined { return knownValue(this.#i!, v, this.#constants); }
  override value(v: Value): void {
    const local = this.localOf[v.id]!;
    if (local >= 0) {
      this.e.localGet(local);
      if (this.#narrow[v.id]) this.e.op(OP["i64.extend_i32_u"]);
      return;
    }
    const known = v.kind === KIND.constant ? undefined : this.#known(v);
    if (known !== undefined) { this.#literal(v, known); return; }
    super.value(v);
  }
  protected override pure(v: Value): void {
    if (v.kind === OP["i32.wrap_i64"]) { this.#low(v.a!); return; }
    if (v.kind === OP["i64.and"] || v.kind === OP["i32.and"] || v.kind === OP["i64.or"] || v.kind === OP["i32.or"]) {
      const isAnd = v.kind === OP["i64.and"] || v.kind === OP["i32.and"];
      for (const [x, y] of [[v.a!, v.b!], [v.b!, v.a!]] as const) {
        const k = this.#known(x);
        if (k === undefined) continue;
        const ones = BigInt.asIntN(64, k) === -1n;
        if (isAnd && k === 0n) { this.#literal(v, 0n); return; }
        if (isAnd ? ones : k === 0n) { this.value(y); return; }
      }
    }
    super.pure(v);
  }
  /** Pushes the low 32 bits of a 64-bit value. */
  #low(v: Value): void {
    const { e } = this;
    const local = this.localOf[v.id]!;
    if (local >= 0) {
      e.localGet(local);
      if (!this.#narrow[v.id]) e.op(OP["i32.wrap_i64"]);
      return;
    }
    const known = this.#known(v);
    if (known !== undefined) { e.i32Const(Number(BigInt.asIntN(32, known))); return; }
    if (v.kind === OP["i64.extend_i32_u"] || v.kind === OP["i64.extend_i32_s"]) { this.value(v.a!); return; }
    const narrow: { readonly [k: number]: number } = {
      [OP["i64.add"]]: OP["i32.add"], [OP["i64.sub"]]: OP["i32.sub"], [OP["i64.and"]]: OP["i32.and"], [OP["i64.or"]]: OP["i32.or"], [OP["i64.xor"]]: OP["i32.xor"], [OP["i64.mul"]]: OP["i32.mul"],
    };
    const op = narrow[v.kind];
    if (op !== undefined) {
      if (v.kind === OP["i64.and"]) {
        // A mask of the low half is nothing here.
        for (const [x, y] of [[v.a!, v.b!], [v.b!, v.a!]] as const) {
          const k = this.#known(x);
          if (k !== undefined && BigInt.asIntN(32, k) === -1n) { this.#low(y); return; }
        }
      }
      this.#low(v.a!);
      this.#low(v.b!);
      e.op(op);
      return;
    }
    super.value(v);
    e.op(OP["i32.wrap_i64"]);
  }
  /** A 64-bit node whose upper half is zero: kept in an i32 local in 32-bit code. */
  #isNarrow(v: Value): boolean {
    if (this.mode.code64 || v.type !== "i64") return false;
    if (v.kind === OP["i64.extend_i32_u"]) return true;
    if (v.kind !== OP["i64.and"]) return false;
    for (const x of [v.a!, v.b!]) {
      const k = this.#known(x);
      if (k !== undefined && BigInt.asUintN(64, k) <= 0xffff_ffffn) return true;
    }
    return false;
  }
  #defineNarrow(to: Value): void {
    const index = this.allocate("i32");
    this.e.localSet(index);
    this.localOf[to.id] = index;
    this.#narrow[to.id] = 1;
  }
  override statement(s: Statement): void {
    if (s.s === "node") {
      if (this.usesOf(s.value) > 1 && this.localOf[s.value.id]! < 0 && this.#known(s.value) === undefined && this.#isNarrow(s.value)) {
        this.#low(s.value);
        this.#defineNarrow(s.value);
        return;
      }
      if (this.#known(s.value) !== undefined) return;
    } else if (s.s === "if") {
      const k = this.#known(s.condition);
      if (k !== undefined) { this.#branchOf(k === 0n ? s.else : s.then); return; }
      if (endsInEscape(s.then) || endsInEscape(s.else)) { this.#unlessEscape(s); return; }
      if (this.#i!.flagsDead && onlyFlags(s.then) && onlyFlags(s.else)) return;
      this.#detachFlags(this.#gprsSet(s.then) | this.#gprsSet(s.else));
      if (!this.#i!.flagsDead && (setsFlags(s.then) || setsFlags(s.else))) {
        // Flags that depend on a condition go through memory.
        this.#storeNow();
        this.#conditional++;
        super.statement(s);
        this.#conditional--;
        return;
      }
    } else if (s.s === "call" && this.#i!.flagsDead && callsForFlags(this.#i!.built.statements).has(s)) {
      return;
    } else if (s.s === "loop" && !this.#i!.flagsDead && setsFlags(s.body)) {
      this.#storeNow();
      this.#conditional++;
      super.statement(s);
      this.#conditional--;
      return;
    } else if (s.s === "stateLoad" && !s.index) {
      const k = this.#stateConstant(s.offset);
      if (k !== undefined) { this.#constants.set(s.to.id, k); return; }
    }
    if (s.s === "loop") this.#detachFlags(this.#gprsSet(s.body));
    super.statement(s);
  }
  #branchOf(list: readonly Statement[]): void { if (endsInEscape(list)) this.#bail(); else this.statements(list); }
  /** A system operation is the interpreter's: the region gives the instruction back where it comes to that. */
  #unlessEscape(s: StatementOf<"if">): void {
    this.value(s.condition);
    if (!endsInEscape(s.then)) this.e.op(OP["i32.eqz"]);
    this.openHinted(0);
    this.#bail();
    this.close();
    this.#branchOf(endsInEscape(s.then) ? s.else : s.then);
  }
  /** What a branch learns of values in registers holds in it alone; what it overwrites is gone in any case. */
  protected override branched(write: () => void): void {
    const before = new Map(this.#inGpr);
    write();
    for (const [id, held] of before) if (this.#inGpr.get(id) !== held) before.delete(id);
    this.#inGpr = before;
  }
  #gprsSet(list: readonly Statement[]): number { return gprsSet(list, (ref) => gprOf(this.#i!, ref).n); }
  /** Moves flags that are kept in registers of `mask` out of them. */
  #detachFlags(mask: number): void {
    if (registersOf(this.#flags) & mask) this.#flags = mapKept(this.#flags, (k) => this.#detach(k, mask), false);
  }
  #stateConstant(offset: number): bigint | undefined {
    if (offset === STATE.slowStack.offset || offset === STATE.slowCode.offset) return 0n;
    if (offset === STATE.linearMask.offset) return this.mode.code64 ? -1n : 0xffff_ffffn;
    if (offset === STATE.stackMask.offset) return this.mode.stackMask;
    return undefined;
  }
  #storeNow(): void {
    // Deferred by a predecessor: such blocks are partial, so it was stored.
    if (FLAG_NAMES.every((f) => this.#flags[f] === undefined)) return;
    storeFlags(this, this.#flags, (t) => this.allocate(t));
    this.e.i32Const(0); this.e.localSet(this.deferred);
    this.#flags = IN_MEMORY;
  }

  // ---- flags ----
  #keep(v: Value, depth = 0): Kept {
    const k = this.#known(v);
    if (k !== undefined) return { k: "constant", value: k, type: v.type };
    const held = this.#inGpr.get(v.id);
    if (held) return { k: "gpr", gpr: held.gpr, local: this.#registers.gpr(held.gpr), wrap: held.wrap };
    const known = this.localOf[v.id]!;
    if (known >= 0 && !this.#narrow[v.id]) { this.#pin(known); return { k: "local", local: known }; }
    // A small operation on kept values is written again where it is asked for.
    if (v.kind >= 0 && v.a && !v.c && v.imm === undefined && depth < 4 && known < 0) {
      return { k: "operation", op: v.kind, arguments: v.b ? [this.#keep(v.a, depth + 1), this.#keep(v.b, depth + 1)] : [this.#keep(v.a, depth + 1)] };
    }
    const index = this.allocate(v.type);
    this.value(v);
    this.e.localSet(index);
    this.#pin(index);
    return { k: "local", local: index };
  }
  #pin(local: number): void { this.#pinned.add(local); }
  override releaseAll(): void { super.releaseAll(this.#pinned); }

  #setFlags(source: FlagSource): void {
    const kept: KeptSource = {
      kind: source.kind, bits: source.bits,
      plain: (source.kind === "sub" || source.kind === "add") && !source.keepCarry && isPlain(source),
      a: "a" in source ? this.#keep(source.a) : undefined,
      b: "b" in source ? this.#keep(source.b) : undefined,
      result: source.result && this.#keep(source.result),
      flags: source.kind === "explicit" ? Object.fromEntries(Object.entries(source.flags).map(([f, v]) => [f, this.#keep(v)])) : {},
    };
    const written = flagsWritten(source);
    const map = { ...this.#flags } as { [F in FlagName]: KeptSource | undefined };
    for (const f of FLAG_NAMES) if (written & FLAG_BIT[f]) map[f] = kept;
    if (this.#conditional) {
      storeFlags(this, map, (t) => this.allocate(t));
      return;
    }
    this.#flags = map;
  }

  // ---- machine ----
  #getGpr(s: StatementOf<"getGpr">): void {
    const { e } = this;
    const { n, high } = gprOf(this.#i!, s.ref);
    if (s.bits === 64 ? this.mode.code64 : s.bits === 32) this.#inGpr.set(s.to.id, { gpr: n, wrap: s.bits === 32 && this.mode.code64 });
    e.localGet(this.#registers.gpr(n));
    if (s.bits === 64) {
      if (this.mode.code64) this.define(s.to); else this.#defineNarrow(s.to);
      return;
    }
    if (this.mode.code64) e.op(OP["i32.wrap_i64"]);
    if (s.bits < 32) {
      // The field's own width decides: a high byte is one only where eight bits are asked for.
      if (high && s.bits === 8) { e.i32Const(8); e.op(OP["i32.shr_u"]); }
      e.i32Const(s.bits === 8 ? 0xff : 0xffff);
      e.op(OP["i32.and"]);
    }
    this.define(s.to);
  }
  #setGpr(s: StatementOf<"setGpr">): void {
    const { e } = this;
    const { n, high } = gprOf(this.#i!, s.ref);
    const local = this.#registers.gpr(n);
    this.#registers.wroteGpr(n);
    const wide = this.mode.code64;
    // Flags that were kept in this register move out of it.
    this.#detachFlags(1 << n);
    for (const [id, held] of this.#inGpr) if (held.gpr === n) this.#inGpr.delete(id);
    if (s.bits === 64 ? wide : s.bits === 32) this.#inGpr.set(s.value.id, { gpr: n, wrap: s.bits === 32 && wide });
    if (s.bits === 64) { if (wide) this.value(s.value); else this.#low(s.value); e.localSet(local); return; }
    if (s.bits === 32) { this.value(s.value); if (wide) e.op(OP["i64.extend_i32_u"]); e.localSet(local); return; }
    const shift = high ? 8 : 0;
    const mask = (s.bits === 8 ? 0xff : 0xffff) << shift;
    e.localGet(local);
    if (wide) { e.i64ConstNumber(-1 - mask); e.op(OP["i64.and"]); } else { e.i32Const(~mask); e.op(OP["i32.and"]); }
    this.value(s.value);
    if (shift) { e.i32Const(shift); e.op(OP["i32.shl"]); }
    if (wide) { e.op(OP["i64.extend_i32_u"]); e.op(OP["i64.or"]); } else e.op(OP["i32.or"]);
    e.localSet(local);
  }
  override machine(s: Statement): void {
    const { e } = this;
    switch (s.s) {
      case "getGpr": this.#getGpr(s); break;
      case "setGpr": this.#setGpr(s); break;
      case "getVector": {
        e.localGet(this.#registers.vector(vectorOf(this.#i!, s.ref)));
        if (s.to.type === "i32") e.lane(OP["i32x4.extract_lane"], 0);
        else if (s.to.type === "i64") e.lane(OP["i64x2.extract_lane"], 0);
        else if (s.to.type === "f32") e.lane(OP["f32x4.extract_lane"], 0);
        else if (s.to.type === "f64") e.lane(OP["f64x2.extract_lane"], 0);
        this.define(s.to);
        break;
      }
      case "setVector": {
        const n = vectorOf(this.#i!, s.ref), local = this.#registers.vector(n);
        this.#registers.wroteVector(n);
        if (s.value.type !== "v128") e.localGet(local);
        this.value(s.value);
        if (s.value.type === "i32") e.lane(s.value.bits === 8 ? OP["i8x16.replace_lane"] : s.value.bits === 16 ? OP["i16x8.replace_lane"] : OP["i32x4.replace_lane"], 0);
        else if (s.value.type === "i64") e.lane(OP["i64x2.replace_lane"], 0);
        else if (s.value.type === "f32") e.lane(OP["f32x4.replace_lane"], 0);
        else if (s.value.type === "f64") e.lane(OP["f64x2.replace_lane"], 0);
        e.localSet(local);
        break;
      }
      case "getFlag": pushFlag(this, this.#flags, s.flag); this.define(s.to); break;
      case "condition": pushCondition(this, this.#flags, s.code as number); this.define(s.to); break;
      case "flags": if (!this.#i!.flagsDead) this.#setFlags(s.source); break;
      case "effectiveAddress": pushEffectiveAddress(this, this.#i!, this.#registers); this.#defineWide(s.to); break;
      case "operandAddress": this.#operandAddress(s); break;
      case "segmentAddress": this.#segmentAddress(s); break;
      case "load":
        this.#host(s);
        e.memory(LOADS[s.to.type]![s.size]!, 0);
        this.define(s.to);
        break;
      case "store": {
        this.#host(s);
        this.value(s.value);
        e.memory(STORES[s.value.type]![s.size]!, 0);
        break;
      }
      case "loadForStore": {
        const host = this.allocate("i32");
        this.#tokens.set(s.token, host);
        this.#host(s);
        e.localTee(host);
        e.memory(LOADS[s.to.type]![s.size]!, 0);
        this.define(s.to);
        break;
      }
      case "storeBack":
        e.localGet(this.#tokens.get(s.token)!);
        this.value(s.value);
        e.memory(STORES[s.value.type]![s.size]!, 0);
        break;
      case "probe":
        e.localGet(S);
        this.value(s.address);
        if (typeof s.size === "number") e.i32Const(s.size); else this.value(s.size);
        e.i32Const(this.#stack(s.address) ? INFO.stack : 0);
        e.i32Const(s.access === "write" ? 1 : 0);
        e.call(this.functions.routine(probe));
        this.#bailOnEvent();
        break;
      case "raise":
        storeException(this, s.vector, s.code && (() => this.value(s.code!)));
        this.#bail();
        break;
      case "nextIp": case "instructionIp":
        pushAddress(this, this.#i!.offset + (s.s === "nextIp" ? this.#i!.length : 0));
        this.define(s.to);
        break;
      case "jumpRelative":
        this.#edge(this.#i!.offset + this.#i!.length + this.#i!.immediate, this.#retired + 1);
        break;
      case "jump": this.#computed(s.target); break;
      case "transfer": this.#transfer(s.target); break;
      case "budget": e.localGet(this.left); e.i32Const(this.#retired); e.op(OP["i32.sub"]); this.define(s.to); break;
      default: throw new Error(`statement ${s.s} in a region`);
    }
  }
  #transfer(target: Value): void {
    this.value(target);
    this.e.localSet(this.rip);
    this.#flagsFor(undefined);
    this.#setLeft(this.#retired + 1);
    this.#registers.store();
    this.branch(this.frame!.leave);
  }
  #computed(target: Value): void {
    const { e } = this;
    const t = this.allocate("i64");
    this.value(target);
    e.localSet(t);
    // No block that the table leads to needs them in memory.
    if (FLAG_NAMES.some((f) => this.#flags[f] !== undefined)) this.#defer(0, false);
    this.#setLeft(this.#retired + 1);
    this.#registers.store();
    const { address, jumpMask, distances } = this.tables!, entry = this.allocate("i32"), offset = this.allocate("i64");
    e.localGet(t); e.localGet(this.page); e.op(OP["i64.sub"]); e.localTee(offset);
    e.localGet(offset); e.op(OP["i32.wrap_i64"]); e.i32Const(jumpMask); e.op(OP["i32.and"]); e.i32Const(4); e.op(OP["i32.shl"]); e.localTee(entry);
    e.memory(OP["i64.load32_s"], address + JUMP_ENTRY.offset); e.op(OP["i64.eq"]);
    e.localGet(entry); e.memory(OP["i32.load"], address + JUMP_ENTRY.block); e.localTee(this.next); e.i32Const(0); e.op(OP["i32.ne"]);
    e.op(OP["i32.and"]);
    e.localGet(this.left); e.i32Const(this.region.instructionCount); e.op(OP["i32.gt_s"]);
    e.op(OP["i32.and"]);
    this.open("if");
    if (distances !== undefined) {
      const bit = this.allocate("i32");
      e.localGet(this.checked); e.localGet(entry); e.memory(OP["i32.load"], address + JUMP_ENTRY.page); e.localTee(bit); e.op(OP["i32.and"]); e.op(OP["i32.eqz"]);
      this.openHinted(0);
      pushSameCode(this, t, () => { e.localGet(entry); e.memory(OP["i32.load"], address + JUMP_ENTRY.descriptor); });
      e.op(OP["i32.eqz"]);
      this.open("if");
      e.localGet(t); e.localSet(this.rip);
      this.branch(this.frame!.leave);
      this.close();
      e.localGet(this.checked); e.localGet(bit); e.op(OP["i32.or"]); e.localSet(this.checked);
      this.close();
    }
    e.localGet(this.next); e.i32Const(1); e.op(OP["i32.sub"]); e.localSet(this.next);
    this.branch(this.frame!.top);
    this.close();
    e.localGet(t); e.localSet(this.rip);
    this.branch(this.frame!.leave);
  }

  // ---- addresses ----
  #defineWide(to: Value): void { if (this.mode.code64) this.define(to); else this.#defineNarrow(to); }
  #operandAddress(s: StatementOf<"operandAddress">): void {
    const i = this.#i!;
    if (i.segment === 2) this.#stackOrigin.add(s.to.id);
    pushEffectiveAddress(this, this.#i!, this.#registers);
    if (i.segment < 4) { this.#defineWide(s.to); return; }
    this.#based(i.segment, s.size, s.access === "write");
    this.define(s.to);
  }
  /** From an offset in FS or GS on the stack to a linear address (64 bits) on the stack. */
  #based(segment: number, size: number, write: boolean): void {
    const { e } = this;
    const t = this.allocate("i64");
    if (!this.mode.code64) e.op(OP["i64.extend_i32_u"]);
    e.localSet(t);
    const record = fixedRecord(e, segment);
    if (this.mode.code64) { pushBased(e, record, t, false); return; }
    pushCommonCase(e, record, t, () => e.i64ConstNumber(size - 1));
    this.open("if", "i64");
    pushBased(e, record, t, true);
    e.else();
    e.localGet(S); e.i32Const(segment); e.localGet(t); e.i32Const(size | (write ? 1 << 16 : 0));
    e.call(this.functions.routine(segmentLinear));
    this.#bailOnEvent();
    this.close();
  }
  #segmentAddress(s: StatementOf<"segmentAddress">): void {
    const segment = s.segment === "operand" ? this.#i!.segment : s.segment;
    if (segment === 2) this.#stackOrigin.add(s.to.id);
    // Offsets of the operand's segment wrap to the address size.
    const i = this.#i!, wraps = s.segment === "operand" && i.addressSize !== (this.mode.code64 ? 2 : 1), limit = this.mode.code64 ? 0xffff_ffff : 0xffff;
    if (segment >= 4) {
      this.value(s.offset);
      if (wraps) { this.e.i64ConstNumber(limit); this.e.op(OP["i64.and"]); }
      if (!this.mode.code64) this.e.op(OP["i32.wrap_i64"]);
      this.#based(segment, s.size, s.access === "write");
      this.define(s.to);
      return;
    }
    if (this.mode.code64) {
      this.value(s.offset);
      if (wraps) { this.e.i64ConstNumber(limit); this.e.op(OP["i64.and"]); }
      this.define(s.to);
    } else {
      this.#low(s.offset);
      if (wraps) { this.e.i32Const(limit); this.e.op(OP["i32.and"]); }
      this.#defineNarrow(s.to);
    }
  }
  #stack(v: Value): boolean {
    return this.#stackOrigin.has(v.id) || (v.a !== undefined && this.#stack(v.a)) || (v.b !== undefined && this.#stack(v.b));
  }
  /** Pushes the host address of an access. */
  #host(s: StatementOf<"load" | "store" | "loadForStore">): void {
    const { address } = s;
    let la = this.localOf[address.id]!;
    if (la < 0 || (!this.mode.code64 && !this.#narrow[address.id])) {
      la = this.allocate(this.wide);
      if (this.mode.code64) this.value(address); else this.#low(address);
      this.e.localSet(la);
    }
    this.#accesses.host({ la, size: s.size, write: s.s !== "load", stack: this.#stack(address), grouped: this.#groups.get(this.#i!)?.get(s), site: this.#sites.get(this.#i!)?.get(s) });
  }
}
