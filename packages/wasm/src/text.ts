import { functionLines } from "./function-text.ts";
import type { TextContext } from "./instruction-text.ts";
import { parseModule, type ParsedFunction, type ParsedModule } from "./parse.ts";
import type { FunctionType, GlobalType, Limits } from "./sections.ts";

/** What {@link disassemble} shows. */
export interface TextOptions {
  /** Only the function of this name or index, without the rest of the module. */
  readonly function?: string | number;
}

/**
 * A module in the text format, for people and for golden files: `wat2wasm` accepts it and makes a module that does the same. One statement
 * stands on a line. Functions are called by the names of the name section, of their import or export; alignment hints are left out.
 *
 * Throws an Error where the bytes are no module, or one that {@link ModuleWriter} does not write. Core spec, "Text Format".
 */
export function disassemble(bytes: Uint8Array, options: TextOptions = {}): string {
  const m = parseModule(bytes);
  const imported = m.imports.filter((i) => i.kind === "function");
  const references = functionReferences(m);
  const context: TextContext = {
    types: m.types,
    functionReference: (index) => references[index] ?? String(index),
    functionType: (index) => m.types[index < imported.length ? (imported[index]!.type as number) : m.functions[index - imported.length]!.type]!,
  };
  const show = (f: ParsedFunction, n: number, indent: string): string[] => functionText(m, f, imported.length + n, context, indent);
  if (options.function !== undefined) {
    const wanted = options.function;
    const index = typeof wanted === "number" ? wanted : references.indexOf(identifier(wanted));
    const f = m.functions[index - imported.length];
    if (!f) throw new Error(`The module has no function ${typeof wanted === "number" ? wanted : `"${wanted}"`} of its own.`);
    return lines(show(f, index - imported.length, ""));
  }
  return lines(["(module", ...declarations(m, references), ...m.functions.flatMap((f, n) => show(f, n, "  ")), ")"]);
}

function lines(text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
function functionText(m: ParsedModule, f: ParsedFunction, index: number, context: TextContext, indent: string): string[] {
  const reference = context.functionReference(index);
  const head = `${indent}(func ${reference.startsWith("$") ? reference : `(;${index};)`} (type ${f.type})${signature(m.types[f.type])}`;
  const locals = f.locals.length > 0 ? [`${indent}  (local ${f.locals.join(" ")})`] : [];
  return [head, ...locals, ...functionLines(m, f, context, `${indent}  `), `${indent})`];
}

/** Everything but the functions, in the order of the sections. */
function declarations(m: ParsedModule, references: readonly string[]): string[] {
  let n = 0;
  return [
    ...m.types.map((type, i) => `  (type (;${i};) (func${signature(type)}))`),
    ...m.imports.map(({ module, name, kind, type }) => `  (import ${quote(module)} ${quote(name)} ${
      kind === "function" ? `(func ${references[n++]} (type ${type as number}))`
      : kind === "global" ? `(global ${globalType(type as GlobalType)})`
      : `(${kind} ${limits(type as Limits)}${kind === "table" ? " funcref" : ""})`})`),
    ...m.tables.map((size) => `  (table ${limits(size)} funcref)`),
    ...m.memories.map((size) => `  (memory ${limits(size)})`),
    ...m.globals.map(({ type, value }) => `  (global ${globalType(type)} (${type.type}.const ${value}))`),
    ...m.exports.map(({ name, kind, index }) => `  (export ${quote(name)} (${kind === "function" ? `func ${references[index]}` : `${kind} ${index}`}))`),
    ...m.elements.map(({ table, offset, functions }) => `  (elem (table ${table}) (i32.const ${offset}) func ${functions.map((f) => references[f]).join(" ")})`),
    ...m.data.map(({ offset, bytes }) => `  (data (i32.const ${offset}) "${[...bytes].map((b) => `\\${b.toString(16).padStart(2, "0")}`).join("")}")`),
  ];
}

/** `$name` of each function where it has one, else its index. The same name twice gets the index behind it. */
function functionReferences(m: ParsedModule): string[] {
  const names: (string | undefined)[] = m.imports.filter((i) => i.kind === "function").map((i) => i.name);
  for (let i = 0; i < m.functions.length; i++) names.push(undefined);
  for (const { name, kind, index } of m.exports) if (kind === "function") names[index] ??= name;
  for (const [index, name] of m.names) names[index] = name;
  const taken = new Set<string>();
  return names.map((name, index) => {
    if (name === undefined) return String(index);
    let text = identifier(name);
    if (taken.has(text)) text += `.${index}`;
    taken.add(text);
    return text;
  });
}
/** Characters that an identifier may have: core spec, "Text Format: Identifiers". */
function identifier(name: string): string {
  return `$${name.replace(/[^0-9A-Za-z!#$%&'*+\-./:<=>?@\\^_`|~]/gu, "_")}`;
}
function signature(type: FunctionType | undefined): string {
  const { params, results } = type ?? { params: [], results: [] };
  return (params.length > 0 ? ` (param ${params.join(" ")})` : "") + (results.length > 0 ? ` (result ${results.join(" ")})` : "");
}
function limits({ minimum, maximum, shared }: Limits): string {
  return `${minimum}${maximum === undefined ? "" : ` ${maximum}`}${shared ? " shared" : ""}`;
}
function globalType({ type, mutable }: GlobalType): string {
  return mutable ? `(mut ${type})` : type;
}
function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}
