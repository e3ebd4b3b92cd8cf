import type { DataSource } from "./layout.ts";
import type { PlacedField } from "./place.ts";

/**
 * What every view has besides its fields. The names begin with `$`, which no field's does. A view can be moved, so that walking a ring
 * makes no object for each element.
 */
export class StructView {
  /** Where it lies. */
  readonly $source: DataSource;
  /** Its first byte. */
  $offset: number;

  constructor(source: DataSource, offset: number) {
    this.$source = source;
    this.$offset = offset;
  }
  /** Moves it to another structure of its kind. Returns itself. */
  $moveTo(offset: number): this {
    this.$offset = offset;
    return this;
  }
}

/** A class of views with an accessor for each field. Throws an Error where a name is not one for a field. */
export function viewClass(name: string, fields: readonly PlacedField[]): new (source: DataSource, offset: number) => StructView {
  const View = class extends StructView {};
  Object.defineProperty(View, "name", { value: name });
  for (const { name: field, offset, layout } of fields) {
    if (field.startsWith("$")) throw new Error(`${name}.${field}: a field's name does not begin with $, which is for views.`);
    Object.defineProperty(View.prototype, field, {
      enumerable: true,
      get(this: StructView): unknown {
        return layout.view(this.$source, this.$offset + offset);
      },
      set(this: StructView, value: unknown) {
        layout.write(this.$source, this.$offset + offset, value);
      },
    });
  }
  return View;
}
