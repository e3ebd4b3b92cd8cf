import type { Command, CommandResult, Commands } from "../commands.ts";
import { HostError } from "../host-error.ts";

/** What a program does. */
export type Program = (command: Command) => CommandResult | Promise<CommandResult>;

/** Programs that are functions, by name. */
export class TableCommands implements Commands {
  readonly #programs = new Map<string, Program>();

  /** Says what a program does. */
  define(name: string, program: Program): void {
    this.#programs.set(name, program);
  }
  async run(command: Command): Promise<CommandResult> {
    const program = this.#programs.get(command.program);
    if (!program) throw new HostError("not-found", `There is no program "${command.program}" here. Name it with define().`);
    command.signal?.throwIfAborted();
    return program(command);
  }
}
