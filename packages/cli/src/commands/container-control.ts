import { CHANNEL, kernelLost, type ContainerLine, type ServiceClient } from "@ringzero/service";
import { outputClosed, write } from "../console/output.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failure.ts";
import { count, duration, size, table } from "../output/table.ts";
import { machineOf } from "./container-run.ts";

/** Does something to each of some containers, and prints its name when it is done. Returns the exit status. */
export async function forEach(context: CommandContext, containers: readonly string[], action: (client: ServiceClient, container: string) => Promise<string | void>): Promise<number> {
  const client = await machineOf(context, containers[0]!);
  const ends = await Promise.all(containers.map((container) => action(client, container).then((said) => ({ out: said ?? container, error: undefined }), (error: unknown) => ({ out: undefined, error: (error as Error).message }))));
  for (const { out, error } of ends) {
    if (error === undefined) console.log(out);
    else console.error(`ringzero: ${error}`);
  }
  return ends.some(({ error }) => error !== undefined) ? 1 : 0;
}

/** Waits for the end of a container's program; its exit status. */
export async function waitFor(client: ServiceClient, container: string): Promise<string> {
  const { exitCode, failure } = await client.ask("container.wait", { container });
  if (failure !== undefined) throw new CommandFailure(kernelLost(failure));
  return String(exitCode);
}

/** Options of `ps`. */
export interface PsOptions { readonly all?: boolean; readonly quiet?: boolean; readonly trunc: boolean; readonly json?: boolean }

/** `ringzero ps`. Returns the exit status. */
export async function ps(context: CommandContext, { all, quiet, trunc, json }: PsOptions): Promise<number> {
  const client = await context.running(), lines = (client ? await client.ask("container.list", {}) : []).filter(({ status }) => all || status === "running");
  const id = (line: ContainerLine): string => (trunc ? line.id.slice(0, 12) : line.id);
  if (json) console.log(JSON.stringify(lines, undefined, 2));
  else if (quiet) for (const line of lines) console.log(id(line));
  else {
    process.stdout.write(table(["CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAMES"], lines.map((line) => [
      id(line), line.image ?? line.rootfs ?? "", commandText(line, trunc), `${duration(Date.now() - line.created)} ago`, statusText(line), line.name,
    ])));
  }
  return 0;
}
function commandText({ args }: ContainerLine, trunc: boolean): string {
  const text = args.join(" ").replace(/[\u0000-\u001F\u007F]/g, "?");
  return `"${trunc && text.length > 20 ? `${text.slice(0, 19)}…` : text}"`;
}
function statusText({ status, startedAt, finishedAt, exitCode }: ContainerLine): string {
  if (status === "created") return "Created";
  if (status === "running") return `Up ${duration(Date.now() - (startedAt ?? Date.now()))}`;
  return `Exited (${exitCode ?? 0}) ${duration(Date.now() - (finishedAt ?? Date.now()))} ago`;
}

/** Options of `logs`. */
export interface LogsOptions { readonly follow?: boolean; readonly tail?: number; readonly timestamps?: boolean }

/** `ringzero logs`. Returns the exit status. */
export async function logs(context: CommandContext, container: string, { follow, tail, timestamps }: LogsOptions): Promise<number> {
  const client = await machineOf(context, container), call = client.call("container.logs", { container, follow: follow === true, timestamps: timestamps === true, ...(tail !== undefined && { tail }) }, {
    onBytes: (channel, bytes) => write(channel === CHANNEL.error ? process.stderr : process.stdout, bytes),
  });
  await Promise.race([call.result, outputClosed]);
  return 0;
}

/** `ringzero stats`: what each container has and does. Returns the exit status. */
export async function stats(context: CommandContext, { all, json }: { readonly all?: boolean; readonly json?: boolean }): Promise<number> {
  const client = await context.running(), lines = (client ? await client.ask("container.list", {}) : []).filter(({ status }) => all || status === "running");
  if (json) console.log(JSON.stringify(lines, undefined, 2));
  else {
    process.stdout.write(table(["CONTAINER ID", "NAME", "MEM USAGE / LIMIT", "PRIVATE", "SHARED", "PIDS", "INSTRUCTIONS", "SYSTEM CALLS", "PAGE FAULTS", "SWITCHES"], lines.map((line) => [
      line.id.slice(0, 12), line.name, `${size(line.memory)} / ${line.memoryLimit === undefined ? "-" : size(line.memoryLimit)}`, size(line.private), size(line.shared),
      `${line.tasks}${line.pidsLimit === undefined ? "" : ` / ${line.pidsLimit}`}`, count(line.instructions), count(line.systemCalls), count(line.pageFaults), count(line.contextSwitches),
    ])));
  }
  return 0;
}

/** `ringzero inspect`: all that is known, as JSON. Returns the exit status. */
export async function inspect(context: CommandContext, containers: readonly string[]): Promise<number> {
  const client = await machineOf(context, containers[0]!), lines: ContainerLine[] = [];
  for (const container of containers) lines.push(...(await client.ask("container.inspect", { container })));
  console.log(JSON.stringify(lines, undefined, 2));
  return 0;
}
