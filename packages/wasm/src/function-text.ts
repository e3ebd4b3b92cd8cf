import { ByteReader } from "./byte-reader.ts";
import { readInstruction, type TextContext, type TextInstruction } from "./instruction-text.ts";
import { signatureOf, OP } from "./opcodes.ts";
import type { ParsedFunction, ParsedModule } from "./parse.ts";
import type { FunctionType } from "./sections.ts";

const WIDTH = 132;
/** Deeper levels are indented no further: the blocks of a br_table with hundreds of targets would fill the page with blanks. */
const DEEPEST = 16;

/** A block that is open: how many values are on its stack, and how many it leaves on that of the outer one. */
interface Open {
  height: number;
  readonly results: number;
  readonly params: number;
}

/**
 * The instructions of a function, one statement a line: a line ends where the operand stack is empty again, and at each construct.
 * `indent` is that of the outermost statements.
 */
export function functionLines(module: ParsedModule, f: ParsedFunction, context: TextContext, indent: string): string[] {
  const lines: string[] = [];
  const r = new ByteReader(module.bytes, f.start, f.end);
  const open: Open[] = [{ height: 0, params: 0, results: module.types[f.type]?.results.length ?? 0 }];
  let line: string[] = [];
  const flush = (depth: number): void => {
    if (line.length > 0) lines.push(...wrap(line, indent + "  ".repeat(Math.min(Math.max(depth, 0), DEEPEST))));
    line = [];
  };
  while (r.at < f.end - 1) {
    const hint = f.hints.get(r.at - f.body);
    const i = readInstruction(r, context);
    if (i.name === "end" || i.name === "else") flush(open.length - 1);
    line.push(hint === undefined ? i.text : `(@metadata.code.branch_hint "\\0${hint}") ${i.text}`);
    const before = open.length;
    apply(i, open);
    if (open.length > before) flush(before - 1);
    else if (i.name === "else") flush(open.length - 2);
    else if (open.at(-1)!.height === 0) flush(open.length - 1);
  }
  flush(0);
  return lines;
}

/** Does to the operand stack's height what the instruction does. */
function apply({ name, type }: TextInstruction, open: Open[]): void {
  const top = open.at(-1)!;
  switch (name) {
    case "block": case "loop": case "if": {
      const { params, results } = type!;
      top.height -= params.length + (name === "if" ? 1 : 0);
      open.push({ height: params.length, params: params.length, results: results.length });
      return;
    }
    case "else": top.height = top.params; return;
    case "end":
      open.pop();
      open.at(-1)!.height += top.results;
      return;
    // What follows is unreachable; the stack may be taken as empty.
    case "br": case "br_table": case "return": case "unreachable": case "return_call": case "return_call_indirect": top.height = 0; return;
    case "br_if": case "drop": case "local.set": case "global.set": top.height -= 1; break;
    case "local.get": case "global.get": top.height += 1; break;
    case "local.tee": break;
    case "select": top.height -= 2; break;
    case "call": call(top, type!, 0); break;
    case "call_indirect": call(top, type!, 1); break;
    default: {
      const signature = signatureOf(OP[name]);
      top.height += (signature.result === undefined ? 0 : 1) - signature.params.length;
    }
  }
  if (top.height < 0) top.height = 0;
}
function call(top: Open, type: FunctionType, extra: number): void {
  top.height += type.results.length - type.params.length - extra;
}

function wrap(parts: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const part of parts) {
    if (line.length > indent.length && line.length + part.length > WIDTH) {
      lines.push(line.trimEnd());
      line = `${indent}    `;
    }
    line += `${part}  `;
  }
  lines.push(line.trimEnd());
  return lines;
}
