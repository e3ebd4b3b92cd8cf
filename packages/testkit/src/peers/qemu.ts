import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from '../oracle/programs.ts';
import { ScratchDirectory } from '../oracle/scratch-directory.ts';
import { GUEST_MAP, type GuestLoop, withParameters } from './guest-loop.ts';
import { type LoadedLoop, type PeerOrAbsence, type Round, SignalReader } from './peer.ts';

/** QEMU's system emulator of a 32-bit PC, translating with TCG. */
export function qemuPeer(): PeerOrAbsence {
  const name = 'qemu tcg';
  const program = findProgram('qemu-system-i386');
  if ('absent' in program) return { name, absent: program.absent };
  return { name, load: async (loop) => loaded(program.path, loop) };
}

/**
 * A round is a process of its own: QEMU without a device that the guest could read iterations from runs only what its image holds.
 * Each process first runs one round that is not timed, so that the translation of the loop is not part of the time.
 */
function loaded(program: string, loop: GuestLoop): LoadedLoop {
  const scratch = new ScratchDirectory('guest-loop');
  return {
    async round(iterations) {
      const image = join(scratch.path, `${loop.name}.bin`);
      writeFileSync(image, withParameters(loop, { iterations, rounds: 2 }));
      const rounds = await run(program, image, 2);
      const last = rounds.at(-1);
      if (!last) throw new Error('QEMU ended before the guest loop did.');
      return last;
    },
    close: async () => scratch.remove(),
  };
}

function run(program: string, image: string, count: number): Promise<Round[]> {
  const memory = String(GUEST_MAP.memory >>> 20);
  const child = spawn(
    program,
    [
      ...['-accel', 'tcg', '-cpu', 'max', '-m', memory, '-kernel', image],
      ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-debugcon', 'stdio'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    const signals = new SignalReader();
    const rounds: Round[] = [];
    let complaint = '';
    child.stderr.on('data', (data: Buffer) => (complaint += data.toString()));
    child.stdout.on('data', (data: Buffer) => {
      try {
        for (const byte of data) {
          const round = signals.write(byte);
          if (round) rounds.push(round);
          if (rounds.length === count) break;
        }
      } catch (error) {
        child.kill('SIGKILL');
        reject(error);
      }
      if (rounds.length >= count) {
        child.kill('SIGKILL');
        resolve(rounds);
      }
    });
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`QEMU ended before the guest loop did: ${complaint.trim()}`)));
  });
}
