import { assemble } from "../../src/assemble/assemble.ts";
import { InstructionSet } from "../../src/engine/instruction-set.ts";
import { INSTRUCTIONS } from "../../src/isa/index.ts";
import { CpuModel } from "../../src/model/cpu-model.ts";
import { PlainMemory } from "../../src/plain-memory.ts";
import { flatProtectedState } from "../../src/system/flat-state.ts";
import { Vcpu } from "../../src/vcpu.ts";
import { LOOPS32 } from "./loops.ts";

/** What was compiled in a run: the interpreter's modules and the regions'. */
export interface ModuleDigest {
  readonly modules: number;
  readonly bytes: number;
  /** Regions among them. */
  readonly regions: number;
  /** SHA-256 over lengths and bytes of all modules in order, in hexadecimal. */
  readonly sha256: string;
  /** rAX at the end. */
  readonly result: string;
}

const CODE = 0x1000;
/** Calls, strings, flags in branches, floating point on both units, a computed jump, and a routine in another page that is rewritten. */
const PROGRAM = `
      fninit
      fld1
      mov ebp, 400
again: mov ecx, 300
      mov esi, 0x20000
      xor eax, eax
loop: mov edx, [esi]
      add eax, edx
      xor eax, 0x9e3779b9
      rol eax, 5
      mov [esi], eax
      cvtsi2sd xmm1, eax
      mulsd xmm1, xmm1
      addsd xmm0, xmm1
      cmp eax, edx
      jbe less
      adc edi, 3
less: dec ecx
      jnz loop
      mov eax, 9
      call fib
      add edi, eax
      fld st0
      fmul st0, st1
      faddp st1, st0
      mov eax, other
      call eax
      cld
      mov esi, 0x20000
      push edi
      mov edi, 0x21000
      mov ecx, 64
      rep movsd
      pop edi
      test ebp, 15
      jnz same
      inc byte [other + 1]
same: dec ebp
      jnz again
      mov eax, edi
      hlt
${LOOPS32["fib"]}
      times 0x1000-($-$$) nop
other: mov eax, 1
      imul eax, edi, 3
      bsr edx, eax
      setc dl
      ret`;

/** Runs a guest of its own on the JIT and watches what is compiled: the same wherever it is run. */
export async function moduleDigest(): Promise<ModuleDigest> {
  const { Module } = WebAssembly, seen: Uint8Array[] = [];
  WebAssembly.Module = class extends Module {
    constructor(bytes: BufferSource) {
      super(bytes);
      seen.push(new Uint8Array(bytes as ArrayBuffer).slice());
    }
  } as typeof Module;
  try {
    const memory = new PlainMemory(1);
    memory.write(CODE, assemble(PROGRAM, { bits: 32, origin: CODE }).bytes);
    // Instructions of its own: those that others have used have their modules.
    const vcpu = new Vcpu({ model: CpuModel.max, memory, engine: "jit", isa: new InstructionSet(INSTRUCTIONS) }), start = flatProtectedState(vcpu.save(), CODE);
    vcpu.restore({ ...start, gpr: start.gpr.map((v, i) => (i === 4 ? 0x8_0000n : v)), registers: { ...start.registers, cr4: 0x600n } });
    // Each slice ends elsewhere, and where it ends is compiled.
    vcpu.processor.core.jit!.threshold = 1;
    while (vcpu.run({ instructions: 997 }).kind === "budget");
    const all = new Uint8Array(seen.reduce((sum, bytes) => sum + 4 + bytes.length, 0)), view = new DataView(all.buffer);
    let at = 0;
    for (const bytes of seen) {
      view.setUint32(at, bytes.length, true);
      all.set(bytes, at + 4);
      at += 4 + bytes.length;
    }
    const sha256 = Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", all)), (b) => b.toString(16).padStart(2, "0")).join("");
    return { modules: seen.length, bytes: all.length, regions: vcpu.processor.core.jit!.counters.compiled, sha256, result: vcpu.save().gpr[0]!.toString(16) };
  } finally {
    WebAssembly.Module = Module;
  }
}
