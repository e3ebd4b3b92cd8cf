// The ringzero command.
import { CommanderError } from "commander";
import { ServiceError } from "@ringzero/service";
import { release } from "@ringzero/service/node";
import { CommandContext, useCheckoutStore } from "./context.ts";
import { CommandFailure, EXIT_USAGE } from "./failure.ts";
import { holdLifeline } from "./lifeline.ts";
import { program, type Outcome } from "./program.ts";

holdLifeline();
useCheckoutStore();
const context = new CommandContext(), outcome: Outcome = { status: 0 };
try {
  const root = program(context, release(), outcome);
  for (const command of [root, ...root.commands, ...root.commands.flatMap((c) => c.commands)]) command.exitOverride().configureOutput({ outputError: (text, print) => print(text.replace(/^error: /, `${command.name()}: `)) });
  await root.parseAsync();
} catch (error) {
  outcome.status = failed(error);
}
context.close();
// Standard input may still be open at its other end.
process.stdout.write("", () => process.exit(outcome.status));

/** Says what went wrong. Returns the status. */
function failed(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof CommandFailure || error instanceof ServiceError) {
    process.stderr.write(`ringzero: ${error.message}\n`);
    return error instanceof CommandFailure ? error.status : 1;
  }
  process.stderr.write(`ringzero: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  return 1;
}
