import { ByteBuffer } from "./byte-buffer.ts";
import { OP } from "./opcodes.ts";
import { EXTERN_KIND, functionType, globalType, limits, locals, section, SECTION, sizeOfU32, tableType, vectorSection, type ExternKind, type FunctionType, type GlobalType, type Limits } from "./sections.ts";
import type { ValueType } from "./value-type.ts";

interface Import {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  readonly type: number | Limits | GlobalType;
}
interface Declared {
  readonly type: number;
  readonly name: string | undefined;
  /** Place of its body in the code buffer; -1 until there is one. */
  start: number;
  end: number;
  /** Bytes of the body before its instructions. */
  localsSize: number;
}
interface Hints {
  readonly function: number;
  readonly offsets: readonly number[];
  readonly values: readonly number[];
}

/** What {@link ModuleWriter.finish} adds. */
export interface FinishOptions {
  /** A name section with the names given to `declare`, for debuggers, stack traces and text dumps. Default: none. */
  readonly names?: boolean;
}

/**
 * Collects a module and writes it in one pass. Imports come before what the module defines itself, for they have the first indices:
 * the methods that import throw an Error once something of that kind has been defined.
 *
 * Core spec, "Binary Format: Modules"; the branch hints are the branch hinting section of "Custom Sections and Annotations".
 */
export class ModuleWriter {
  readonly #types: FunctionType[] = [];
  readonly #typeIndex = new Map<string, number>();
  readonly #imports: Import[] = [];
  readonly #importCount = { function: 0, table: 0, memory: 0, global: 0 };
  readonly #functions: Declared[] = [];
  readonly #tables: Limits[] = [];
  readonly #memories: Limits[] = [];
  readonly #globals: { readonly type: GlobalType; readonly value: number | bigint }[] = [];
  readonly #exports: { readonly name: string; readonly kind: ExternKind; readonly index: number }[] = [];
  readonly #elements: { readonly table: number; readonly offset: number; readonly functions: ArrayLike<number> }[] = [];
  readonly #data: { readonly offset: number; readonly bytes: Uint8Array }[] = [];
  readonly #hints: Hints[] = [];
  readonly #code = new ByteBuffer();

  /** Index of a function type; equal types have one. */
  type(params: readonly ValueType[], results: readonly ValueType[]): number {
    const key = `${params.join()}>${results.join()}`;
    let index = this.#typeIndex.get(key);
    if (index === undefined) this.#typeIndex.set(key, (index = this.#types.push({ params: params.slice(), results: results.slice() }) - 1));
    return index;
  }

