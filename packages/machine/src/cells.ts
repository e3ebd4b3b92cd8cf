/** Words of linear memory that are counted in. */
export type CellArray = Int32Array | Uint16Array | Uint8Array;

/** Accesses to words that several workers may change at once, by the names and with the results of `Atomics`. */
export interface Cells {
  load(words: CellArray, index: number): number;
  store(words: CellArray, index: number, value: number): number;
  exchange(words: CellArray, index: number, value: number): number;
  compareExchange(words: CellArray, index: number, expected: number, value: number): number;
  add(words: CellArray, index: number, value: number): number;
  sub(words: CellArray, index: number, value: number): number;
  and(words: CellArray, index: number, value: number): number;
  or(words: CellArray, index: number, value: number): number;
}

/** For a memory that no other worker sees: the same without a call into the platform for each, which V8 makes of `Atomics`. */
const OWN: Cells = {
  load(words, index) { return words[index]!; },
  store(words, index, value) { return (words[index] = value); },
  exchange(words, index, value) {
    const before = words[index]!;
    words[index] = value;
    return before;
  },
  compareExchange(words, index, expected, value) {
    const before = words[index]!;
    if (before === expected) words[index] = value;
    return before;
  },
  add(words, index, value) {
    const before = words[index]!;
    words[index] = before + value;
    return before;
  },
  sub(words, index, value) {
    const before = words[index]!;
    words[index] = before - value;
    return before;
  },
  and(words, index, value) {
    const before = words[index]!;
    words[index] = before & value;
    return before;
  },
  or(words, index, value) {
    const before = words[index]!;
    words[index] = before | value;
    return before;
  },
};

/** How words of a memory are accessed. */
export function cellsOf(memory: { readonly shared: boolean }): Cells { return memory.shared ? (Atomics as Cells) : OWN; }
