import { CpuModel, flatProtectedState, PlainMemory, Vcpu } from '@ringzero/x86';
import { GUEST_MAP, SIGNAL_PORT, type GuestLoop } from './guest-loop.ts';
import { SignalReader, type LoadedLoop, type Peer, type Round } from './peer.ts';

/** Instructions between looks at whether the round is over; the round's last byte ends the run at once anyway. */
const SLICE = 50_000_000;

/** Instructions after which a guest whose round is over waits for the next. */
const SETTLE = 100;

/** Our own engines as a peer: the whole processor, entered as a multiboot loader does, paging and all. */
export function oursPeer(engine: 'interpreter' | 'jit'): Peer {
  return {
    name: engine === 'jit' ? 'ours jit' : 'ours interp',
    load: (loop) => Promise.resolve(loadLoop(engine, loop)),
  };
}

function loadLoop(engine: 'interpreter' | 'jit', loop: GuestLoop): LoadedLoop {
  const memory = new PlainMemory(GUEST_MAP.memory >>> 20);
  const reader = new SignalReader();
  let finished: Round | undefined;
  const vcpu = new Vcpu({
    model: CpuModel.pentium4, memory, engine,
    io: {
      pio: {
        read: (_port, size) => (size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1),
        write(port, _size, value) {
          if (port !== SIGNAL_PORT) return;
          const round = reader.write(value & 0xff);
          if (round) {
            finished = round;
            vcpu.attention();
          }
        },
      },
    },
  });
  memory.write(GUEST_MAP.image, loop.image);
  vcpu.restore(flatProtectedState(vcpu.save(), loop.entry));
  return {
    round(iterations) {
      finished = undefined;
      memory.writeNumber(GUEST_MAP.rounds, 4, 1);
      memory.writeNumber(GUEST_MAP.iterations, 4, iterations);
      while (!finished) {
        const exit = vcpu.run({ instructions: SLICE });
        if (exit.kind !== 'budget' && exit.kind !== 'attention') return Promise.reject(new Error(`${loop.name} on ours ended with ${JSON.stringify(exit)} at ${vcpu.save().rip.toString(16)}.`));
      }
      // The guest clears the parameters and waits for the next ones.
      vcpu.run({ instructions: SETTLE });
      return Promise.resolve(finished);
    },
    close: () => Promise.resolve(),
  };
}
