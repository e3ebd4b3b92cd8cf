import { Core } from "../../src/engine/core.ts";
import { InstructionSet } from "../../src/engine/instruction-set.ts";
import type { StateField } from "../../src/ir/builder.ts";
import { NOP } from "../../src/isa/integer/no-operation.ts";
import { EVENT, STATE } from "../../src/state/state.ts";

const isa = new InstructionSet([NOP]);

/** A core without any processor around it: state, TLBs and walker over `frames` frames of guest memory from address 0. */
export class MmuMachine {
  readonly core: Core;
  readonly frames: number;
  /** Host address of guest-physical address 0. */
  readonly ram: number;
  readonly allocate: (bytes: number) => number;

  constructor(frames: number) {
    this.frames = frames;
    const memory = new WebAssembly.Memory({ initial: 256 });
    let end = 0x1000;
    this.allocate = (bytes) => {
      const at = end;
      end += (bytes + 4095) & ~4095;
      if (end > memory.buffer.byteLength) throw new Error("the test's memory is too small");
      return at;
    };
    const frameFlags = this.allocate(memory.buffer.byteLength >> 12), frameMap = this.allocate(frames * 4);
    this.ram = this.allocate(frames * 4096);
    const map = new Uint32Array(memory.buffer, frameMap, frames);
    for (let i = 0; i < frames; i++) map[i] = (this.ram + i * 4096) | 3;
    this.core = new Core({ memory, allocate: this.allocate }, isa, new Set(), { frameMap, frameCount: frames, frameFlags }, {
      out: {}, frameFault: () => 0, deviceRead() {}, deviceWrite() {}, dataAccess() {},
    });
    this.set(STATE.addressMask, -1n);
  }
  get view(): DataView { return this.core.view; }
  set(f: StateField, value: number | bigint): void {
    const at = this.core.state + f.offset;
    if (f.bits === 64) this.view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else this.view.setUint32(at, Number(value) >>> 0, true);
  }
  get(f: StateField): bigint {
    const at = this.core.state + f.offset;
    return f.bits === 64 ? this.view.getBigUint64(at, true) : BigInt(this.view.getUint32(at, true));
  }
  /** The translation of a linear address: physical or host address, or the pending page fault's error code and CR2. */
  translate(la: bigint, access: number, privilege: number): { host: number } | { device: bigint } | { errorCode: number; cr2: bigint } {
    this.set(STATE.event, EVENT.none);
    const host = this.core.exports.translate(this.core.state, BigInt.asIntN(64, la), access, privilege) >>> 0;
    if (host === 0) {
      if (this.get(STATE.event) !== BigInt(EVENT.exception) || this.get(STATE.eventVector) !== 14n) throw new Error("no page fault is pending");
      return { errorCode: Number(this.get(STATE.eventCode)), cr2: this.get(STATE.eventAddress) };
    }
    return host === 1 ? { device: this.get(STATE.slowPhysical) } : { host };
  }
}
