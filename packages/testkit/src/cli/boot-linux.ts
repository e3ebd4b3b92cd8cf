import { CpuModel, PlainMemory, Vcpu, type Notice } from '@ringzero/x86';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { makeInitramfs, type InitramfsFile } from '../boot/initramfs.ts';
import { JustEnoughPc } from '../boot/just-enough-pc.ts';
import { loadLinux } from '../boot/load-linux.ts';

const ENGINES = ['interpreter', 'jit', 'reference'] as const;
const MODELS = { i486: CpuModel.i486, pentium: CpuModel.pentium, pentiumPro: CpuModel.pentiumPro, pentium4: CpuModel.pentium4, x86_64_v1: CpuModel.x86_64_v1, x86_64_v2: CpuModel.x86_64_v2, max: CpuModel.max };
const USAGE = `Boots a Linux kernel on the processor alone, with just enough of a PC around it, and shows its console.

  node packages/testkit/src/cli/boot-linux.ts VMLINUZ [--busybox FILE [--script FILE]]

  --engine ${ENGINES.join('|')}        default interpreter
  --model ${Object.keys(MODELS).join('|')}   default max
  --busybox FILE       a static busybox: the kernel gets an initial RAM disk with it, runs --script and ends
  --script FILE        what /init does; its output goes to the console (default: a few commands that use the processor)
  --memory MIB         guest memory (default 256)
  --million N          million instructions at most (default 20000)
  --append TEXT        more for the kernel's command line
  --log FILE           writes retired instructions, rIP, flags and a digest of the registers after each 20000 instructions: compare two runs with cmp
  --drop N             drops TLBs and decoded code after every N times that many: changes nothing but speed

The kernel's time comes from retired instructions, so that every run of the same files prints the same, on any engine.
The exit status is 0 where the script came to its end.`;

/** Instructions per virtual second, and per look at the timer. */
const RATE = 300e6, SLICE = 20_000;
const END = 'THE END';
const SCRIPT = `busybox --install -s /bin
uname -a
grep -E "model name|flags|bugs" /proc/cpuinfo
seq 1 2000 | awk '{ t += $1 / 7; u = u * 0.99 + t } END { printf "%.10f %.12f\\n", t, u }'
dd if=/dev/zero bs=4096 count=256 2>/dev/null | md5sum
dd if=/dev/zero bs=4096 count=256 2>/dev/null | sha256sum
gzip -c /proc/kallsyms | gunzip -c | cmp - /proc/kallsyms && echo gzip and back
i=0; while [ $i -lt 30 ]; do (exit $i) & i=$((i + 1)); done; wait; echo 30 children
echo "scale=40; a(1)*4" | bc -l
sh -c 'kill -TERM $$'; echo "ended with $?"
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'interpreter' }, model: { type: 'string', default: 'max' }, busybox: { type: 'string' }, script: { type: 'string' },
    memory: { type: 'string', default: '256' }, million: { type: 'string', default: '20000' }, append: { type: 'string', default: '' }, log: { type: 'string' }, drop: { type: 'string', default: '0' }, help: { type: 'boolean', default: false },
  },
});
const [kernel] = positionals;
const engine = ENGINES.find((name) => name === values.engine), model = MODELS[values.model as keyof typeof MODELS];
if (values.help || !kernel || !engine || !model) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else process.exitCode = boot(readFileSync(kernel), engine, model) ? 0 : 1;

/** The files of the initial RAM disk. */
function files(busybox: Uint8Array, script: string): InitramfsFile[] {
  const text = (s: string): Uint8Array => new TextEncoder().encode(s);
  const mounts = ['proc /proc', 'sysfs /sys', 'devtmpfs /dev'].map((m) => `/bin/busybox mount -t ${m.split(' ')[0]!} ${m}`).join('\n');
  const init = `#!/bin/sh\n${mounts}\nexec >/dev/kmsg 2>&1\n${script}\necho "${END}"\nexec busybox sleep 1000000\n`;
  return [
    ...['bin', 'proc', 'sys', 'dev', 'tmp'].map((path) => ({ path, mode: 0o40755 })),
    { path: 'bin/busybox', mode: 0o100755, data: busybox }, { path: 'bin/sh', mode: 0o120777, data: text('busybox') },
    { path: 'dev/console', mode: 0o20600, device: [5, 1] }, { path: 'dev/kmsg', mode: 0o20600, device: [1, 11] }, { path: 'init', mode: 0o100755, data: text(init) },
  ];
}

/** A line that tells two runs apart. */
function describe(vcpu: Vcpu): string {
  const { processor: p } = vcpu;
  let digest = 0n;
  for (let i = 0; i < 16; i++) digest = BigInt.asUintN(64, digest * 31n + p.gpr(i));
  return `${vcpu.retired} ${p.rip.toString(16)} ${p.flags.toString(16)} ${digest.toString(16)}\n`;
}

function boot(image: Uint8Array, engineName: (typeof ENGINES)[number], cpu: CpuModel): boolean {
  const memory = new PlainMemory(Number(values.memory)), limit = Number(values.million) * 1e6;
  let idle = 0, ended = false, seed = 1n;
  const unknown = new Map<string, number>();
  const note = (n: Notice): void => {
    const what = `MSR ${n.msr.toString(16)} ${n.value === undefined ? 'read' : 'written'}`;
    unknown.set(what, (unknown.get(what) ?? 0) + 1);
  };
  const pc = new JustEnoughPc(() => (vcpu.retired + idle) / RATE, (asserted) => { vcpu.setInterruptRequest(asserted); }, (line) => {
    console.log(line);
    ended ||= line.endsWith(END);
  });
  const vcpu = new Vcpu({
    model: cpu, memory, engine: engineName, io: { pio: pc }, acknowledge: () => pc.interrupts.acknowledge(), timeStamp: (retired) => BigInt(retired + idle), notice: note,
    entropy: () => (seed = BigInt.asUintN(64, seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)),
  });
  const initrd = values.busybox ? makeInitramfs(files(readFileSync(values.busybox), values.script ? readFileSync(values.script, 'utf8') : SCRIPT)) : undefined;
  loadLinux(vcpu, memory, image, `earlyprintk=serial,ttyS0,115200 console=ttyS0 acpi=off nolapic noapic pci=off nokaslr printk.devkmsg=on panic=-1 ${values.append}`.trim(), initrd);
  const log = values.log === undefined ? undefined : openSync(values.log, 'w'), drop = Number(values.drop);
  const started = performance.now();
  let slices = 0;
  while (!ended && vcpu.retired < limit) {
    const exit = vcpu.run({ instructions: SLICE });
    if (log !== undefined) writeSync(log, describe(vcpu));
    if (drop > 0 && ++slices % drop === 0) vcpu.dropCaches();
    if (exit.kind === 'halted') {
      if (pc.timer.deadline === Infinity) break;
      // Idle: on to the next tick.
      idle = Math.max(idle, Math.ceil(pc.timer.deadline * RATE) - vcpu.retired + 1);
    } else if (exit.kind !== 'budget') {
      console.log(`ended: ${exit.kind}`);
      break;
    }
    pc.timer.poll();
  }
  if (log !== undefined) closeSync(log);
  for (const [what, n] of unknown) console.log(`${what}, ${n} times: not there`);
  console.log(`${(vcpu.retired / 1e6).toFixed(0)} million instructions, ${(vcpu.retired / 1000 / (performance.now() - started)).toFixed(0)} MIPS, ${ended ? 'came to the end' : 'did not come to the end'}`);
  return ended;
}
