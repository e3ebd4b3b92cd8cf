import type { Abi } from "./abi.ts";
import type { FieldType, Layout } from "./layout.ts";

/** A field with its place: derived, or where {@link at} says. */
export interface PlacedField {
  /** As declared. */
  readonly name: string;
  /** Bytes from the start of the structure. */
  readonly offset: number;
  /** Its type, laid out. */
  readonly layout: Layout<unknown, unknown>;
}

const OFFSET: unique symbol = Symbol("offset");

/** A field type that says its own offset. */
interface Fixed {
  readonly [OFFSET]?: number;
}

/**
 * A field at a given offset, for structures that a manual draws with gaps, such as registers of a device: what lies between is reserved.
 * Later fields follow it.
 */
export function at<T extends FieldType<any, any, any>>(offset: number, type: T): T {
  if (!Number.isInteger(offset) || offset < 0) throw new Error(`A field's offset is a whole number of bytes, not ${offset}.`);
  return { ...type, [OFFSET]: offset };
}

/** How fields follow each other. */
export interface PlacingRules {
  /** No padding, whatever the alignment: `__attribute__((packed))`. */
  readonly packed: boolean;
  /** All at the start. */
  readonly union: boolean;
}

/** The places of fields by the rules of C. Throws an Error where a field given a place overlaps another. */
export function place(structure: string, fields: { readonly [name: string]: FieldType<unknown, unknown> }, abi: Abi, { packed, union }: PlacingRules): { readonly fields: PlacedField[]; readonly size: number; readonly align: number } {
  const placed: PlacedField[] = [];
  let end = 0, align = 1, next = 0;
  for (const [name, type] of Object.entries(fields)) {
    const layout = type.layout(abi);
    const fieldAlign = packed ? 1 : layout.align;
    const fixed = (type as Fixed)[OFFSET];
    const offset = fixed ?? (union ? 0 : roundUp(next, fieldAlign));
    if (fixed !== undefined && fixed % fieldAlign !== 0) throw new Error(`${structure}.${name} is a ${layout.name} at ${fixed}, which is no multiple of ${fieldAlign}. Declare the structure packed if the manual means it so.`);
    placed.push({ name, offset, layout });
    next = offset + layout.size;
    end = Math.max(end, next);
    align = Math.max(align, fieldAlign);
  }
  if (!union) refuseOverlaps(structure, placed);
  return { fields: placed, size: roundUp(end, align), align };
}

function refuseOverlaps(structure: string, fields: readonly PlacedField[]): void {
  const sorted = fields.toSorted((a, b) => a.offset - b.offset || a.layout.size - b.layout.size);
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1]!, sorted[i]!];
    if (before.offset + before.layout.size > after.offset) throw new Error(`${structure}.${before.name} and ${structure}.${after.name} overlap: the one ends at ${before.offset + before.layout.size}, the other begins at ${after.offset}.`);
  }
}
function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
