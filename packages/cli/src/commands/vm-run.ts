import { createWriteStream } from "node:fs";
import { constants } from "node:os";
import { CHANNEL, type ServiceClient, type VmCreate } from "@ringzero/service";
import { fileOf } from "../arguments/parse.ts";
import { isTerminal } from "../console/raw-mode.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure, EXIT_TIMEOUT, EXIT_USAGE } from "../failure.ts";
import { Progress } from "../output/progress.ts";
import { consoleSession, type ConsoleEnd } from "./console-session.ts";

/** Options of `vm run`, as they are parsed. */
export interface VmRunOptions {
  readonly kernel?: string;
  readonly initrd?: string;
  readonly append?: string;
  readonly multiboot?: string;
  readonly floppy?: string;
  readonly memory: number;
  readonly until?: RegExp;
  readonly timeout?: number;
  readonly inputAfter?: RegExp;
  readonly screen?: "text";
  readonly name?: string;
  readonly detach?: boolean;
  readonly deprivileged?: boolean;
  /** A file, "-" for standard error. */
  readonly trace?: string | true;
}
/** The prompt of the guest that is run without a kernel: what is piped in before is lost with the port's reset, as on any PC. */
const PROMPT = /:~# /u;
const FILES = ["kernel", "initrd", "multiboot", "floppy"] as const;

/** `ringzero vm run`: makes a virtual machine and connects its console. Returns the exit status. */
export async function vmRun(context: CommandContext, options: VmRunOptions): Promise<number> {
  check(options);
  const files = Object.fromEntries(await Promise.all(FILES.flatMap((name) => (options[name] === undefined ? [] : [fileOf(options[name], name === "floppy" ? "floppy disk" : name).then((bytes) => [name, bytes] as const)])))) as Partial<Record<(typeof FILES)[number], Uint8Array>>;
  const client = await context.client(), name = await create(client, options, files);
  if (options.detach) {
    await client.ask("vm.start", { name });
    console.log(name);
    return 0;
  }
  return await foreground(client, name, options);
}
function check({ kernel, initrd, multiboot, floppy, append, detach, until, timeout, screen, deprivileged, trace }: VmRunOptions): void {
  if (trace !== undefined && !deprivileged) throw new CommandFailure("--trace shows the instructions that trap, and they trap with --deprivileged only.", EXIT_USAGE);
  if (trace !== undefined && detach) throw new CommandFailure("--trace watches a console; it does not go with --detach.", EXIT_USAGE);
  if ([kernel, multiboot, floppy].filter((x) => x !== undefined).length > 1) throw new CommandFailure("Give one of --kernel, --multiboot and --floppy.", EXIT_USAGE);
  if (floppy !== undefined && (initrd !== undefined || append !== undefined)) throw new CommandFailure("--initrd and --append are for kernels, not for a floppy disk.", EXIT_USAGE);
  if (detach && (until || timeout !== undefined || screen)) throw new CommandFailure("--until, --timeout and --screen watch a console; they do not go with --detach.", EXIT_USAGE);
}

async function create(client: ServiceClient, options: VmRunOptions, files: Partial<Record<(typeof FILES)[number], Uint8Array>>): Promise<string> {
  const own = files.kernel ?? files.multiboot ?? files.floppy, progress = new Progress();
  const append = options.append ?? (!own && options.screen ? "console=tty0" : undefined);
  const args: VmCreate = {
    memory: options.memory, files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.length])),
    ...(options.name !== undefined && { name: options.name }), ...(options.deprivileged && { technique: "ring-deprivileging" as const }), ...(append !== undefined && { append }), ...(!own && { guest: "linux-i386" as const }),
  };
  const call = client.call("vm.create", args, { onEvent: (event) => progress.show(event) });
  try {
    for (const file of FILES) {
      if (!files[file]) continue;
      // What is refused at once is not sent.
      await Promise.race([call.write(CHANNEL[file], files[file]), call.result]);
      call.end(CHANNEL[file]);
    }
    return (await call.result).name;
  } catch (error) {
    throw new CommandFailure((error as Error).message, EXIT_USAGE, { cause: error });
  } finally {
    progress.stop();
  }
}

async function foreground(client: ServiceClient, name: string, options: VmRunOptions): Promise<number> {
  if (isTerminal()) process.stderr.write(`Connected to ${name}. Escape character is ^].\n`);
  const end = await consoleSession(client, name, {
    console: options.screen ? "screen" : "serial", until: options.until, timeout: options.timeout, replay: false, inputAfter: inputAfter(options), endWhenHalted: true, trace: options.trace === undefined ? undefined : options.trace === true ? process.stderr : createWriteStream(options.trace),
    attached: async () => { await client.ask("vm.start", { name }); },
  });
  // What it was for is over: it ends with the command, but for one who has left it alone.
  if (end.kind !== "ended" && end.kind !== "detached") await client.ask("vm.kill", { name }).catch(() => {});
  return await statusOf(end, name, options);
}
function inputAfter({ inputAfter: given, kernel, multiboot, floppy }: VmRunOptions): RegExp | undefined {
  if (given || isTerminal()) return given;
  return kernel === undefined && multiboot === undefined && floppy === undefined ? PROMPT : undefined;
}
async function statusOf(end: ConsoleEnd, name: string, { until, timeout }: VmRunOptions): Promise<number> {
  switch (end.kind) {
    case "seen": case "closed": return 0;
    case "timeout": throw new CommandFailure(until ? `${name} did not say "${until.source}" within ${timeout} s.` : `The ${timeout} s for ${name} are over.`, EXIT_TIMEOUT);
    case "signal": return 128 + constants.signals[end.signal];
    case "halted":
      if (until) throw new CommandFailure(`${name} has halted with interrupts off, and did not say "${until.source}".`, 1);
      return 0;
    case "detached":
      process.stderr.write(`\nLeft ${name}, which goes on. Come back with "ringzero vm console ${name}", end it with "ringzero vm kill ${name}".\n`);
      return 0;
    default:
  }
  if (end.seen) return 0;
  if (end.state === "crashed") throw new CommandFailure(`${name} has crashed: ${end.failure ?? "its processor shut down after a triple fault"}.`.replace(/\.\.$/, "."), 1);
  if (end.state === "killed") throw new CommandFailure(`${name} was killed.`, 128 + constants.signals.SIGKILL);
  if (until) throw new CommandFailure(`${name} has switched itself off and did not say "${until.source}".`, 1);
  return 0;
}
