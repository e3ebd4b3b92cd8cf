import { ByteReader } from "./byte-reader.ts";
import { OP } from "./opcodes.ts";
import { EXTERN_KIND, SECTION, type ExternKind, type FunctionType, type GlobalType, type Limits } from "./sections.ts";
import { VALUE_TYPE_CODE, type ValueType } from "./value-type.ts";

/** Something imported. A function has the index of its type. */
export interface ParsedImport {
  readonly module: string;
  readonly name: string;
  readonly kind: ExternKind;
  readonly type: number | Limits | GlobalType;
}

/** A function of the module: the index of its type, and once the code section is read its locals and instructions. */
export interface ParsedFunction {
  readonly type: number;
  locals: ValueType[];
  /** Where the instructions stand in the module; `start` is the first one's place, `body` that of the locals. */
  body: number;
  start: number;
  end: number;
  /** 1 likely, 0 unlikely, by the place of an instruction relative to `body`. */
  hints: ReadonlyMap<number, number>;
}

/** A module taken apart; instructions are left as bytes. */
export interface ParsedModule {
  readonly bytes: Uint8Array;
  types: FunctionType[];
  imports: ParsedImport[];
  functions: ParsedFunction[];
  tables: Limits[];
  memories: Limits[];
  globals: { readonly type: GlobalType; readonly value: number | bigint }[];
  exports: { readonly name: string; readonly kind: ExternKind; readonly index: number }[];
  elements: { readonly table: number; readonly offset: number; readonly functions: readonly number[] }[];
  data: { readonly offset: number; readonly bytes: Uint8Array }[];
  /** The name section's function names, by index. */
  names: ReadonlyMap<number, string>;
}

const TYPE_OF_CODE = new Map(Object.entries(VALUE_TYPE_CODE).map(([type, code]) => [code, type as ValueType]));
const KINDS = Object.keys(EXTERN_KIND) as ExternKind[];

/** Takes apart what {@link ModuleWriter} writes. Throws an Error where the bytes are no module, or use a form that the writer does not. */
export function parseModule(bytes: Uint8Array): ParsedModule {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== 0 || String.fromCharCode(...reader.raw(3)) !== "asm" || reader.u8() !== 1) throw new Error("This is no WebAssembly module of version 1.");
  reader.raw(3);
  const m: ParsedModule = { bytes, types: [], imports: [], functions: [], tables: [], memories: [], globals: [], exports: [], elements: [], data: [], names: new Map() };
  const hints = new Map<number, Map<number, number>>();
  while (!reader.done) readSection(m, hints, reader.u8(), reader.sized());
  const imported = m.imports.filter((i) => i.kind === "function").length;
  for (const [index, list] of hints) {
    const f = m.functions[index - imported];
    if (f) f.hints = list;
  }
  return m;
}

function readSection(m: ParsedModule, hints: Map<number, Map<number, number>>, id: number, r: ByteReader): void {
  switch (id) {
    case SECTION.custom: return readCustom(m, hints, r);
    case SECTION.type: m.types = r.vector(() => functionType(r)); return;
    case SECTION.import: m.imports = r.vector(() => readImport(r)); return;
    case SECTION.function: m.functions = r.vector(() => ({ type: r.u32(), locals: [], body: 0, start: 0, end: 0, hints: new Map<number, number>() })); return;
    case SECTION.table: m.tables = r.vector(() => tableType(r)); return;
    case SECTION.memory: m.memories = r.vector(() => limits(r)); return;
    case SECTION.global: m.globals = r.vector(() => ({ type: globalType(r), value: constantExpression(r) })); return;
    case SECTION.export: m.exports = r.vector(() => ({ name: r.name(), kind: externKind(r), index: r.u32() })); return;
    case SECTION.element: m.elements = r.vector(() => readElement(r)); return;
    case SECTION.code: r.vector((n) => readBody(m.functions[n]!, r.sized())); return;
    case SECTION.data: m.data = r.vector(() => readData(r)); return;
    default: throw new Error(`Section ${id} is not one that this package writes.`);
  }
}

function readCustom(m: ParsedModule, hints: Map<number, Map<number, number>>, r: ByteReader): void {
  const name = r.name();
  if (name === "name") {
    while (!r.done) {
      const id = r.u8();
      const part = r.sized();
      if (id === 1) m.names = new Map(part.vector(() => [part.u32(), part.name()] as const));
    }
  } else if (name === "metadata.code.branch_hint") {
    r.vector(() => {
      const index = r.u32();
      hints.set(index, new Map(r.vector(() => [r.u32(), r.raw(r.u32())[0]!] as const)));
    });
  }
}
function readImport(r: ByteReader): ParsedImport {
  const module = r.name();
  const name = r.name();
  const kind = externKind(r);
  const type = kind === "function" ? r.u32() : kind === "table" ? tableType(r) : kind === "memory" ? limits(r) : globalType(r);
  return { module, name, kind, type };
}
function readElement(r: ByteReader): ParsedModule["elements"][number] {
  const form = r.u8();
  if (form !== 0 && form !== 2) throw new Error(`Element segments of form ${form} are not ones that this package writes.`);
  const table = form === 0 ? 0 : r.u32();
  const offset = Number(constantExpression(r));
  if (form === 2) r.u8();
  return { table, offset, functions: r.vector(() => r.u32()) };
}
function readData(r: ByteReader): ParsedModule["data"][number] {
  const form = r.u8();
  if (form !== 0) throw new Error(`Data segments of form ${form} are not ones that this package writes.`);
  return { offset: Number(constantExpression(r)), bytes: r.raw(r.u32()) };
}
function readBody(f: ParsedFunction, r: ByteReader): void {
  f.body = r.at;
  f.locals = r.vector(() => {
    const count = r.u32();
    const type = valueType(r);
    return Array.from({ length: count }, () => type);
  }).flat();
  f.start = r.at;
  f.end = r.end;
}
function constantExpression(r: ByteReader): number | bigint {
  const code = r.u8();
  const value = code === OP["i32.const"] ? r.s32() : code === OP["i64.const"] ? r.s64() : code === OP["f32.const"] ? r.f32() : r.f64();
  r.u8();
  return value;
}
function externKind(r: ByteReader): ExternKind {
  const kind = KINDS[r.u8()];
  if (!kind) throw new Error(`Unknown kind of import or export at ${r.at - 1}.`);
  return kind;
}
function functionType(r: ByteReader): FunctionType {
  r.u8();
  return { params: r.vector(() => valueType(r)), results: r.vector(() => valueType(r)) };
}
function limits(r: ByteReader): Limits {
  const flags = r.u8();
  const minimum = r.u32();
  return { minimum, ...(flags & 1 ? { maximum: r.u32() } : {}), ...(flags & 2 ? { shared: true } : {}) };
}
function tableType(r: ByteReader): Limits {
  valueType(r);
  return limits(r);
}
function globalType(r: ByteReader): GlobalType {
  return { type: valueType(r), mutable: r.u8() === 1 };
}
function valueType(r: ByteReader): ValueType {
  return valueTypeOf(r.u8());
}

/** The value type of a byte. Throws an Error where there is none. */
export function valueTypeOf(code: number): ValueType {
  const type = TYPE_OF_CODE.get(code);
  if (!type) throw new Error(`0x${code.toString(16)} is no value type that this package knows.`);
  return type;
}
