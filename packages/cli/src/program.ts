import { Command, Option } from "commander";
import { bytesOf, wholeOf } from "./arguments/parse.ts";
import type { CommandContext } from "./context.ts";
import { compareWorlds } from "./commands/compare.ts";
import { kernelPanic } from "./commands/kernel-panic.ts";
import { lab, type LabOptions } from "./commands/lab.ts";
import { info } from "./commands/info.ts";
import { serveMachine } from "./commands/serve.ts";
import { shutdown } from "./commands/shutdown.ts";
import { addContainerCommands } from "./container-program.ts";
import { addImageCommands } from "./image-program.ts";
import { addVmCommands } from "./vm-program.ts";

/** Where a command leaves its exit status. */
export interface Outcome {
  /** 0 where nothing went wrong. */
  status: number;
}

const HELP = `
Each command has a --help of its own. To begin with:
  ringzero vm run                       Linux in a virtual machine, at its shell
  ringzero run -it --rm busybox         a shell in a container
  ringzero compare                      the same work in both, and what it costs
`;

const LAB_HELP = `
The file exports the answers; without it, the lab's starter is graded. A function that never returns is ended.

Exit status: 0 all answered, 1 not yet, 2 cannot be graded.

Examples:
  ringzero lab
  ringzero lab 01 my-answers.ts
  ringzero lab 01 --show --seed 3
`;

/** The command line's grammar. Each command leaves its status in `outcome`. */
export function program(context: CommandContext, version: string, outcome: Outcome): Command {
  const root = new Command("ringzero")
    .description("One simulated x86 machine, shared two ways: virtual machines with a ring 0 of their own, and containers on one shared kernel.")
    .version(`ringzero ${version}`, "-v, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .enablePositionalOptions()
    .showSuggestionAfterError()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false, subcommandTerm: (command) => command.name() })
    .addHelpText("after", HELP);
  root.commandsGroup("Virtual machines:");
  addVmCommands(root, context, outcome);
  root.commandsGroup("Containers:");
  addContainerCommands(root, context, outcome);
  root.commandsGroup("Images:");
  addImageCommands(root, context, outcome);
  root.commandsGroup("Both worlds:");
  root.command("compare").description("the same work in a virtual machine and in a container, and what each crosses to do it").option("--json", "figures as JSON").option("--quick", "our own small guests instead of Debian's Linux")
    .addOption(new Option("--workers <n>", "both sides in turn on one worker, or each on one of its own; the figures are the same").choices(["1", "2"]).default("2"))
    .action(async ({ json, quick, workers }: { json?: boolean; quick?: boolean; workers: string }) => { outcome.status = await compareWorlds(context, { ...(json ? { json } : {}), ...(quick ? { quick } : {}), workers: workers === "1" ? 1 : 2 }); });
  root.command("lab").description("list the course labs, or grade answers to one").argument("[lab]").argument("[file]").addOption(new Option("--seed <n>", "the same numbers each time").argParser(wholeOf)).option("--show", "print the counters of one experiment instead")
    .addHelpText("after", LAB_HELP).action(async (name: string | undefined, file: string | undefined, options: LabOptions) => { outcome.status = await lab(context, name, file, options); });
  root.commandsGroup("The machine:");
  root.command("info").description("the machine, and who holds its memory").option("--json", "as JSON").action(async (options: { json?: boolean }) => { outcome.status = await info(context, options); });
  root.command("kernel").description("the kernel that all containers share: panic").helpCommand(false).configureHelp({ subcommandTerm: (command) => command.name() })
    .command("panic").description("crash it: every container dies with it, and no virtual machine does").option("-y, --yes", "do not ask").action(async (options: { yes?: boolean }) => { outcome.status = await kernelPanic(context, options); });
  root.command("serve").description("be the machine, in the foreground, until it is shut down").addOption(new Option("-m, --memory <size>", "its memory").argParser(bytesOf).default(3 * 2 ** 30, "3g"))
    .action(async (options: { memory: number }) => { outcome.status = await serveMachine(options); });
  root.command("shutdown").description("end the machine with everything in it").action(async () => { outcome.status = await shutdown(context); });
  return root;
}
