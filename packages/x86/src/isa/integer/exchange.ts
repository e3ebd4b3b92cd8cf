import type { Value } from "../../ir/value.ts";
import { GP, RAX, RBX, RCX, RDX } from "../instruction-builder.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** XCHG — Exchange; with memory always locked. SDM vol. 2C, "XCHG—Exchange Register/Memory With Register". 90 with REX.B is XCHG with r8. */
export const XCHG: Instruction = instruction("XCHG", {
  forms: ["86 /r  XCHG r/m8, r8  lock", "87 /r  XCHG r/mv, rv  lock", "90+r  XCHG rv, rAX"],
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!);
    m.write(dst!, b);
    m.write(src!, a);
  },
});

/** XADD — Exchange and add. SDM vol. 2C, "XADD—Exchange and Add". */
export const XADD: Instruction = instruction("XADD", {
  forms: ["0F C0 /r  XADD r/m8, r8  lock", "0F C1 /r  XADD r/mv, rv  lock"],
  execute(m, dst, src) {
    const a = m.read(dst!), b = m.read(src!), sum = a.add(b);
    // The sum wins where both are the same register.
    m.write(src!, a);
    m.write(dst!, sum);
    m.flagsAdd(a, b, sum);
  },
});

/** CMPXCHG — Compare with the accumulator and exchange; memory is written in either case. SDM vol. 2A, "CMPXCHG—Compare and Exchange". */
export const CMPXCHG: Instruction = instruction("CMPXCHG", {
  forms: ["0F B0 /r  CMPXCHG r/m8, r8  lock", "0F B1 /r  CMPXCHG r/mv, rv  lock"],
  execute(m, dst, src) {
    const old = m.read(dst!), accumulator = m.gpr(RAX, old.bits as 8), value = m.read(src!);
    const equal = accumulator.eq(old);
    if (dst!.isMemory) {
      m.write(dst!, m.choose(equal, value, old));
      m.if(equal.eqz(), () => m.setGprNumber(RAX, old));
    } else {
      m.if(equal, () => m.write(dst!, value), () => m.setGprNumber(RAX, old));
    }
    m.flagsSub(accumulator, old, accumulator.sub(old));
  },
});

/** Two 32-bit registers as one number. */
function pair(high: Value, low: Value): Value { return high.zext(64).shl(32).or(low.zext(64)); }

/** CMPXCHG8B — Compare EDX:EAX with memory and exchange with ECX:EBX. SDM vol. 2A, "CMPXCHG8B/CMPXCHG16B—Compare and Exchange Bytes". */
export const CMPXCHG8B: Instruction = instruction("CMPXCHG8B", {
  forms: ["W0 0F C7 /1  CMPXCHG8B m64  lock"],
  feature: "cx8",
  execute(m, dst) {
    const old = m.read(dst!);
    const equal = old.eq(pair(m.gpr(RDX, 32), m.gpr(RAX, 32)));
    m.write(dst!, m.choose(equal, pair(m.gpr(RCX, 32), m.gpr(RBX, 32)), old));
    m.if(equal.eqz(), () => {
      m.setGprNumber(RAX, old.trunc(32));
      m.setGprNumber(RDX, old.shrU(32).trunc(32));
    });
    m.flags({ Z: equal });
  },
});

/** CMPXCHG16B — As CMPXCHG8B with RDX:RAX and RCX:RBX; memory must be aligned. SDM vol. 2A, "CMPXCHG8B/CMPXCHG16B—Compare and Exchange Bytes". */
export const CMPXCHG16B: Instruction = instruction("CMPXCHG16B", {
  forms: ["REX.W 0F C7 /1  CMPXCHG16B m128  lock o64"],
  feature: "cx16",
  execute(m, dst) {
    const address = m.address(dst!, 16, "write");
    m.raiseIf(address.and(15).nez(), GP, 0);
    const low = m.loadForStore(address, 64), high = m.loadForStore(address.add(8), 64);
    const equal = low.value.eq(m.gpr(RAX, 64)).and(high.value.eq(m.gpr(RDX, 64)));
    m.storeBack(low.token, address, m.choose(equal, m.gpr(RBX, 64), low.value));
    m.storeBack(high.token, address.add(8), m.choose(equal, m.gpr(RCX, 64), high.value));
    m.if(equal.eqz(), () => {
      m.setGprNumber(RAX, low.value);
      m.setGprNumber(RDX, high.value);
    });
    m.flags({ Z: equal });
  },
});

/** Exchanges, the building blocks of locks. */
export const EXCHANGES: readonly Instruction[] = [XCHG, XADD, CMPXCHG, CMPXCHG8B, CMPXCHG16B];
