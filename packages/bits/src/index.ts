/**
 * Bit fields and structure layouts, declared once: offsets and masks are derived and checked.
 *
 * @packageDocumentation
 */
export type { Abi } from "./abi.ts";
export { array, bytes, type ArrayView } from "./arrays.ts";
export { bitFields, type BitField, type BitLayout, type BitRange } from "./bit-fields.ts";
export type { DataSource, FieldType, Layout } from "./layout.ts";
export { at, type PlacedField } from "./place.ts";
export { i16, i32, i64, i8, long, pointer, u16, u16be, u32, u32be, u64, u64be, u8, ulong, type Scalar } from "./scalars.ts";
export { struct, union, type Struct, type StructLayout, type StructOptions, type PartialValues, type Values, type View } from "./struct.ts";
export type { StructView } from "./struct-view.ts";
