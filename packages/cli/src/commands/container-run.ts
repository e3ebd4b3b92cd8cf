import type { ContainerMade, ServiceClient } from "@ringzero/service";
import type { CommandContext } from "../context.ts";
import { CommandFailure, EXIT_USAGE } from "../failure.ts";
import { Progress } from "../output/progress.ts";
import { containerCreate, processArgs, type CreateOptions, type ProcessOptions } from "./container-options.ts";
import { checkTerminal, programFailure, programSession } from "./program-session.ts";

/** Options of `run`. */
export interface RunOptions extends CreateOptions { readonly detach?: boolean; readonly sigProxy?: boolean }

/** Makes a container, with a progress bar for an image that is made on the way. */
async function create(client: ServiceClient, options: CreateOptions, operands: readonly string[]): Promise<ContainerMade> {
  const progress = new Progress();
  try {
    return await client.ask("container.create", containerCreate(options, operands), { onEvent: (event) => progress.show(event) });
  } catch (error) {
    throw programFailure(error);
  } finally {
    progress.stop();
  }
}

/** `ringzero create`: prints the id. Returns the exit status. */
export async function containerCreateCommand(context: CommandContext, options: CreateOptions, operands: readonly string[]): Promise<number> {
  containerCreate(options, operands);
  const { id } = await create(await context.client(), options, operands);
  console.log(id);
  return 0;
}

/** `ringzero run`: makes a container, starts it, and connects the standard streams. Returns its program's exit status. */
export async function containerRun(context: CommandContext, options: RunOptions, operands: readonly string[]): Promise<number> {
  const interactive = options.interactive === true, tty = options.tty === true;
  if (options.detach) {
    containerCreate(options, operands);
    const client = await context.client(), { id } = await create(client, options, operands);
    await client.ask("container.start", { container: id }).catch((error: unknown) => { throw programFailure(error); });
    console.log(id);
    return 0;
  }
  checkTerminal({ interactive, tty });
  // What is wrong with the options is said before a machine is started.
  containerCreate(options, operands);
  const client = await context.client(), { id } = await create(client, options, operands);
  return await programSession(client, {
    interactive, tty,
    begin: (listeners) => client.call("container.attach", { container: id, logs: false }, listeners),
    attached: async () => { await client.ask("container.start", { container: id }); },
    ...signals(client, id, tty, options.sigProxy !== false),
  });
}
/** As docker(1): signals go to the program unless it has a terminal of its own, where ^C is a key. */
function signals(client: ServiceClient, container: string, tty: boolean, proxy: boolean): { onSignal?: (signal: string) => void } {
  if (tty || !proxy) return {};
  return { onSignal: (signal) => void client.ask("container.kill", { container, signal }).catch(() => {}) };
}

/** Options of `attach`. */
export interface AttachOptions { readonly stdin: boolean; readonly sigProxy?: boolean }

/** `ringzero attach` and `start -a`: connects to the first program of a container. Returns its exit status. */
export async function containerAttach(context: CommandContext, container: string, { stdin, sigProxy }: AttachOptions, start = false): Promise<number> {
  const client = await machineOf(context, container), [line] = await client.ask("container.inspect", { container });
  const tty = line!.tty, interactive = stdin && line!.stdin;
  if (!start && line!.status !== "running") throw new CommandFailure(`Container ${container} is not running: it cannot be attached to.`);
  checkTerminal({ interactive, tty });
  return await programSession(client, {
    interactive, tty,
    begin: (listeners) => client.call("container.attach", { container, logs: false }, listeners),
    ...(start && { attached: async () => { await client.ask("container.start", { container }); } }),
    ...signals(client, container, tty, sigProxy !== false),
  });
}

/** Options of `exec`. */
export interface ExecOptions extends ProcessOptions { readonly detach?: boolean }

/** `ringzero exec`: starts a program in a container. Returns its exit status. */
export async function containerExec(context: CommandContext, options: ExecOptions, container: string, args: readonly string[]): Promise<number> {
  const interactive = options.interactive === true, tty = options.tty === true, what = processArgs(options, args);
  if (args.length === 0) throw new CommandFailure("Give a command.", EXIT_USAGE);
  if (options.detach) {
    await (await machineOf(context, container)).ask("container.exec", { container, process: what, detach: true }).catch((error: unknown) => { throw programFailure(error); });
    return 0;
  }
  checkTerminal({ interactive, tty });
  const client = await machineOf(context, container);
  return await programSession(client, { interactive, tty, begin: (listeners) => client.call("container.exec", { container, process: what, detach: false }, listeners) });
}

/** The machine, where it runs; else there is no container either. */
export async function machineOf(context: CommandContext, container: string): Promise<ServiceClient> {
  const client = await context.running();
  if (!client) throw new CommandFailure(`No such container: ${container}. No machine is running.`);
  return client;
}
