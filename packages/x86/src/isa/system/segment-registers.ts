import { CONTEXT } from "../../mmu/tlb.ts";
import type { Bits } from "../../ir/value.ts";
import { segmentField, STATE } from "../../state/state.ts";
import { GP, UD, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { peek, push } from "../integer/stack.ts";

const CR4_UMIP = 1n << 11n, CR4_FSGSBASE = 1n << 16n, CR4_SMAP = 1n << 21n, EFLAGS_AC = 1 << 18;
const LDTR = 6, TR = 7;
/** STATE.context bit of accesses with EFLAGS.AC set: see system/derive-mode.ts. */
const CONTEXT_ACCESSIBLE = BigInt(CONTEXT.accessible);

/** The selector in a segment register given by number (0 to 7). */
function selectorOf(m: InstructionBuilder, number: number): ReturnType<InstructionBuilder["state"]> { return m.state(segmentField(number, "selector")).trunc(16); }

/** MOV from and to segment registers. SDM vol. 2B, "MOV—Move". Numbers 6 and 7 are #UD, and so is a load of CS. */
export const MOV_SEGMENT: Instruction = instruction("MOV", {
  forms: ["8C /r  MOV rv/m16, Sreg", "8E /r  MOV Sreg, r/m16"],
  title: "MOV—Move",
  execute(m, dst, src) {
    const segment = dst!.spec.kind === "segment" ? dst! : src!, n = m.registerNumber(segment);
    if (segment === dst) {
      m.raiseIf(n.eq(1).or(n.gtU(5)), UD);
      m.escape("moveSegment", n, m.read(src!).zext(32));
      return;
    }
    m.raiseIf(n.gtU(5), UD);
    const selector = m.state(segmentField(0, "selector"), n.mul(32));
    if (dst!.isMemory) m.write(dst!, selector.trunc(16));
    else m.write(dst!, selector.and(0xffff).fit(m.bits));
  },
});

/** PUSH of a segment register. SDM vol. 2B, "PUSH—Push Word, Doubleword, or Quadword Onto the Stack". */
export const PUSH_SEGMENT: Instruction = instruction("PUSH", {
  forms: ["06  PUSH ES  i64 d64", "0E  PUSH CS  i64 d64", "16  PUSH SS  i64 d64", "1E  PUSH DS  i64 d64", "0F A0  PUSH FS  d64", "0F A8  PUSH GS  d64"],
  title: "PUSH—Push Word, Doubleword, or Quadword Onto the Stack",
  execute(m, src) { push(m, selectorOf(m, src!.spec.number).fit(m.bits)); },
});

/** POP into a segment register. SDM vol. 2B, "POP—Pop a Value From the Stack". */
export const POP_SEGMENT: Instruction = instruction("POP", {
  forms: ["07  POP ES  i64 d64", "17  POP SS  i64 d64", "1F  POP DS  i64 d64", "0F A1  POP FS  d64", "0F A9  POP GS  d64"],
  title: "POP—Pop a Value From the Stack",
  execute(m, dst) { m.escape("popSegment", m.i32(dst!.spec.number), peek(m, m.bits).trunc(16).zext(32), m.i32(m.bits / 8)); },
});

/** Offsets have at most 32 bits, with REX.W too: zero-extended, as AMD processors do it. */
function loadPointer(name: string, form: string, segment: number): Instruction {
  return instruction(name, {
    forms: [form],
    title: "LDS/LES/LFS/LGS/LSS—Load Far Pointer",
    execute(m, dst, src) {
      const { selector, offset } = m.farPointer(src!);
      m.escape("loadPointer", m.i32(segment), selector.zext(32), offset, m.registerNumber(dst!), m.i32(m.bits));
    },
  });
}
/** LES — Load ES and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LES: Instruction = loadPointer("LES", "C4 /r  LES rv, m16:z  i64", 0);
/** LDS — Load DS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LDS: Instruction = loadPointer("LDS", "C5 /r  LDS rv, m16:z  i64", 3);
/** LSS — Load SS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LSS: Instruction = loadPointer("LSS", "0F B2 /r  LSS rv, m16:z", 2);
/** LFS — Load FS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LFS: Instruction = loadPointer("LFS", "0F B4 /r  LFS rv, m16:z", 4);
/** LGS — Load GS and a register. SDM vol. 2A, "LDS/LES/LFS/LGS/LSS—Load Far Pointer". */
export const LGS: Instruction = loadPointer("LGS", "0F B5 /r  LGS rv, m16:z", 5);

function examine(name: "LAR" | "LSL", opcode: string, callOut: "lar" | "lsl", title: string): Instruction {
  return instruction(name, {
    forms: [`0F ${opcode} /r  ${name} rv, rv/m16`],
    title,
    protectedOnly: true,
    intercept: name,
    execute(m, dst, src) {
      const selector = src!.isMemory ? m.read(src!) : m.readRegister(src!, 16);
      const found = m.callOut(callOut, "i64", selector.zext(32));
      const valid = found.geS(0n);
      m.if(valid, () => m.write(dst!, found.fit(m.bits)));
      m.flags({ Z: valid });
    },
  });
}
/** LAR — Access rights of a segment. SDM vol. 2A, "LAR—Load Access Rights Byte". */
export const LAR: Instruction = examine("LAR", "02", "lar", "LAR—Load Access Rights Byte");
/** LSL — Limit of a segment. SDM vol. 2A, "LSL—Load Segment Limit". */
export const LSL: Instruction = examine("LSL", "03", "lsl", "LSL—Load Segment Limit");

function verify(name: "VERR" | "VERW", digit: number, write: number): Instruction {
  return instruction(name, {
    forms: [`0F 00 /${digit}  ${name} r/m16`],
    title: "VERR/VERW—Verify a Segment for Reading or Writing",
    protectedOnly: true,
    intercept: name,
    execute(m, src) { m.flags({ Z: m.callOut("verify", "i32", m.read(src!).zext(32), m.i32(write)) }); },
  });
}
/** VERR — Whether a segment may be read. SDM vol. 2C, "VERR/VERW—Verify a Segment for Reading or Writing". */
export const VERR: Instruction = verify("VERR", 4, 0);
/** VERW — Whether a segment may be written. SDM vol. 2C, "VERR/VERW—Verify a Segment for Reading or Writing". */
export const VERW: Instruction = verify("VERW", 5, 1);

/** ARPL — Raise the RPL of a selector to that of another. SDM vol. 2A, "ARPL—Adjust RPL Field of Segment Selector". */
export const ARPL: Instruction = instruction("ARPL", {
  forms: ["63 /r  ARPL r/m16, r16  i64"],
  title: "ARPL—Adjust RPL Field of Segment Selector",
  protectedOnly: true,
  execute(m, dst, src) {
    // Memory is read first and written only where the RPL changes: a fault of the read is a read's.
    const at = dst!.isMemory ? m.address(dst!, 2, "read") : undefined, selector = at ? m.load(at, 16) : m.read(dst!);
    const rpl = m.read(src!).and(3), below = selector.and(3).ltU(rpl), raised = selector.and(0xfffc).or(rpl);
    m.if(below, () => { if (at) m.store(at, raised); else m.write(dst!, raised); });
    m.flags({ Z: below });
  },
});

/** With CR4.UMIP the stores of system registers are #GP(0) above CPL 0. */
function checkUmip(m: InstructionBuilder): void { m.if(m.state(STATE.cr4).and(CR4_UMIP).nez(), () => m.raiseIf(m.state(STATE.cpl).nez(), GP, 0)); }

function storeSelector(name: string, digit: number, register: number, title: string): Instruction {
  return instruction(name, {
    forms: [`0F 00 /${digit}  ${name} rv/m16`],
    title,
    protectedOnly: true,
    checks: checkUmip,
    intercept: register === LDTR ? "LDTR_READ" : "TR_READ",
    execute(m, dst) {
      const selector = selectorOf(m, register);
      m.write(dst!, dst!.isMemory ? selector : selector.fit(m.bits));
    },
  });
}
/** SLDT — Store LDTR's selector. SDM vol. 2B, "SLDT—Store Local Descriptor Table Register". */
export const SLDT: Instruction = storeSelector("SLDT", 0, LDTR, "SLDT—Store Local Descriptor Table Register");
/** STR — Store TR's selector. SDM vol. 2B, "STR—Store Task Register". */
export const STR: Instruction = storeSelector("STR", 1, TR, "STR—Store Task Register");

function loadSelector(name: string, digit: number, operation: string, title: string): Instruction {
  return instruction(name, {
    forms: [`0F 00 /${digit}  ${name} r/m16`],
    title,
    protectedOnly: true,
    privileged: true,
    intercept: operation === "lldt" ? "LDTR_WRITE" : "TR_WRITE",
    execute(m, src) { m.escape(operation, m.read(src!).zext(32)); },
  });
}
/** LLDT — Load LDTR. SDM vol. 2A, "LLDT—Load Local Descriptor Table Register". */
export const LLDT: Instruction = loadSelector("LLDT", 2, "lldt", "LLDT—Load Local Descriptor Table Register");
/** LTR — Load TR. SDM vol. 2A, "LTR—Load Task Register". */
export const LTR: Instruction = loadSelector("LTR", 3, "ltr", "LTR—Load Task Register");

function storeTable(name: string, digit: number, limit: "gdtrLimit" | "idtrLimit", base: "gdtrBase" | "idtrBase", title: string): Instruction {
  return instruction(name, {
    forms: [`0F 01 /${digit}  ${name} m  f64`],
    title,
    checks: checkUmip,
    intercept: limit === "gdtrLimit" ? "GDTR_READ" : "IDTR_READ",
    execute(m, dst) {
      // The base has 8 bytes in 64-bit code.
      const bytes = m.bits === 64 ? 8 : 4, address = m.address(dst!, bytes + 2, "write");
      m.probe(address, bytes + 2, "write");
      m.store(address, m.state(STATE[limit]).trunc(16));
      m.store(address.add(2), m.state(STATE[base]).fit((bytes * 8) as Bits));
    },
  });
}
/** SGDT — Store GDTR. SDM vol. 2B, "SGDT—Store Global Descriptor Table Register". */
export const SGDT: Instruction = storeTable("SGDT", 0, "gdtrLimit", "gdtrBase", "SGDT—Store Global Descriptor Table Register");
/** SIDT — Store IDTR. SDM vol. 2B, "SIDT—Store Interrupt Descriptor Table Register". */
export const SIDT: Instruction = storeTable("SIDT", 1, "idtrLimit", "idtrBase", "SIDT—Store Interrupt Descriptor Table Register");

function loadTable(name: string, digit: number, limit: "gdtrLimit" | "idtrLimit", base: "gdtrBase" | "idtrBase"): Instruction {
  return instruction(name, {
    forms: [`0F 01 /${digit}  ${name} m  f64`],
    title: "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register",
    privileged: true,
    intercept: limit === "gdtrLimit" ? "GDTR_WRITE" : "IDTR_WRITE",
    execute(m, src) {
      // A 16-bit operand size ignores the top byte of the base.
      const bits = m.bits, address = m.address(src!, bits === 64 ? 10 : 6, "read");
      const newLimit = m.load(address, 16).zext(32), value = m.load(address.add(2), bits === 64 ? 64 : 32).zext(64);
      if (bits === 64) m.raiseIf(value.shl(16).shrS(16).ne(value), GP, 0);
      m.setState(STATE[limit], newLimit);
      m.setState(STATE[base], bits === 16 ? value.and(0xff_ffffn) : value);
    },
  });
}
/** LGDT — Load GDTR. SDM vol. 2A, "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register". */
export const LGDT: Instruction = loadTable("LGDT", 2, "gdtrLimit", "gdtrBase");
/** LIDT — Load IDTR. SDM vol. 2A, "LGDT/LIDT—Load Global/Interrupt Descriptor Table Register". */
export const LIDT: Instruction = loadTable("LIDT", 3, "idtrLimit", "idtrBase");

/** SWAPGS — Exchange GS's base with KernelGSbase. SDM vol. 2B, "SWAPGS—Swap GS Base Register". */
export const SWAPGS: Instruction = instruction("SWAPGS", {
  forms: ["0F 01 F8  SWAPGS  o64"],
  title: "SWAPGS—Swap GS Base Register",
  privileged: true,
  intercept: "SWAPGS",
  execute(m) {
    const base = m.state(segmentField(5, "base"));
    m.setState(segmentField(5, "base"), m.state(STATE.kernelGsBase));
    m.setState(STATE.kernelGsBase, base);
  },
});

function checkFsgsbase(m: InstructionBuilder): void { m.raiseIf(m.state(STATE.cr4).and(CR4_FSGSBASE).eqz(), UD); }
function readBase(name: string, digit: number, segment: number): Instruction {
  return instruction(name, {
    forms: [`F3 0F AE /${digit}  ${name} ry:rm  o64`],
    title: "RDFSBASE/RDGSBASE—Read FS/GS Segment Base",
    feature: "fsgsbase",
    checks: checkFsgsbase,
    intercept: "FSGSBASE",
    execute(m, dst) {
      m.write(dst!, m.state(segmentField(segment, "base")).fit(dst!.bits as Bits));
    },
  });
}
function writeBase(name: string, digit: number, segment: number): Instruction {
  return instruction(name, {
    forms: [`F3 0F AE /${digit}  ${name} ry:rm  o64`],
    title: "WRFSBASE/WRGSBASE—Write FS/GS Segment Base",
    feature: "fsgsbase",
    checks: checkFsgsbase,
    intercept: "FSGSBASE",
    execute(m, src) {
      const value = m.read(src!).zext(64);
      m.raiseIf(value.shl(16).shrS(16).ne(value), GP, 0);
      m.setState(segmentField(segment, "base"), value);
    },
  });
}
/** FS's and GS's base as registers. SDM vol. 2B, "RDFSBASE/RDGSBASE—Read FS/GS Segment Base"; vol. 2C, "WRFSBASE/WRGSBASE—Write FS/GS Segment Base". */
export const SEGMENT_BASES: readonly Instruction[] = [readBase("RDFSBASE", 0, 4), readBase("RDGSBASE", 1, 5), writeBase("WRFSBASE", 2, 4), writeBase("WRGSBASE", 3, 5)];

/** #GP(0) where the privilege level is above IOPL. */
function checkIopl(m: InstructionBuilder): void { m.raiseIf(m.state(STATE.cpl).gtU(m.state(STATE.eflags).shrU(12).and(3)), GP, 0); }

/** CLI — Clear IF. SDM vol. 2A, "CLI—Clear Interrupt Flag". */
export const CLI: Instruction = instruction("CLI", {
  forms: ["FA  CLI"],
  title: "CLI—Clear Interrupt Flag",
  checks: checkIopl,
  intercept: "CLI",
  execute(m) {
    m.setState(STATE.eflags, m.state(STATE.eflags).and(~(1 << 9)));
  },
});
/** STI — Set IF; interrupts are recognized after the following instruction. SDM vol. 2B, "STI—Set Interrupt Flag". */
export const STI: Instruction = instruction("STI", {
  forms: ["FB  STI"],
  title: "STI—Set Interrupt Flag",
  checks: checkIopl,
  intercept: "STI",
  execute(m) {
    m.if(m.state(STATE.eflags).bit(9).eqz(), () => m.escape("sti"));
  },
});

function accessFlag(name: string, form: string, set: boolean): Instruction {
  return instruction(name, {
    forms: [form],
    title: set ? "STAC—Set AC Flag in EFLAGS Register" : "CLAC—Clear AC Flag in EFLAGS Register",
    feature: "smap",
    execute(m) {
      m.raiseIf(m.state(STATE.cpl).nez(), UD);
      const flags = m.state(STATE.eflags), context = m.state(STATE.context);
      m.setState(STATE.eflags, set ? flags.or(EFLAGS_AC) : flags.and(~EFLAGS_AC));
      // Translations are kept apart by AC while SMAP is on: see system/derive-mode.ts.
      m.if(m.state(STATE.cr4).and(CR4_SMAP).nez(), () => m.setState(STATE.context, set ? context.or(CONTEXT_ACCESSIBLE) : context.and(~CONTEXT_ACCESSIBLE)));
      m.jump(m.nextIp());
    },
  });
}
/** CLAC — Clear AC: supervisor code may not touch user pages. SDM vol. 2A, "CLAC—Clear AC Flag in EFLAGS Register". */
export const CLAC: Instruction = accessFlag("CLAC", "NP 0F 01 CA  CLAC", false);
/** STAC — Set AC: supervisor code may touch user pages. SDM vol. 2B, "STAC—Set AC Flag in EFLAGS Register". */
export const STAC: Instruction = accessFlag("STAC", "NP 0F 01 CB  STAC", true);

/** Segment registers, descriptor tables and the flags of privilege. */
export const SEGMENTATION: readonly Instruction[] = [
  MOV_SEGMENT, PUSH_SEGMENT, POP_SEGMENT, LES, LDS, LSS, LFS, LGS, LAR, LSL, VERR, VERW, ARPL, SLDT, STR, LLDT, LTR, SGDT, SIDT, LGDT, LIDT, SWAPGS, ...SEGMENT_BASES,
  CLI, STI, CLAC, STAC,
];
