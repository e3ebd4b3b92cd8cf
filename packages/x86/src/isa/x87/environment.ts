import type { Builder } from "../../ir/builder.ts";
import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
import type { Value } from "../../ir/value.ts";
import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { exponentOf, isNormal } from "./float80.ts";
import { resetX87 } from "./control.ts";
import { isFull, readRegister, writeRegister } from "./stack.ts";
import { FCW, FSW, setStatusWord, statusWord, summarizeX87 } from "./status.ts";

/** Whether the layout is that of real and virtual-8086 mode: linear addresses instead of selector and offset. */
function isRealLayout(m: Builder): Value { return m.state(STATE.cr0).and(1).eqz().zext(32).or(m.state(STATE.eflags).bit(17)); }

/** The tag word: valid 0, zero 1, special 2, empty 3, two bits a register. */
const TAG_WORD: Routine = routine("x87-tag-word", { params: [], results: [I32] }, (m) => {
  const word = m.local(m.i32(0)), i = m.local(m.i32(7));
  m.loop(() => {
    const n = i.get(), v = readRegister(m, n), zero = v.significand.eqz().and(exponentOf(v).eqz());
    const tag = m.choose(isFull(m, n), m.choose(isNormal(v), m.i32(0), m.choose(zero, 1, 2)), 3);
    word.set(word.get().shl(2).or(tag));
    m.breakIf(n.eqz());
    i.set(n.sub(1));
  });
  m.return(word.get());
});
/** The abridged tags of a tag word. */
function abridged(word: Value): Value {
  // A register is empty where both its bits are set: those bits gathered.
  let out: Value | undefined;
  const empty = word.and(word.shrU(1)).and(0x5555);
  for (let i = 0; i < 8; i++) {
    const bit = empty.shrU(i).and(1 << i);
    out = out ? out.or(bit) : bit;
  }
  return out!.xor(0xff);
}

/** The seven fields in 32-bit layout: what the mode makes of pointers and opcode. */
function pointerFields(m: Builder, wide: boolean): { ip: Value; second: Value; dp: Value; fourth: Value } {
  const real = isRealLayout(m), fip = m.state(STATE.fip).trunc(32), fdp = m.state(STATE.fdp).trunc(32), fop = m.state(STATE.fop).and(0x7ff);
  const fcs = m.state(STATE.fcs), fds = m.state(STATE.fds);
  if (!wide) {
    return {
      ip: fip, second: m.choose(real, fip.shrU(4).and(0xf000).or(fop), fcs),
      dp: fdp, fourth: m.choose(real, fdp.shrU(4).and(0xf000), fds),
    };
  }
  return {
    ip: m.choose(real, fip.or(0xffff_0000), fip), second: m.choose(real, fip.shrU(4).and(0x0fff_f000).or(fop), fcs.or(fop.shl(16))),
    dp: m.choose(real, fdp.or(0xffff_0000), fdp), fourth: m.choose(real, fdp.shrU(4).and(0x0fff_f000), fds.or(0xffff_0000)),
  };
}

function storeEnvironment(wide: boolean): Routine {
  return routine(`x87-store-environment-${wide ? 32 : 16}`, { params: [I64], mayFault: true }, (m, at) => {
    const p = pointerFields(m, wide), high = wide ? 0xffff_0000 : 0;
    const fields = [m.state(STATE.fcw).or(high), statusWord(m).or(high), m.call1(TAG_WORD).or(high), p.ip, p.second, p.dp, p.fourth];
    fields.forEach((f, i) => m.store(at!.add(i * (wide ? 4 : 2)), wide ? f : f.trunc(16)));
  });
}
function loadEnvironment(wide: boolean): Routine {
  return routine(`x87-load-environment-${wide ? 32 : 16}`, { params: [I64], mayFault: true }, (m, at) => {
    const [fcw, fsw, ftw, ip, second, dp, fourth] = [0, 1, 2, 3, 4, 5, 6].map((i) => m.load(at!.add(i * (wide ? 4 : 2)), wide ? 32 : 16).zext(32));
    m.setState(STATE.fcw, fcw!.and(0x1f3f).or(FCW.reserved));
    setStatusWord(m, fsw!.and(0xffff));
    m.setState(STATE.ftw, abridged(ftw!));
    summarizeX87(m);
    const above = (field: Value): Value => field.and(wide ? 0x0fff_f000 : 0xf000).shl(4);
    m.if(isRealLayout(m), () => {
      m.setState(STATE.fip, ip!.and(0xffff).or(above(second!)).zext(64));
      m.setState(STATE.fop, second!.and(0x7ff));
      m.setState(STATE.fdp, dp!.and(0xffff).or(above(fourth!)).zext(64));
    }, () => {
      m.setState(STATE.fip, ip!.zext(64));
      m.setState(STATE.fcs, second!.and(0xffff));
      if (wide) m.setState(STATE.fop, second!.shrU(16).and(0x7ff));
      m.setState(STATE.fdp, dp!.zext(64));
      m.setState(STATE.fds, fourth!.and(0xffff));
    });
  });
}

