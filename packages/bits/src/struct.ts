import type { Abi } from "./abi.ts";
import { perAbi } from "./arrays.ts";
import { sourceOf, type DataSource, type FieldType, type Layout } from "./layout.ts";
import { place, type PlacedField } from "./place.ts";
import type { Scalar } from "./scalars.ts";
import { StructView, viewClass } from "./struct-view.ts";

/** Field types by name, in order of declaration. */
type Fields = { readonly [name: string]: FieldType<any, any, any> };

type NameOf<F> = keyof F & string;
type ViewOf<T> = T extends FieldType<infer V, any, any> ? V : never;
type PlainOf<T> = T extends FieldType<any, infer P, any> ? P : never;
type WritableOf<T> = T extends FieldType<any, any, infer W> ? W : never;

/** A structure in place. Numbers are read and assigned; arrays and structures inside are views themselves. */
export type View<F> = StructView
  & { -readonly [N in NameOf<F> as F[N] extends Scalar<any> ? N : never]: ViewOf<F[N]> }
  & { readonly [N in NameOf<F> as F[N] extends Scalar<any> ? never : N]: ViewOf<F[N]> };

/** Plain values of a structure. Fields whose names begin with `_` are reserved space and left out. */
export type Values<F> = { readonly [N in NameOf<F> as N extends `_${string}` ? never : N]: PlainOf<F[N]> };

/** Values to write: what is left out stays as it is. */
export type PartialValues<F> = { readonly [N in NameOf<F> as N extends `_${string}` ? never : N]?: WritableOf<F[N]> };

/** A structure laid out by one ABI. */
export interface StructLayout<F> extends Layout<View<F>, Values<F>, PartialValues<F>> {
  /** Whose rules these are. */
  readonly abi: Abi;
  /** Offset of each field, in bytes. */
  readonly offsets: { readonly [N in NameOf<F>]: number };
  /** Fields with their places, in order of declaration: for generators of code and of documentation. */
  readonly fields: readonly PlacedField[];
  /** A view of the structure at `offset` in bytes, a DataView or a machine's memory views. */
  at(memory: DataSource | ArrayBufferView, offset?: number): View<F>;
  /** A copy as plain values. */
  get(memory: DataSource | ArrayBufferView, offset?: number): Values<F>;
  /** The bytes of a structure with these values; all others are zero. */
  bytes(values: PartialValues<F>): Uint8Array;
}

/** A structure: its layout by AMD64's ABI, and by `for` that of another. */
export interface Struct<F> extends StructLayout<F>, FieldType<View<F>, Values<F>, PartialValues<F>> {
  /** The layout by an ABI. */
  for(abi: Abi): StructLayout<F>;
}

/** What a declaration promises about itself. */
export interface StructOptions {
  /** Its size in bytes as the manual states it, by both ABIs or by each: checked, so that a forgotten field is found. */
  readonly size?: number | { readonly [abi in Abi]?: number };
  /** No padding between fields. Default: as C does it. */
  readonly packed?: boolean;
}

/**
 * Declares a structure once: offsets follow from names and types by the rules of C. Throws an Error where fields overlap or the size is not
 * the promised one.
 */
export function struct<const F extends Fields>(name: string, fields: F, options: StructOptions = {}): Struct<F> {
  return declare(name, fields, options, false);
}
/** Declares a union: all fields begin at the start, and the longest one gives the size. */
export function union<const F extends Fields>(name: string, fields: F, options: StructOptions = {}): Struct<F> {
  return declare(name, fields, options, true);
}

function declare<F extends Fields>(name: string, fields: F, options: StructOptions, isUnion: boolean): Struct<F> {
  const layout = perAbi((abi) => layOut(name, fields, options, isUnion, abi));
  // Both at once, so that a wrong declaration is found where it stands.
  layout("i386");
  return { ...layout("x86_64"), for: layout, layout };
}

function layOut<F extends Fields>(name: string, fields: F, { size: promised, packed = false }: StructOptions, isUnion: boolean, abi: Abi): StructLayout<F> {
  const placed = place(name, fields, abi, { packed, union: isUnion });
  const expected = typeof promised === "object" ? promised[abi] : promised;
  if (expected !== undefined && expected !== placed.size) throw new Error(`${name} takes ${placed.size} bytes by the ${abi} ABI, not ${expected} as declared. A field is missing, or has another type.`);
  const View = viewClass(name, placed.fields);
  const plain = placed.fields.filter((field) => !field.name.startsWith("_"));
  const read = (source: DataSource, offset: number): Values<F> =>
    Object.fromEntries(plain.map((field) => [field.name, field.layout.read(source, offset + field.offset)])) as Values<F>;
  const write = (source: DataSource, offset: number, values: PartialValues<F>): void => {
    for (const field of plain) {
      const value = (values as { readonly [name: string]: unknown })[field.name];
      if (value !== undefined) field.layout.write(source, offset + field.offset, value);
    }
  };
  return {
    name,
    abi,
    size: placed.size,
    align: placed.align,
    fields: placed.fields,
    offsets: Object.fromEntries(placed.fields.map((field) => [field.name, field.offset])) as StructLayout<F>["offsets"],
    view: (source, offset) => new View(source, offset) as View<F>,
    read,
    write,
    at: (memory, offset = 0) => new View(sourceOf(memory), offset) as View<F>,
    get: (memory, offset = 0) => read(sourceOf(memory), offset),
    bytes(values) {
      const made = new Uint8Array(placed.size);
      write(sourceOf(made), 0, values);
      return made;
    },
  };
}
