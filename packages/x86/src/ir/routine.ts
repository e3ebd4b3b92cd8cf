import { Builder } from "./builder.ts";
import type { RoutineRef, Statement } from "./statement.ts";
import { KIND, Value, type Type } from "./value.ts";

/** Type and width of a routine's parameter or result. */
export interface Slot { readonly type: Type; readonly bits: number }

export const I32: Slot = { type: "i32", bits: 32 };
export const I64: Slot = { type: "i64", bits: 64 };
export const F32: Slot = { type: "f32", bits: 0 };
export const F64: Slot = { type: "f64", bits: 0 };
export const V128: Slot = { type: "v128", bits: 0 };

/** A named sequence that instructions and other routines call: one WebAssembly function in the engines. */
export interface Routine extends RoutineRef {
  readonly params: readonly Slot[];
  readonly results: readonly Slot[];
  /** May raise, access guest memory or call a routine that does: callers test for a fault afterwards. */
  readonly mayFault: boolean;
  /** Built on first use. */
  body(): RoutineBody;
}
export interface RoutineBody {
  readonly builder: Builder;
  readonly params: readonly Value[];
  readonly statements: readonly Statement[];
}

/**
 * Declares a routine. `build` receives the builder and the parameters and ends with `m.return(...)`
 * (or falls off the end where there are no results).
 */
export function routine(
  name: string,
  signature: { params: readonly Slot[]; results?: readonly Slot[]; mayFault?: boolean },
  build: (m: Builder, ...params: Value[]) => void,
): Routine {
  let body: RoutineBody | undefined;
  return {
    name,
    params: signature.params,
    results: signature.results ?? [],
    mayFault: signature.mayFault ?? false,
    body() {
      if (!body) {
        const builder = new Builder();
        const params = signature.params.map((p) => new Value(builder, KIND.result, p.type, p.bits));
        build(builder, ...params);
        body = { builder, params, statements: builder.statements };
      }
      return body;
    },
  };
}
