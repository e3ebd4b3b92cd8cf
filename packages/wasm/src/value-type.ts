/** A value type by its text name. Core spec, "Types: Value Types". */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128" | "funcref";

/** The type of a block: nothing, one result, or the index of a function type. Core spec, "Instructions: Control Instructions". */
export type BlockType = ValueType | number | undefined;

/** The byte of each value type. Core spec, "Binary Format: Types". */
export const VALUE_TYPE_CODE: { readonly [type in ValueType]: number } = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70 };

/** Block type of a block without parameters and results. */
export const EMPTY_BLOCK: number = 0x40;