  /** Imports a function of a type's index. Returns the function's index. */
  importFunction(module: string, name: string, type: number): number {
    return this.#import(module, name, "function", type, this.#functions.length);
  }
  /** Imports a memory; instructions use memory 0. */
  importMemory(module: string, name: string, size: Limits): number {
    return this.#import(module, name, "memory", size, this.#memories.length);
  }
  /** Imports a table of functions. */
  importTable(module: string, name: string, size: Limits): number {
    return this.#import(module, name, "table", size, this.#tables.length);
  }
  /** Imports a global. */
  importGlobal(module: string, name: string, type: GlobalType): number {
    return this.#import(module, name, "global", type, this.#globals.length);
  }
  #import(module: string, name: string, kind: ExternKind, type: number | Limits | GlobalType, defined: number): number {
    if (defined > 0) throw new Error(`The ${kind} "${module}" "${name}" is imported after one was defined, whose index it would move.`);
    this.#imports.push({ module, name, kind, type });
    return this.#importCount[kind]++;
  }

  /** Defines a table of functions, all null at first. */
  table(size: Limits): number {
    return this.#importCount.table + this.#tables.push(size) - 1;
  }
  /** Defines a memory. */
  memory(size: Limits): number {
    return this.#importCount.memory + this.#memories.push(size) - 1;
  }
  /** Defines a global of a number type with its first value. */
  global(type: GlobalType, value: number | bigint): number {
    return this.#importCount.global + this.#globals.push({ type, value }) - 1;
  }

  /** Declares a function whose body comes later, so that others can call it. The name is for {@link FinishOptions.names}. Returns its index. */
  declare(type: number, name?: string): number {
    return this.#importCount.function + this.#functions.push({ type, name, start: -1, end: -1, localsSize: 0 }) - 1;
  }
  /** Takes the body of a declared function: its locals beyond the parameters, and the instructions without the final `end`. The bytes are copied. */
  body(index: number, types: readonly ValueType[], instructions: ByteBuffer): void {
    const f = this.#declared(index);
    f.start = this.#code.length;
    f.localsSize = locals(this.#code, types);
    this.#code.raw(instructions.bytes, 0, instructions.length);
    this.#code.u8(OP.end);
    f.end = this.#code.length;
  }
  /** Says which way the branches of a function go: at each offset in its instructions an `if` or `br_if`, and 1 where its condition is likely true or 0. */
  branchHints(index: number, offsets: readonly number[], values: readonly number[]): void {
    if (offsets.length > 0) this.#hints.push({ function: index, offsets, values });
  }

  /** Exports something by its index. */
  export(name: string, kind: ExternKind, index: number): void {
    this.#exports.push({ name, kind, index });
  }
  /** Fills a table from `offset` on at instantiation. */
  element(table: number, offset: number, functions: ArrayLike<number>): void {
    this.#elements.push({ table, offset, functions });
  }
  /** Fills memory 0 from `offset` on at instantiation. */
  data(offset: number, bytes: Uint8Array): void {
    this.#data.push({ offset, bytes });
  }

  /** The module. Throws an Error where a declared function has no body. */
  finish(options: FinishOptions = {}): Uint8Array {
    const out = new ByteBuffer(this.#code.length + 4096);
    out.raw(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
    vectorSection(out, SECTION.type, this.#types, functionType);
    vectorSection(out, SECTION.import, this.#imports, writeImport);
    vectorSection(out, SECTION.function, this.#functions, (_, f) => out.u32(f.type));
    vectorSection(out, SECTION.table, this.#tables, tableType);
    vectorSection(out, SECTION.memory, this.#memories, limits);
    vectorSection(out, SECTION.global, this.#globals, (_, { type, value }) => {
      globalType(out, type);
      constantExpression(out, type.type, value);
    });
    vectorSection(out, SECTION.export, this.#exports, (_, { name, kind, index }) => {
      out.name(name);
      out.u8(EXTERN_KIND[kind]);
      out.u32(index);
    });
    vectorSection(out, SECTION.element, this.#elements, (_, { table, offset, functions }) => {
      // Form 0 is for table 0; form 2 names the table and the kind of its elements, functions.
      out.u8(table === 0 ? 0 : 2);
      if (table !== 0) out.u32(table);
      constantExpression(out, "i32", offset);
      if (table !== 0) out.u8(0);
      out.u32(functions.length);
      for (let i = 0; i < functions.length; i++) out.u32(functions[i]!);
    });
    this.#writeHints(out);
    this.#writeCode(out);
    vectorSection(out, SECTION.data, this.#data, (_, { offset, bytes }) => {
      out.u8(0);
      constantExpression(out, "i32", offset);
      out.u32(bytes.length);
      out.raw(bytes);
    });
    if (options.names) this.#writeNames(out);
    return out.toBytes();
  }

  #declared(index: number): Declared {
    const f = this.#functions[index - this.#importCount.function];
    if (!f) throw new Error(`Function ${index} is not one that this module declares.`);
    return f;
  }
  #writeCode(out: ByteBuffer): void {
    if (this.#functions.length === 0) return;
    // Sizes are known beforehand, so the bodies are copied once.
    let size = sizeOfU32(this.#functions.length);
    this.#functions.forEach((f, n) => {
      if (f.start < 0) throw new Error(`Function ${this.#importCount.function + n}${f.name === undefined ? "" : ` "${f.name}"`} is declared and has no body.`);
      size += sizeOfU32(f.end - f.start) + f.end - f.start;
    });
    out.u8(SECTION.code);
    out.u32(size);
    out.reserve(size);
    out.u32(this.#functions.length);
    for (const f of this.#functions) {
      out.u32(f.end - f.start);
      out.raw(this.#code.bytes, f.start, f.end);
    }
  }
  /** The section must stand before the code section, its functions in the order of their indices, offsets from the start of the locals. */
  #writeHints(out: ByteBuffer): void {
    if (this.#hints.length === 0) return;
    section(out, SECTION.custom, () => {
      out.name("metadata.code.branch_hint");
      out.u32(this.#hints.length);
      for (const { function: index, offsets, values } of this.#hints.toSorted((a, b) => a.function - b.function)) {
        const { localsSize } = this.#declared(index);
        out.u32(index);
        out.u32(offsets.length);
        for (let i = 0; i < offsets.length; i++) {
          out.u32(localsSize + offsets[i]!);
          out.u32(1);
          out.u8(values[i]!);
        }
      }
    });
  }
  /** Core spec, "Custom Sections: Name Section"; subsection 1 names functions. */
  #writeNames(out: ByteBuffer): void {
    const named = this.#functions.flatMap((f, n) => (f.name === undefined ? [] : [{ index: this.#importCount.function + n, name: f.name }]));
    section(out, SECTION.custom, () => {
      out.name("name");
      out.u8(1);
      out.sized(() => {
        out.u32(named.length);
        for (const { index, name } of named) {
          out.u32(index);
          out.name(name);
        }
      });
    });
  }
}

function writeImport(out: ByteBuffer, { module, name, kind, type }: Import): void {
  out.name(module);
  out.name(name);
  out.u8(EXTERN_KIND[kind]);
  if (typeof type === "number") out.u32(type);
  else if (kind === "table") tableType(out, type as Limits);
  else if (kind === "memory") limits(out, type as Limits);
  else globalType(out, type as GlobalType);
}

/** A constant and `end`. Core spec, "Expressions: Constant Expressions". */
function constantExpression(out: ByteBuffer, type: ValueType, value: number | bigint): void {
  switch (type) {
    case "i32": out.u8(OP["i32.const"]); out.s32(Number(value)); break;
    case "i64": out.u8(OP["i64.const"]); out.s64(value); break;
    case "f32": out.u8(OP["f32.const"]); out.f32(Number(value)); break;
    case "f64": out.u8(OP["f64.const"]); out.f64(Number(value)); break;
    default: throw new Error(`A global of type ${type} cannot be given a number.`);
  }
  out.u8(OP.end);
}
