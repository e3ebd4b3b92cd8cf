import type { Abi } from "./abi.ts";
import type { DataSource, FieldType, Layout } from "./layout.ts";

/** An array in place. */
export interface ArrayView<V, W> extends Iterable<V> {
  /** Elements. */
  readonly length: number;
  /** The element, or its view. Throws a RangeError beyond the end. */
  get(index: number): V;
  /** Writes an element. Throws a RangeError beyond the end. */
  set(index: number, value: W): void;
}

/** `count` elements side by side. 0 stands for C's flexible array member: it takes no bytes. */
export function array<V, P, W>(element: FieldType<V, P, W>, count: number): FieldType<ArrayView<V, W>, readonly P[], readonly W[]> {
  if (!Number.isInteger(count) || count < 0) throw new Error(`An array has a whole number of elements, not ${count}.`);
  const name = `${element.name}[${count}]`;
  return { name, layout: perAbi((abi) => arrayLayout(name, element.layout(abi), count)) };
}

function arrayLayout<V, P, W>(name: string, of: Layout<V, P, W>, count: number): Layout<ArrayView<V, W>, readonly P[], readonly W[]> {
  const at = (offset: number, index: number): number => {
    if (!(index >= 0 && index < count)) throw new RangeError(`Element ${index} of ${name} does not exist.`);
    return offset + index * of.size;
  };
  const view = (source: DataSource, offset: number): ArrayView<V, W> => ({
    length: count,
    get: (index) => of.view(source, at(offset, index)),
    set: (index, value) => of.write(source, at(offset, index), value),
    *[Symbol.iterator]() {
      for (let i = 0; i < count; i++) yield of.view(source, offset + i * of.size);
    },
  });
  return {
    name,
    size: of.size * count,
    align: of.align,
    view,
    read: (source, offset) => Array.from({ length: count }, (_, i) => of.read(source, offset + i * of.size)),
    write(source, offset, values) {
      if (values.length !== count) throw new RangeError(`${name} takes ${count} values, not ${values.length}.`);
      values.forEach((value, i) => of.write(source, offset + i * of.size, value));
    },
  };
}

/** `count` bytes: a name, a MAC address, what has no structure. A view is a window on them; shorter values are filled up with zeros. */
export function bytes(count: number): FieldType<Uint8Array, Uint8Array> {
  if (!Number.isInteger(count) || count < 0) throw new Error(`There is a whole number of bytes, not ${count}.`);
  const name = `bytes[${count}]`;
  const view = ({ data }: DataSource, offset: number): Uint8Array => {
    // The buffer may go on where the source ends.
    if (!(offset >= 0 && offset + count <= data.byteLength)) throw new RangeError(`${name} at ${offset} lies outside of ${data.byteLength} bytes.`);
    return new Uint8Array(data.buffer, data.byteOffset + offset, count);
  };
  const layout: Layout<Uint8Array, Uint8Array> = {
    name,
    size: count,
    align: 1,
    view,
    read: (source, offset) => view(source, offset).slice(),
    write(source, offset, value) {
      if (value.length > count) throw new RangeError(`${name} does not hold ${value.length} bytes.`);
      const into = view(source, offset);
      into.set(value);
      into.fill(0, value.length);
    },
  };
  return { name, layout: () => layout };
}

/** Makes a layout for each ABI when it is first asked for. */
export function perAbi<L>(make: (abi: Abi) => L): (abi: Abi) => L {
  const layouts = new Map<Abi, L>();
  return (abi) => {
    let layout = layouts.get(abi);
    if (layout === undefined) layouts.set(abi, (layout = make(abi)));
    return layout;
  };
}
