import { characterDevice, cpioNewc, directory, file, symlink } from '@ringzero/guests';
import { PlainMemory, Vcpu, type CpuModel, type Bus, type EngineName, type Exit } from '@ringzero/x86';
import { JustEnoughPc } from './just-enough-pc.ts';
import { loadLinux } from './load-linux.ts';

/** Instructions per virtual second, and per look at the timer. */
const RATE = 300e6, SLICE = 20_000;
const END = 'THE END';

/** What a kernel is booted with. */
export interface BootOptions {
  /** A bzImage. */
  readonly kernel: Uint8Array;
  readonly engine: EngineName;
  readonly model: CpuModel;
  /** A static busybox, and what `/init` does with it; without one there is no initial RAM disk. */
  readonly busybox?: Uint8Array | undefined;
  readonly script?: string;
  /** An initial RAM disk instead of one made of those. */
  readonly initrd?: Uint8Array | undefined;
  /** Counts what generated code calls in TypeScript, by name. */
  readonly calls?: Map<string, number> | undefined;
  /** Guest memory in MiB; default 256. */
  readonly memory?: number;
  /** Instructions at most. */
  readonly limit: number;
  /** More for the kernel's command line. */
  readonly append?: string;
  /** Called after each slice of 20000 instructions. */
  onSlice?(vcpu: Vcpu): void;
  /** Told of each line of the console. */
  onLine?(line: string): void;
  /** Called before each access to a port. */
  onPort?(vcpu: Vcpu, port: number): void;
  /** Executes a slice in place of `vcpu.run`. */
  execute?(vcpu: Vcpu, instructions: number): Exit;
}

/** How a boot ended. */
export interface BootResult {
  readonly lines: readonly string[];
  readonly retired: number;
  /** The script came to its end; with an initial RAM disk of one's own: the kernel stopped for good. */
  readonly ended: boolean;
  /** The processor at the end. */
  readonly vcpu: Vcpu;
  /** Accesses to MSRs that the model does not have, by what they were. */
  readonly unknown: ReadonlyMap<string, number>;
}

/** The initial RAM disk: busybox, and an init that runs a script with its output on the console. */
function initialRamDisk(busybox: Uint8Array, script: string): Uint8Array {
  const mounts = ['proc /proc', 'sysfs /sys', 'devtmpfs /dev'].map((m) => `/bin/busybox mount -t ${m.split(' ')[0]!} ${m}`).join('\n');
  const init = `#!/bin/sh\n${mounts}\nexec >/dev/kmsg 2>&1\n${script}\necho "${END}"\nexec busybox sleep 1000000\n`;
  return cpioNewc([
    ...['bin', 'proc', 'sys', 'dev', 'tmp'].map((path) => directory(path)), file('bin/busybox', busybox, 0o755), symlink('bin/sh', 'busybox'),
    characterDevice('dev/console', 5, 1), characterDevice('dev/kmsg', 1, 11), file('init', new TextEncoder().encode(init), 0o755),
  ]);
}

/** A boot between two slices, or at its end. */
export interface BootStep {
  readonly vcpu: Vcpu;
  readonly memory: PlainMemory;
}

/** Boots a Linux kernel with just enough of a PC around the processor. The same options give the same lines, on any engine. */
export function bootLinux(options: BootOptions): BootResult {
  const steps = bootSteps(options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The same slice by slice of 20,000 instructions. */
export function* bootSteps(options: BootOptions): Generator<BootStep, BootResult & BootStep> {
  const memory = new PlainMemory(options.memory ?? 256), lines: string[] = [];
  let idle = 0, ended = false, seed = 1n;
  const unknown = new Map<string, number>();
  const pc = new JustEnoughPc(() => (vcpu.retired + idle) / RATE, (asserted) => { vcpu.setInterruptRequest(asserted); }, (line) => {
    lines.push(line);
    options.onLine?.(line);
    ended ||= line.endsWith(END);
  });
  const { onPort } = options, port: Bus = onPort ? {
    read: (at, size) => { onPort(vcpu, at); return pc.read(at, size); },
    write: (at, size, value) => { onPort(vcpu, at); pc.write(at, size, value); },
  } : pc;
  const vcpu: Vcpu = new Vcpu({
    model: options.model, memory, engine: options.engine, ...(options.calls ? { calls: options.calls } : {}), io: { pio: port }, acknowledge: () => pc.interrupts.acknowledge(), timeStamp: (retired) => BigInt(retired + idle), timeStampStep: 1n,
    notice: (n) => {
      const what = `MSR ${n.msr.toString(16)} ${n.value === undefined ? 'read' : 'written'}`;
      unknown.set(what, (unknown.get(what) ?? 0) + 1);
    },
    entropy: () => (seed = BigInt.asUintN(64, seed * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)),
  });
  const commandLine = `earlyprintk=serial,ttyS0,115200 console=ttyS0 acpi=off nolapic noapic pci=off nokaslr printk.devkmsg=on panic=-1 ${options.append ?? ''}`.trim();
  loadLinux(vcpu, memory, options.kernel, commandLine, options.initrd ?? (options.busybox ? initialRamDisk(options.busybox, options.script ?? '') : undefined));
  while (!ended && vcpu.retired < options.limit) {
    const exit = options.execute ? options.execute(vcpu, SLICE) : vcpu.run({ instructions: SLICE });
    options.onSlice?.(vcpu);
    if (exit.kind === 'halted') {
      if (options.initrd && !vcpu.interruptsEnabled) ended = true;
      if (ended || pc.timer.deadline === Infinity) break;
      // Idle: on to the next tick.
      idle = Math.max(idle, Math.ceil(pc.timer.deadline * RATE) - vcpu.retired + 1);
    } else if (exit.kind !== 'budget') {
      lines.push(`ended: ${exit.kind}`);
      break;
    }
    pc.timer.poll();
    yield { vcpu, memory };
  }
  return { lines, retired: vcpu.retired, ended, unknown, vcpu, memory };
}
