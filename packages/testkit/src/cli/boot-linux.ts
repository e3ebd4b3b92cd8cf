import { CpuModel, type Vcpu } from '@ringzero/x86';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bootLinux } from '../boot/boot-linux.ts';
import { preparedGuests } from '../boot/prepared-guests.ts';

const ENGINES = ['interpreter', 'jit', 'reference'] as const;
const MODELS = { i486: CpuModel.i486, pentium: CpuModel.pentium, pentiumPro: CpuModel.pentiumPro, pentium4: CpuModel.pentium4, x86_64_v1: CpuModel.x86_64_v1, x86_64_v2: CpuModel.x86_64_v2, max: CpuModel.max };
const USAGE = `Boots a Linux kernel on the processor alone, with just enough of a PC around it, and shows its console.

  node packages/testkit/src/cli/boot-linux.ts [VMLINUZ [--busybox FILE]] [--script FILE]

Without a kernel it boots Debian's for i386, which \`npm run guests\` prepares, with Debian's busybox.

  --engine ${ENGINES.join('|')}        default interpreter
  --model ${Object.keys(MODELS).join('|')}   default max
  --busybox FILE       a static busybox: the kernel gets an initial RAM disk with it, runs --script and ends
  --script FILE        what /init does; its output goes to the console (default: a few commands that use the processor)
  --initrd FILE        an initial RAM disk of your own instead; the run ends where its system stops for good
  --memory MIB         guest memory (default 256)
  --million N          million instructions at most (default 20000)
  --append TEXT        more for the kernel's command line
  --log FILE           writes retired instructions, rIP, flags and a digest of the registers after each 20000 instructions: compare two runs with cmp
  --escapes            counts what generated code called in TypeScript, and what the translator's regions executed
  --regions N          that, and a table of the N regions that executed most; the first with its code, the guest's and WebAssembly's
  --drop N             drops TLBs and decoded code after every N times that many: changes nothing but speed

The kernel's time comes from retired instructions, so that every run of the same files prints the same, on any engine.
The exit status is 0 where the script came to its end.`;

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
    memory: { type: 'string', default: '256' }, million: { type: 'string', default: '20000' }, append: { type: 'string', default: '' }, log: { type: 'string' }, initrd: { type: 'string' }, escapes: { type: 'boolean', default: false }, regions: { type: 'string', default: '0' }, drop: { type: 'string', default: '0' }, help: { type: 'boolean', default: false },
  },
});
const [kernel] = positionals;
const engine = ENGINES.find((name) => name === values.engine), model = MODELS[values.model as keyof typeof MODELS];
/** Shows how often generated code went to TypeScript, how much the regions did, and the busiest `most` of them, the first with its code. */
function showCalls(calls: ReadonlyMap<string, number>, { processor: p, retired }: Vcpu, most: number): void {
  const million = retired / 1e6, { jit } = p.core, regions = jit?.regions() ?? [];
  const sum = (field: 'entries' | 'retired' | 'gaveBack'): number => regions.reduce((n, r) => n + r[field], jit?.past[field] ?? 0), entries = sum('entries'), executed = sum('retired');
  for (const [name, n] of [...calls].toSorted((a, b) => b[1] - a[1])) console.log(`${name.padEnd(16)} ${String(n).padStart(10)}  ${(n / million).toFixed(2).padStart(9)} in a million instructions`);
  if (entries === 0) return;
  console.log(`regions          ${String(entries).padStart(10)}  entered, ${(executed / entries).toFixed(1)} instructions each, ${((executed / retired) * 100).toFixed(1)} % of all, ${sum('gaveBack')} given back; ${JSON.stringify(jit!.counters)}`);
  if (most > 0) console.log('\n% of all  instructions  entries  each  given back  size  blocks  pages   bytes  address');
  for (const r of regions.slice(0, most)) {
    const cells: [string | number, number][] = [[((r.retired / retired) * 100).toFixed(2), 8], [r.retired, 14], [r.entries, 9], [(r.retired / r.entries).toFixed(0), 6], [r.gaveBack, 12], [r.instructions, 6], [r.blocks, 8], [r.pages, 7], [r.bytes, 8]];
    console.log(`${cells.map(([cell, width]) => String(cell).padStart(width)).join("")}  ${r.address.toString(16)}`);
  }
  if (most > 0 && regions[0]) console.log(`\n${regions[0].text()}`);
}

/** A line that tells two runs apart. */
function describe({ processor: p, retired }: Vcpu): string {
  let digest = 0n;
  for (let i = 0; i < 16; i++) digest = BigInt.asUintN(64, digest * 31n + p.gpr(i));
  return `${retired} ${p.rip.toString(16)} ${p.flags.toString(16)} ${digest.toString(16)}\n`;
}

if (values.help || !engine || !model) {
  console.log(USAGE);
  process.exitCode = values.help ? 0 : 2;
} else {
  const files = kernel ? { kernel: readFileSync(kernel), busybox: values.busybox ? readFileSync(values.busybox) : undefined } : await preparedGuests();
  if (!files) {
    console.error('boot-linux: Debian\'s kernel is not prepared; run `npm run guests` first, or name a kernel.');
    process.exit(2);
  }
  const started = performance.now(), log = values.log === undefined ? undefined : openSync(values.log, 'w'), drop = Number(values.drop);
  const most = Number(values.regions), calls = values.escapes || most > 0 ? new Map<string, number>() : undefined;
  let slices = 0;
  const result = bootLinux({
    ...files, engine, model, calls, initrd: values.initrd ? readFileSync(values.initrd) : undefined, script: values.script ? readFileSync(values.script, 'utf8') : SCRIPT, memory: Number(values.memory), limit: Number(values.million) * 1e6,
    append: values.append, onLine: (line) => { console.log(line); },
    onSlice(vcpu) {
      if (log !== undefined) writeSync(log, describe(vcpu));
      if (drop > 0 && ++slices % drop === 0) vcpu.dropCaches();
    },
  });
  if (log !== undefined) closeSync(log);
  for (const [what, n] of result.unknown) console.log(`${what}, ${n} times: not there`);
  if (calls) showCalls(calls, result.vcpu, most);
  console.log(`${(result.retired / 1e6).toFixed(0)} million instructions, ${(result.retired / 1000 / (performance.now() - started)).toFixed(0)} MIPS, ${result.ended ? 'came to the end' : 'did not come to the end'}`);
  process.exitCode = result.ended ? 0 : 1;
}