/** The eight registers in stack order, ten bytes each; TOP as the status word has it. */
function eachRegister(m: Builder, at: Value, body: (register: Value, address: Value) => void): void {
  const fsw = m.state(STATE.fsw), i = m.local(m.i32(0));
  m.loop(() => {
    body(fsw.shrU(FSW.topShift).add(i.get()).and(7), at.add(i.get().mul(10).zext(64)));
    i.set(i.get().add(1));
    m.breakIf(i.get().geU(8));
  });
}
const STORE_REGISTERS: Routine = routine("x87-store-registers", { params: [I64], mayFault: true }, (m, at) => {
  eachRegister(m, at!, (register, address) => {
    const v = readRegister(m, register);
    m.store(address, v.significand);
    m.store(address.add(8), v.signExponent.trunc(16));
  });
});
const LOAD_REGISTERS: Routine = routine("x87-load-registers", { params: [I64], mayFault: true }, (m, at) => {
  eachRegister(m, at!, (register, address) => writeRegister(m, register, { significand: m.load(address, 64), signExponent: m.load(address.add(8), 16).zext(32) }));
});

const STORE_ENVIRONMENT = { 16: storeEnvironment(false), 32: storeEnvironment(true) }, LOAD_ENVIRONMENT = { 16: loadEnvironment(false), 32: loadEnvironment(true) };
// The first field is accessed before the others, which shows at a segment's end: hence the first of two probes below.
const layout = (bits: number): 16 | 32 => (bits === 16 ? 16 : 32);

/** Environment (14 or 28 bytes) and whole state (94 or 108), by operand size and mode (SDM vol. 1, "Saving the x87 FPU's State with FSTENV/FNSTENV and FSAVE/FNSAVE"). */
export const X87_ENVIRONMENT: readonly Instruction[] = [
  instruction("FNSTENV", {
    forms: ["D9 /6  FNSTENV mv"], feature: "fpu", unit: "x87-nowait", title: "FSTENV/FNSTENV—Store x87 FPU Environment",
    execute(m, dst) {
      const size = layout(m.bits), bytes = size === 16 ? 14 : 28, at = m.address(dst!, bytes, "write");
      m.probe(at, size / 8, "write");
      m.probe(at, bytes, "write");
      m.call(STORE_ENVIRONMENT[size], at);
      m.setState(STATE.fcw, m.state(STATE.fcw).or(FCW.masks));
      summarizeX87(m);
    },
  }),
  instruction("FLDENV", {
    forms: ["D9 /4  FLDENV mv"], feature: "fpu", unit: "x87", title: "FLDENV—Load x87 FPU Environment",
    execute(m, src) {
      const size = layout(m.bits), bytes = size === 16 ? 14 : 28, at = m.address(src!, bytes, "read");
      m.probe(at, size / 8, "read");
      m.probe(at, bytes, "read");
      m.call(LOAD_ENVIRONMENT[size], at);
    },
  }),
  instruction("FNSAVE", {
    forms: ["DD /6  FNSAVE mv"], feature: "fpu", unit: "x87-nowait", title: "FSAVE/FNSAVE—Store x87 FPU State",
    execute(m, dst) {
      const size = layout(m.bits), bytes = size === 16 ? 14 : 28, at = m.address(dst!, bytes + 80, "write");
      m.probe(at, size / 8, "write");
      m.probe(at, bytes + 80, "write");
      m.call(STORE_ENVIRONMENT[size], at);
      m.call(STORE_REGISTERS, at.add(bytes));
      resetX87(m);
    },
  }),
  instruction("FRSTOR", {
    forms: ["DD /4  FRSTOR mv"], feature: "fpu", unit: "x87", title: "FRSTOR—Restore x87 FPU State",
    execute(m, src) {
      const size = layout(m.bits), bytes = size === 16 ? 14 : 28, at = m.address(src!, bytes + 80, "read");
      m.probe(at, size / 8, "read");
      m.probe(at, bytes + 80, "read");
      m.call(LOAD_ENVIRONMENT[size], at);
      m.call(LOAD_REGISTERS, at.add(bytes));
    },
  }),
];
