import { assemble, CpuModel, PlainMemory, Vcpu, type VcpuOptions } from "../../src/index.ts";
import type { VcpuState } from "../../src/index.ts";

/** Where things lie: identity-mapped below 2 MiB but for the page at ABSENT. */
export const AT = { tables: 0x1000, gdt: 0x8000, idt: 0x9000, tss: 0xa000, code: 0x1_0000, stack: 0x2_0000, data: 0x3_0000, absent: 0x5_0000 } as const;
/** Selectors: flat code of 64 and 32 bits, data, a data segment that is not present, user code and data, TSS. */
export const SEL = { code64: 0x08, data: 0x10, code32: 0x18, absent: 0x20, userCode: 0x2b, userData: 0x33, tss: 0x38, userCode32: 0x4b } as const;

export type Mode = 32 | 64;

/** A vCPU placed by hand in a flat mode with paging, at one program of assembly text. */
export class BareVcpu {
  readonly memory: PlainMemory = new PlainMemory(2);
  readonly vcpu: Vcpu;
  readonly mode: Mode;

  constructor(mode: Mode, options: Partial<VcpuOptions> = {}) {
    this.mode = mode;
    this.vcpu = new Vcpu({ model: CpuModel.max, memory: this.memory, ...options });
    const m = this.memory;
    const descriptors = [0n, 0x00af_9b00_0000_ffffn, 0x00cf_9300_0000_ffffn, 0x00cf_9b00_0000_ffffn, 0x00cf_1300_0000_ffffn, 0x00af_fb00_0000_ffffn, 0x00cf_f300_0000_ffffn,
      0x0000_8900_a000_2100n, 0n, 0x00cf_fb00_0000_ffffn];
    descriptors.forEach((d, i) => m.writeBig(AT.gdt + i * 8, d));
    m.writeNumber(AT.tss + 0x66, 2, 0x68);
    // 4 KiB pages with user rights; four-level and PAE tables share the last two levels.
    m.writeBig(AT.tables, BigInt(AT.tables + 0x1007));
    m.writeBig(AT.tables + 0x1000, BigInt(AT.tables + 0x2000 + (mode === 64 ? 7 : 1)));
    m.writeBig(AT.tables + 0x2000, BigInt(AT.tables + 0x3007));
    for (let page = 0; page < 512; page++) m.writeBig(AT.tables + 0x3000 + page * 8, page * 4096 === AT.absent ? 0n : BigInt(page * 4096 + 7));
    const state = this.vcpu.save();
    const flat = (selector: number, attributes: number): VcpuState["segments"][number] => ({ selector, base: 0n, limit: 0xffff_ffff, attributes });
    this.vcpu.restore({
      ...state,
      registers: {
        ...state.registers, cr0: 0x8005_0033n, cr3: BigInt(mode === 64 ? AT.tables : AT.tables + 0x1000), cr4: 0x5_06a0n, efer: mode === 64 ? 0xd01n : 0x801n, xcr0: 3n,
        gdtrBase: BigInt(AT.gdt), gdtrLimit: 0x4fn, idtrBase: BigInt(AT.idt), idtrLimit: 0xfffn, fcw: 0x37fn, ftw: 0n,
      },
      pdptes: [BigInt(AT.tables + 0x2001), 0n, 0n, 0n],
      segments: [
        flat(SEL.data, 0xc093), mode === 64 ? flat(SEL.code64, 0xa09b) : flat(SEL.code32, 0xc09b), flat(SEL.data, 0xc093), flat(SEL.data, 0xc093), flat(SEL.data, 0xc093), flat(SEL.data, 0xc093),
        { selector: 0, base: 0n, limit: 0, attributes: 0x1_0000 }, { selector: SEL.tss, base: BigInt(AT.tss), limit: 0x2100, attributes: 0x8b },
      ],
      rip: BigInt(AT.code), cpl: 0, flags: 2,
      gpr: state.gpr.map((_, i) => (i === 4 ? BigInt(AT.stack) : 0n)),
    });
  }
  /** Puts a program at the code address and sets registers by name: general registers, "flags", or a field of `registers`. */
  load(text: string, registers: { readonly [name: string]: bigint | number } = {}): void {
    const { bytes } = assemble(text, { bits: this.mode, origin: AT.code });
    this.memory.write(AT.code, bytes);
    this.vcpu.dropCaches();
    this.set({ rip: AT.code, ...registers });
  }
  set(values: { readonly [name: string]: bigint | number }): void {
    const state = this.vcpu.save(), gpr = [...state.gpr], registers: { [name: string]: bigint } = { ...state.registers };
    let { rip, flags, cpl } = state;
    for (const [name, value] of Object.entries(values)) {
      const n = GPR.indexOf(name);
      if (n >= 0) gpr[n] = BigInt.asUintN(64, BigInt(value));
      else if (name === "rip") rip = BigInt(value);
      else if (name === "flags") flags = Number(value);
      else if (name === "cpl") cpl = Number(value);
      else if (name in registers) registers[name] = BigInt(value);
      else throw new Error(`no register ${name}`);
    }
    this.vcpu.restore({ ...state, gpr, registers, rip, flags, cpl });
  }
  /** Goes on at CPL 3 with flat user segments. */
  toUser(): void {
    const state = this.vcpu.save(), data = { selector: SEL.userData, base: 0n, limit: 0xffff_ffff, attributes: 0xc0f3 };
    const code = this.mode === 64 ? { ...data, selector: SEL.userCode, attributes: 0xa0fb } : { ...data, selector: SEL.userCode32, attributes: 0xc0fb };
    this.vcpu.restore({ ...state, cpl: 3, segments: [data, code, data, data, data, data, ...state.segments.slice(6)] });
  }
  gpr(name: string): bigint { return this.vcpu.save().gpr[GPR.indexOf(name)]!; }
  register(name: string): bigint { return this.vcpu.save().registers[name]!; }
}
const GPR = ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"];
