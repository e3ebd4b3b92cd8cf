import { fileURLToPath } from 'node:url';
import { GUEST_MAP, type GuestLoop, SIGNAL_PORT } from './guest-loop.ts';
import { type LoadedLoop, type Peer, type PeerOrAbsence, type Round, SignalReader } from './peer.ts';

/** The parts of v86's processor that a run needs; they are not in its declarations. */
interface V86Cpu {
  readonly mem32s: Uint32Array;
  /** Instructions executed, modulo 2^32. */
  readonly instruction_counter: Uint32Array;
  readonly io: { register_write(port: number, device: object, write8: (value: number) => void): void };
  /** Loads a multiboot image and points the processor at it, where no firmware is present. */
  load_multiboot(image: ArrayBuffer): void;
}

interface V86Emulator {
  readonly v86: { readonly cpu: V86Cpu };
  add_listener(event: string, listener: () => void): void;
  run(): Promise<void>;
  stop(): Promise<void>;
  destroy(): Promise<void>;
}

type V86Constructor = new (options: {
  wasm_path: string;
  memory_size: number;
  autostart: boolean;
  disable_jit: boolean;
  disable_keyboard: boolean;
  disable_mouse: boolean;
  disable_speaker: boolean;
}) => V86Emulator;

/**
 * The npm package `v86`, running without firmware: the guest loop is loaded as a multiboot image, straight into protected mode.
 *
 * @param engine `interpreter` turns v86's translation to WebAssembly off (its option `disable_jit`)
 */
export async function v86Peer(engine: 'interpreter' | 'jit'): Promise<PeerOrAbsence> {
  const name = engine === 'jit' ? 'v86 jit' : 'v86 interp';
  let V86: V86Constructor;
  let wasmPath: string;
  try {
    const module = import.meta.resolve('v86');
    wasmPath = fileURLToPath(new URL('v86.wasm', module));
    ({ V86 } = (await import(module)) as { V86: V86Constructor });
  } catch {
    return { name, absent: 'the npm package v86 is not installed' };
  }
  const peer: Peer = { name, load: (loop) => load(V86, wasmPath, engine === 'interpreter', loop) };
  return peer;
}

async function load(V86: V86Constructor, wasmPath: string, disableJit: boolean, loop: GuestLoop): Promise<LoadedLoop> {
  const emulator = new V86({
    wasm_path: wasmPath,
    memory_size: GUEST_MAP.memory,
    autostart: false,
    disable_jit: disableJit,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
  });
  await new Promise<void>((resolve) => emulator.add_listener('emulator-loaded', resolve));
  const { cpu } = emulator.v86;
  cpu.load_multiboot(loop.image.slice().buffer);

  const signals = new SignalReader();
  let finished: (round: Round) => void = () => {};
  let failed: (error: unknown) => void = () => {};
  let countAtBegin = 0;
  let counted = 0;
  cpu.io.register_write(SIGNAL_PORT, {}, (byte) => {
    if (byte === 0x42) countAtBegin = cpu.instruction_counter[0] ?? 0;
    if (byte === 0x45) counted = ((cpu.instruction_counter[0] ?? 0) - countAtBegin) >>> 0;
    try {
      const round = signals.write(byte);
      if (round) finished({ ...round, counted });
    } catch (error) {
      failed(error);
    }
  });

  return {
    async round(iterations) {
      cpu.mem32s[GUEST_MAP.rounds / 4] = 1;
      cpu.mem32s[GUEST_MAP.iterations / 4] = iterations;
      const done = new Promise<Round>((resolve, reject) => {
        finished = resolve;
        failed = reject;
      });
      await emulator.run();
      const round = await done;
      await emulator.stop();
      return round;
    },
    close: () => emulator.destroy(),
  };
}
