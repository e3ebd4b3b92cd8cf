/**
 * A growable run of machine code with labels: just enough to write boot sectors and guest loops by hand.
 * The encodings come from the caller, so that what the oracles run never depends on the assembler under test.
 */
export class CodeBytes {
  readonly #base: number;
  readonly #bytes: number[] = [];
  readonly #labels = new Map<string, number>();
  readonly #fixups: { at: number; label: string; size: 1 | 4; relative: boolean }[] = [];

  /** @param base address of the first byte, in bytes, as the running program sees it */
  constructor(base: number) {
    this.#base = base;
  }

  /** Address of the next byte. */
  get here(): number {
    return this.#base + this.#bytes.length;
  }

  /** Appends bytes (each 0 to 255, or a signed byte). */
  bytes(...values: readonly number[]): this {
    for (const value of values) this.#bytes.push(value & 0xff);
    return this;
  }

  /** Appends bytes and then one 16-bit little-endian word. */
  bytes16(values: readonly number[], word: number): this {
    return this.bytes(...values, word, word >> 8);
  }

  /** Appends bytes and then one 32-bit little-endian word. */
  bytes32(values: readonly number[], word: number): this {
    return this.bytes(...values, word, word >> 8, word >> 16, word >> 24);
  }

  /** Appends the bytes of an ASCII text. */
  text(text: string): this {
    return this.bytes(...[...text].map((character) => character.charCodeAt(0)));
  }

  /** Appends zeros up to an address. */
  padTo(address: number): this {
    if (address < this.here) throw new Error(`Code already reaches ${this.here.toString(16)}, past ${address.toString(16)}.`);
    while (this.here < address) this.#bytes.push(0);
    return this;
  }

  /** Gives the next byte a name. */
  label(name: string): this {
    if (this.#labels.has(name)) throw new Error(`Label ${name} is defined twice.`);
    this.#labels.set(name, this.here);
    return this;
  }

  /** Appends opcode bytes and an 8-bit displacement to a label. */
  jump8(opcode: readonly number[], label: string): this {
    return this.#reference(opcode, label, 1, true);
  }

  /** Appends opcode bytes and a 32-bit displacement to a label. */
  jump32(opcode: readonly number[], label: string): this {
    return this.#reference(opcode, label, 4, true);
  }

  /** Appends opcode bytes and a label's 32-bit address. */
  address32(opcode: readonly number[], label: string): this {
    return this.#reference(opcode, label, 4, false);
  }

  /** Resolves the references and returns the bytes. */
  finish(): Uint8Array {
    for (const { at, label, size, relative } of this.#fixups) {
      const target = this.#labels.get(label);
      if (target === undefined) throw new Error(`Label ${label} is not defined.`);
      const value = relative ? target - (this.#base + at + size) : target;
      if (size === 1 && (value < -128 || value > 127)) throw new Error(`Label ${label} is out of reach of a short jump.`);
      for (let i = 0; i < size; i++) this.#bytes[at + i] = (value >> (8 * i)) & 0xff;
    }
    return Uint8Array.from(this.#bytes);
  }

  #reference(opcode: readonly number[], label: string, size: 1 | 4, relative: boolean): this {
    this.bytes(...opcode);
    this.#fixups.push({ at: this.#bytes.length, label, size, relative });
    for (let i = 0; i < size; i++) this.#bytes.push(0);
    return this;
  }
}
