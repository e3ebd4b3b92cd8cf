import type { BuiltVariant } from "../../isa/variants.ts";
import type { HandlerNumbers } from "../../decode/code-cache.ts";
import type { Statement } from "../../ir/statement.ts";
import { generateInterpreter, type InterpreterModule } from "./module.ts";
import { isHot } from "./hot.ts";
import { PSEUDO } from "../../decode/operation.ts";

/** A compiled interpreter, shared by every vCPU of a process. */
export interface Interpreter {
  readonly module: WebAssembly.Module;
  readonly generated: InterpreterModule;
  readonly numbers: HandlerNumbers;
}

/** Generates and compiles the interpreter for a list of recorded variants. */
export function compileInterpreter(built: readonly BuiltVariant[]): Interpreter {
  const generated = generateInterpreter(built, isHot);
  const stops = Uint8Array.from(built, (b) => Number(neverFallsThrough(b.statements)));
  const relativeHandler = new Uint8Array(generated.handlers);
  relativeHandler[PSEUDO.region] = 1;
  built.forEach((b, i) => {
    if (b.variant.form.operands.some((o) => o.kind === "relative")) relativeHandler[generated.handlerOf[i]!] = 1;
  });
  const module = new WebAssembly.Module(generated.bytes as Uint8Array<ArrayBuffer>);
  return { module, generated, numbers: { handlerOf: generated.handlerOf, stops, relativeHandler } };
}

/** Whether control never reaches the following instruction through this one. */
function neverFallsThrough(list: readonly Statement[]): boolean {
  const last = list.at(-1);
  return last !== undefined && (last.s === "jump" || last.s === "jumpRelative" || last.s === "raise");
}
