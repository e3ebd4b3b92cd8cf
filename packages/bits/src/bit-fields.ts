/** Where a field lies in a word, as manuals draw it: one bit, or [highest bit, lowest bit]. */
export type BitRange = number | readonly [high: number, low: number];

/** One field of a word. W is number for words of up to 32 bits, bigint for 64. */
export interface BitField<W extends number | bigint> {
  /** As declared. */
  readonly name: string;
  /** Number of its lowest bit. */
  readonly low: number;
  /** Bits. */
  readonly width: number;
  /** Its bits in the word, all set. */
  readonly mask: W;
  /** Its value, shifted down and unsigned. */
  get(word: W): W;
  /** The word with the field changed, unsigned. Throws a RangeError where the value does not fit. */
  set(word: W, value: W): W;
}

/** The fields of a word by name, and what concerns the whole word behind a `$`. */
export type BitLayout<N extends string, W extends number | bigint> = { readonly [name in N]: BitField<W> } & {
  /** For messages. */
  readonly $name: string;
  /** Bits of the word. */
  readonly $width: number;
  /** All bits that belong to a field; the others are reserved. */
  readonly $mask: W;
  /** The fields in order of declaration. */
  readonly $fields: readonly BitField<W>[];
  /** All fields' values. */
  $decode(word: W): { readonly [name in N]: W };
  /** The word with these values; all other bits are those of `base`, by default zero. */
  $encode(values: { readonly [name in N]?: W }, base?: W): W;
};

/** Declares the fields of a word of 8, 16 or 32 bits. Throws an Error where two overlap or one does not fit. */
export function bitFields<const N extends string>(name: string, width: 8 | 16 | 32, fields: { readonly [name in N]: BitRange }): BitLayout<N, number>;
/** Declares the fields of a word of 64 bits, which is a bigint. */
export function bitFields<const N extends string>(name: string, width: 64, fields: { readonly [name in N]: BitRange }): BitLayout<N, bigint>;
/** Both. */
export function bitFields<const N extends string>(name: string, width: 8 | 16 | 32 | 64, fields: { readonly [name in N]: BitRange }): BitLayout<N, number> | BitLayout<N, bigint> {
  const ranges = rangesOf(name, width, fields);
  return width === 64
    ? layout<N, bigint>(name, width, ranges.map(wideField), 0n, (a, b) => a | b)
    : layout<N, number>(name, width, ranges.map(narrowField), 0, (a, b) => (a | b) >>> 0);
}

interface Range {
  readonly name: string;
  readonly low: number;
  readonly width: number;
}

function rangesOf(structure: string, width: number, fields: { readonly [name: string]: BitRange }): Range[] {
  const owner: (string | undefined)[] = [];
  return Object.entries<BitRange>(fields).map(([name, range]) => {
    const [high, low] = typeof range === "number" ? [range, range] : range;
    if (name.startsWith("$")) throw new Error(`${structure}.${name}: a field's name does not begin with $.`);
    if (!(Number.isInteger(high) && Number.isInteger(low) && 0 <= low && low <= high && high < width)) throw new Error(`${structure}.${name} is bits ${high} to ${low}: write the higher one first, both from 0 to ${width - 1}.`);
    for (let bit = low; bit <= high; bit++) {
      if (owner[bit] !== undefined) throw new Error(`${structure}.${name} and ${structure}.${owner[bit]} both have bit ${bit}.`);
      owner[bit] = name;
    }
    return { name, low, width: high - low + 1 };
  });
}

function narrowField({ name, low, width }: Range): BitField<number> {
  const limit = 2 ** width;
  const mask = ((limit - 1) << low) >>> 0;
  return {
    name, low, width, mask,
    get: (word) => (word & mask) >>> low,
    set(word, value) {
      if (!(Number.isInteger(value) && value >= 0 && value < limit)) throw new RangeError(`${name} has ${width} bits, and ${value} does not fit.`);
      return ((word & ~mask) | (value << low)) >>> 0;
    },
  };
}
function wideField({ name, low, width }: Range): BitField<bigint> {
  const shift = BigInt(low);
  const limit = 1n << BigInt(width);
  const mask = (limit - 1n) << shift;
  return {
    name, low, width, mask,
    get: (word) => (word & mask) >> shift,
    set(word, value) {
      if (value < 0n || value >= limit) throw new RangeError(`${name} has ${width} bits, and ${value} does not fit.`);
      return BigInt.asUintN(64, (word & ~mask) | (value << shift));
    },
  };
}

function layout<N extends string, W extends number | bigint>(name: string, width: number, fields: readonly BitField<W>[], zero: W, or: (a: W, b: W) => W): BitLayout<N, W> {
  return {
    ...(Object.fromEntries(fields.map((field) => [field.name, field])) as { readonly [name in N]: BitField<W> }),
    $name: name,
    $width: width,
    $mask: fields.reduce<W>((all, field) => or(all, field.mask), zero),
    $fields: fields,
    $decode: (word: W) => Object.fromEntries(fields.map((field) => [field.name, field.get(word)])) as { readonly [name in N]: W },
    $encode(values: { readonly [name in N]?: W }, base: W = zero): W {
      let word = base;
      for (const field of fields) {
        const value = values[field.name as N];
        if (value !== undefined) word = field.set(word, value);
      }
      return word;
    },
  } as BitLayout<N, W>;
}
