import type { FileDescription } from "@ringzero/vfs";

/** A range of addresses with one set of rights and one source: Linux's vm_area_struct. Immutable but for the space that holds it. */
export interface Vma {
  /** First address, at a page. */
  readonly start: number;
  /** Address after the last one, at a page. */
  readonly end: number;
  /** PROT_*. */
  readonly protection: number;
  /** Writes go to the file, or to all who inherited the mapping. */
  readonly shared: boolean;
  /** Where its pages come from; undefined: zeros. The mapping holds a reference. */
  readonly file: FileDescription | undefined;
  /** Byte of the file at `start`, a multiple of a page. */
  readonly offset: number;
  /** For people: [stack], [heap]. */
  readonly name: string;
}
/** A part of a mapping. */
export function part(vma: Vma, start: number, end: number): Vma {
  return { ...vma, start, end, offset: vma.offset + (start - vma.start) };
}
