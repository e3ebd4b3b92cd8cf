import { Option, type Command } from "commander";
import { bytesOf, expressionOf, secondsOf } from "./arguments/parse.ts";
import type { CommandContext } from "./context.ts";
import type { Outcome } from "./program.ts";
import { vmConsole, vmList, vmVerb, type VmVerb } from "./commands/vm-control.ts";
import { vmRun, type VmRunOptions } from "./commands/vm-run.ts";

const VERBS: { readonly [verb in VmVerb]: string } = {
  pause: "stop virtual machines between two instructions", resume: "let paused ones go on", reset: "press the reset button", shutdown: "press the power button", kill: "end virtual machines at once",
};
const MEMORY = 128 * 2 ** 20;

/** Adds `vm` and what is below it. */
export function addVmCommands(root: Command, context: CommandContext, outcome: Outcome): void {
  const vm = root.command("vm").description("virtual machines: run, ls, console, pause, resume, reset, shutdown, kill").helpCommand(false)
    .configureHelp({ subcommandTerm: (command) => command.name(), subcommandDescription: (command) => command.description().split(". ")[0]!.replace(/\.$/, "") });
  const screen = (): Option => new Option("--screen <mode>", "the VGA text screen and the keyboard instead of the serial console").choices(["text"]);
  vm.command("run")
    .description("run a virtual machine with its serial console on standard input and output. Without a kernel it boots Debian's Linux.")
    .optionsGroup("What it boots:")
    .option("-k, --kernel <file>", "a Linux kernel (bzImage)")
    .option("--initrd <file>", "initial RAM disk; with --multiboot its module")
    .option("--append <text>", "the kernel's command line")
    .option("--multiboot <file>", "a Multiboot kernel (ELF)")
    .option("--floppy <file>", "a floppy disk's image, booted by the BIOS")
    .optionsGroup("How it runs:")
    .addOption(new Option("-m, --memory <size>", "its memory").argParser(bytesOf).default(MEMORY, "128m"))
    .option("--name <name>", "its name (default: vm1, vm2, …)")
    .option("-d, --detach", "leave it to itself and print its name")
    .addOption(screen())
    .option("--deprivileged", "run its ring 0 in ring 3: each privileged instruction traps and is emulated (32-bit kernels)")
    .option("--trace [file]", "with --deprivileged: print each instruction that traps, on standard error or to a file")
    .optionsGroup("In scripts:")
    .addOption(new Option("--until <regex>", "end it, with status 0, when the console says this").argParser(expressionOf))
    .addOption(new Option("--timeout <seconds>", "end it, with status 124, after this time").argParser(secondsOf))
    .addOption(new Option("--input-after <regex>", "hold standard input until the console says this").argParser(expressionOf))
    .helpOption("-h, --help", "show this help")
    .addHelpText("after", RUN_HELP)
    .action(async (options: VmRunOptions) => { outcome.status = await vmRun(context, options); });
  vm.command("ls").alias("list").description("list virtual machines").option("-q, --quiet", "names only").option("--json", "all counters, as JSON")
    .action(async (options: { quiet?: boolean; json?: boolean }) => { outcome.status = await vmList(context, options); });
  vm.command("console").description("connect to a console; Ctrl-] leaves it again").argument("<name>").addOption(screen())
    .action(async (name: string, options: { screen?: "text" }) => { outcome.status = await vmConsole(context, name, options); });
  for (const [verb, description] of Object.entries(VERBS) as [VmVerb, string][]) {
    vm.command(verb).description(description).argument("<name...>").action(async (names: string[]) => { outcome.status = await vmVerb(context, verb, names); });
  }
}

const RUN_HELP = `
Ctrl-] leaves the console; the virtual machine goes on.

Exit status: 0 it switched itself off, or halted for good, or the expression was seen; 1 it
crashed, or ended without the expression; 124 the time was up; 125 it could not be made; 128 + n by signal n.

Examples:
  ringzero vm run
  ringzero vm run --kernel bzImage --initrd root.cpio --append console=ttyS0 --until 'login:' --timeout 60
  echo 'uname -a; poweroff -f' | ringzero vm run
  ringzero vm run --floppy boot.img --screen text
`;
