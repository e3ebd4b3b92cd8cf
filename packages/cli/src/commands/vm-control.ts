import { constants } from "node:os";
import type { ServiceClient, VmLine } from "@ringzero/service";
import type { CommandContext } from "../context.ts";
import { isTerminal } from "../console/raw-mode.ts";
import { CommandFailure } from "../failure.ts";
import { count, duration, size, table } from "../output/table.ts";
import { consoleSession } from "./console-session.ts";

/** Commands that take names and say them when they are done. */
export type VmVerb = "pause" | "resume" | "reset" | "kill" | "shutdown";
const CALLS = { pause: "vm.pause", resume: "vm.start", reset: "vm.reset", kill: "vm.kill", shutdown: "vm.powerOff" } as const;

/** `ringzero vm pause|resume|reset|kill|shutdown NAME…`. Returns the exit status. */
export async function vmVerb(context: CommandContext, verb: VmVerb, names: readonly string[]): Promise<number> {
  const client = await machineWith(context, names[0]!);
  let status = 0;
  for (const name of names) {
    try {
      await client.ask(CALLS[verb], { name });
      console.log(name);
    } catch (error) {
      console.error((error as Error).message);
      status = 1;
    }
  }
  return status;
}
/** The machine, where it runs; else there is no virtual machine either. */
async function machineWith(context: CommandContext, name: string): Promise<ServiceClient> {
  const client = await context.running();
  if (!client) throw new CommandFailure(`No such virtual machine: ${name}. No machine is running.`);
  return client;
}

/** `ringzero vm ls`. Returns the exit status. */
export async function vmList(context: CommandContext, options: { readonly quiet?: boolean; readonly json?: boolean }): Promise<number> {
  const client = await context.running(), lines = client ? await client.ask("vm.list", {}) : [];
  if (options.json) console.log(JSON.stringify(lines, undefined, 2));
  else if (options.quiet) for (const { name } of lines) console.log(name);
  else {
    process.stdout.write(table(["NAME", "BOOTS", "STATUS", "MEMORY", "IN USE", "INSTRUCTIONS", "EXITS", "INTERRUPTS", "TRAPS"], lines.map((line) => [
      line.name, line.boots, statusText(line), size(line.memory), size(line.private + line.shared), count(line.instructions),
      count(Object.values(line.exits).reduce((sum, n) => sum + n, 0)), count(line.interrupts),
      line.technique === "ring-deprivileging" ? count(line.traps.emulated + line.traps.reflected) : "-",
    ])));
  }
  return 0;
}
function statusText({ state, created }: VmLine): string {
  const words: { readonly [state: string]: string } = { ready: "Created", running: "Up", halted: "Halted", paused: "Paused" };
  return `${words[state] ?? state} ${duration(Date.now() - created)}`;
}

/** `ringzero vm console NAME`: connects to the console of a virtual machine that goes on when the command ends. Returns the exit status. */
export async function vmConsole(context: CommandContext, name: string, options: { readonly screen?: "text" }): Promise<number> {
  const client = await machineWith(context, name);
  if (isTerminal()) process.stderr.write(`Connected to ${name}. Escape character is ^].\n`);
  const end = await consoleSession(client, name, { console: options.screen ? "screen" : "serial", replay: true });
  if (end.kind === "signal") return 128 + constants.signals[end.signal];
  if (isTerminal()) process.stderr.write(end.kind === "ended" ? `\n${name} has ended (${end.state}).\n` : `\nLeft ${name}, which goes on.\n`);
  return 0;
}
