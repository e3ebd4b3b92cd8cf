import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { formatTables, type Measurement } from '../peers/bench-table.ts';
import { measureLoop } from '../peers/measure.ts';
import { guestLoops } from '../peers/guest-loops.ts';
import { oursPeer } from '../peers/ours.ts';
import type { Peer, PeerOrAbsence } from '../peers/peer.ts';
import { qemuPeer } from '../peers/qemu.ts';
import { v86Peer } from '../peers/v86.ts';

const USAGE = `Runs the same guest loops on our engines and on the peers, in turn, and prints guest instructions per microsecond.

  --rounds N       timed rounds of each engine, in turn (default 5)
  --seconds S      length of one round, about (default 0.4)
  --loops a,b      only these loops
  --peers a,b      only engines whose name contains one of these words (v86, qemu, ours, interp, jit)`;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '0.4' },
    loops: { type: 'string' },
    peers: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) {
  console.log(USAGE);
} else {
  await bench();
}

async function bench(): Promise<void> {
  const wanted = values.peers?.split(',');
  const all: PeerOrAbsence[] = [
    await v86Peer('interpreter'),
    await v86Peer('jit'),
    qemuPeer(),
    await oursPeer('interpreter'),
    await oursPeer('jit'),
  ].filter((peer) => !wanted || wanted.some((word) => peer.name.includes(word)));
  const peers = all.filter((peer): peer is Peer => 'load' in peer);
  for (const peer of all) if ('absent' in peer) console.log(`skipped ${peer.name}: ${peer.absent}`);

  const names = values.loops?.split(',');
  const loops = guestLoops().filter((loop) => !names || names.includes(loop.name));
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, node ${process.version}, load average ${loadavg()[0]?.toFixed(2)}`);

  const measurements: Measurement[] = [];
  for (const loop of loops) {
    const plan = { rounds: Number(values.rounds), seconds: Number(values.seconds) };
    measurements.push(...(await measureLoop(loop, peers, plan)));
    process.stderr.write(`${loop.name} done\n`);
  }
  console.log(formatTables(loops, peers, measurements));
}
