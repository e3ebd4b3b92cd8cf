import { Option, type Command } from "commander";
import { bytesOf, countOf, secondsOf, wholeOf } from "./arguments/parse.ts";
import type { CommandContext } from "./context.ts";
import type { Outcome } from "./program.ts";
import type { CreateOptions } from "./commands/container-options.ts";
import { forEach, inspect, logs, ps, stats, waitFor, type LogsOptions, type PsOptions } from "./commands/container-control.ts";
import { containerAttach, containerCreateCommand, containerExec, containerRun, type ExecOptions, type RunOptions } from "./commands/container-run.ts";

const several = (value: string, before: readonly string[] = []): string[] => [...before, value];

function processOptions(command: Command): Command {
  return command
    .option("-i, --interactive", "keep standard input open")
    .option("-t, --tty", "a terminal for the program")
    .option("-e, --env <name=value>", "set a variable; without a value, this shell's", several)
    .option("--env-file <file>", "variables from a file", several)
    .option("-w, --workdir <dir>", "working directory")
    .option("-u, --user <user>", "user, as name or uid, with :group");
}
function createOptions(command: Command): Command {
  return processOptions(command)
    .option("--name <name>", "a name for it")
    .option("-h, --hostname <name>", "its host name (default: its id)")
    .option("-v, --volume <host:guest>", "a directory or file of this computer inside; :ro behind it to read only", several)
    .addOption(new Option("-m, --memory <size>", "memory limit").argParser(bytesOf))
    .addOption(new Option("--pids-limit, --pids <n>", "limit of tasks").argParser(countOf))
    .addOption(new Option("--platform <platform>", "which of an image's platforms").choices(["linux/amd64", "linux/386"]))
    .option("--rootfs <dir>", "a directory of this computer in place of an image")
    .option("--read-only", "the root file system cannot be written to")
    .option("--rm", "remove it when its program has ended")
    .helpOption("--help", "show this help");
}

/** Adds the commands about containers. */
export function addContainerCommands(root: Command, context: CommandContext, outcome: Outcome): void {
  createOptions(root.command("run").description("run a command in a new container").argument("[image]").argument("[command...]"))
    .option("-d, --detach", "leave it to itself and print its id")
    .option("--no-sig-proxy", "do not hand signals on to the program")
    .passThroughOptions()
    .addHelpText("after", RUN_HELP)
    .action(async (image: string | undefined, command: string[], options: RunOptions & { readonly pids?: number }) => { outcome.status = await containerRun(context, limits(options), operands(image, command)); });
  createOptions(root.command("create").description("make a container, to be started").argument("[image]").argument("[command...]")).passThroughOptions()
    .action(async (image: string | undefined, command: string[], options: CreateOptions & { readonly pids?: number }) => { outcome.status = await containerCreateCommand(context, limits(options), operands(image, command)); });
  processOptions(root.command("exec").description("run a command in a container that runs").argument("<container>").argument("<command...>"))
    .option("-d, --detach", "leave it to itself")
    .passThroughOptions()
    .action(async (container: string, command: string[], options: ExecOptions) => { outcome.status = await containerExec(context, options, container, command); });
  addLookingCommands(root, context, outcome);
  addLifeCommands(root, context, outcome);
}
function operands(image: string | undefined, command: readonly string[]): string[] { return image === undefined ? [] : [image, ...command]; }
function limits<T extends CreateOptions>(options: T & { readonly pids?: number }): T {
  const { pids, ...rest } = options;
  return (pids === undefined ? rest : { ...rest, pidsLimit: pids }) as unknown as T;
}

function addLookingCommands(root: Command, context: CommandContext, outcome: Outcome): void {
  root.command("ps").description("list containers").option("-a, --all", "those that do not run too").option("-q, --quiet", "ids only").option("--no-trunc", "ids and commands in full").option("--json", "all counters, as JSON")
    .action(async (options: PsOptions) => { outcome.status = await ps(context, options); });
  root.command("logs").description("print what a container has written").argument("<container>").option("-f, --follow", "go on until it ends").addOption(new Option("-n, --tail <lines>", "so many lines from the end").argParser(wholeOf))
    .option("-t, --timestamps", "with the time of each line").action(async (container: string, options: LogsOptions) => { outcome.status = await logs(context, container, options); });
  root.command("stats").description("what containers have and do: memory, tasks, system calls").option("-a, --all", "those that do not run too").option("--json", "as JSON")
    .action(async (options: { all?: boolean; json?: boolean }) => { outcome.status = await stats(context, options); });
  root.command("inspect").description("all that is known of containers, as JSON").argument("<container...>").action(async (names: string[]) => { outcome.status = await inspect(context, names); });
}
function addLifeCommands(root: Command, context: CommandContext, outcome: Outcome): void {
  root.command("attach").description("connect to a container's program; Ctrl-P Ctrl-Q leaves it again").argument("<container>").option("--no-stdin", "do not connect standard input").option("--no-sig-proxy", "do not hand signals on")
    .action(async (container: string, options: { stdin: boolean; sigProxy: boolean }) => { outcome.status = await containerAttach(context, container, options); });
  root.command("start").description("start containers that were made").argument("<container...>").option("-a, --attach", "connect to it").option("-i, --interactive", "connect standard input")
    .action(async (names: string[], options: { attach?: boolean; interactive?: boolean }) => {
      if (options.attach || options.interactive) outcome.status = await containerAttach(context, names[0]!, { stdin: options.interactive === true }, true);
      else outcome.status = await forEach(context, names, async (client, container) => { await client.ask("container.start", { container }); });
    });
  root.command("wait").description("wait until containers end and print their exit statuses").argument("<container...>")
    .action(async (names: string[]) => { outcome.status = await forEach(context, names, waitFor); });
  root.command("stop").description("ask containers to end; after a while, end them").argument("<container...>").addOption(new Option("-t, --time <seconds>", "so long may it take").argParser(secondsOrNone).default(10))
    .action(async (names: string[], { time }: { time: number }) => { outcome.status = await forEach(context, names, async (client, container) => { await client.ask("container.stop", { container, seconds: time }); }); });
  root.command("kill").description("send containers a signal").argument("<container...>").option("-s, --signal <signal>", "which one", "KILL")
    .action(async (names: string[], { signal }: { signal: string }) => { outcome.status = await forEach(context, names, async (client, container) => { await client.ask("container.kill", { container, signal }); }); });
  root.command("rm").description("remove containers").argument("<container...>").option("-f, --force", "those that run too")
    .action(async (names: string[], { force }: { force?: boolean }) => { outcome.status = await forEach(context, names, async (client, container) => { await client.ask("container.remove", { container, force: force === true }); }); });
}
function secondsOrNone(text: string): number { return text === "0" ? 0 : secondsOf(text); }

const RUN_HELP = `
With -t, Ctrl-P Ctrl-Q leaves the container, which goes on. Without -t, signals go to its program.

Exit status: that of the command; 125 the container could not be made, 126 the command cannot be
executed, 127 there is no such command; 128 + n by signal n.

Examples:
  ringzero run -it --rm busybox
  echo hi | ringzero run --rm -i busybox cat
  ringzero run -d --name web --memory 64m --pids 20 -v ./site:/site:ro busybox httpd -f -h /site
  ringzero run --rm --platform linux/386 busybox uname -m
`;
