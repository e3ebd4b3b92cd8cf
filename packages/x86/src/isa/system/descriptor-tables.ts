import type { Bits } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { GP, type InstructionBuilder } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { selectorOf } from "./segment-registers.ts";

const CR4_UMIP = 1n << 11n;
const LDTR = 6, TR = 7;

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

/** Registers that say where descriptors lie. */
export const DESCRIPTOR_TABLES: readonly Instruction[] = [SLDT, STR, LLDT, LTR, SGDT, SIDT, LGDT, LIDT];
