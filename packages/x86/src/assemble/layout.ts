import { ProblemError, type AssemblyProblem } from "./assembly-error.ts";
import { chooseEncoding } from "./choose.ts";
import type { CodeSize, EncodedMemory } from "./encoding.ts";
import { evaluate, type Expression, type Scope } from "./expression.ts";
import { floatBits } from "./float.ts";
import type { ValuedOperand } from "./match.ts";
import { splitAddress, type SourceOperand } from "./operand.ts";
import type { InstructionStatement, PlacedStatement, Statement } from "./statement.ts";

/** A section with its contents. */
export interface Section {
  readonly name: string;
  address: bigint;
  bytes: number[];
  /** Length, also where nothing is stored (.bss). */
  size: number;
  /** Only reserves space. */
  readonly empty: boolean;
}

/** Bytes that a source line gave. */
export interface ListingLine {
  /** From 1. */
  readonly line: number;
  /** Of the first byte. */
  readonly address: bigint;
  /** What the line became. */
  readonly bytes: readonly number[];
}

/** What a pass starts from. */
export interface LayoutOptions {
  readonly codeSize: CodeSize;
  readonly defaultRelative: boolean;
  /** Section that the text starts in, and those that exist from the start. */
  readonly section: string;
  readonly sections: readonly string[];
  /** Gives every section its address, in order, from their sizes; `origin` is ORG's value. */
  place(sections: readonly Section[], origin: bigint | undefined): void;
}

/** What the passes end with. */
export interface Layout {
  readonly sections: readonly Section[];
  readonly symbols: ReadonlyMap<string, bigint>;
  readonly origin: bigint | undefined;
  readonly entry: string | undefined;
  readonly listing: readonly ListingLine[];
  readonly problems: readonly AssemblyProblem[];
}

const MAX_PASSES = 64;
/** More than this in a section is taken for a mistake. */
const MAX_BYTES = 1 << 24;

/** Assembles in passes until no address changes. Instructions only ever grow from pass to pass, so that this ends. */
export function layOut(statements: readonly PlacedStatement[], options: LayoutOptions): Layout {
  const symbols = new Map<string, bigint>();
  let sections: Section[] = [];
  for (let pass = 0; ; pass++) {
    const p = new Pass(options, symbols, sections, pass === 0);
    for (const s of statements) p.placed(s);
    const ordered = p.finish();
    const settled = !p.changed && ordered.every((s, i) => s.size === sections[i]?.size && s.address === sections[i]?.address);
    sections = ordered;
    if (p.problems.length > 0 || settled) return { sections, symbols, origin: p.origin, entry: p.entry, listing: p.listing, problems: p.problems };
    if (pass === MAX_PASSES) {
      return { sections, symbols, origin: p.origin, entry: p.entry, listing: p.listing, problems: [{ line: p.lastChange, column: 1, message: "addresses do not settle: sizes depend on one another in a circle", hint: "check TIMES, ALIGN and EQU that use later labels" }] };
    }
  }
}

class Pass {
  readonly #options: LayoutOptions;
  readonly #symbols: Map<string, bigint>;
  readonly #first: boolean;
  readonly #sections = new Map<string, Section>();
  readonly #defined = new Map<string, number>();
  readonly #known: ReadonlyMap<string, Section>;
  #section: Section;
  #codeSize: CodeSize;
  #relative: boolean;
  #line = 0;
  /** Address of the statement: `$`. */
  #start = 0n;
  changed = false;
  lastChange = 1;
  origin: bigint | undefined;
  entry: string | undefined;
  readonly listing: ListingLine[] = [];
  readonly problems: AssemblyProblem[] = [];

  constructor(options: LayoutOptions, symbols: Map<string, bigint>, previous: readonly Section[], first: boolean) {
    this.#options = options;
    this.#symbols = symbols;
    this.#first = first;
    this.#known = new Map(previous.map((s) => [s.name, s]));
    this.#codeSize = options.codeSize;
    this.#relative = options.defaultRelative;
    for (const name of options.sections) this.#enter(name);
    this.#section = this.#enter(options.section);
    if (first) this.#place();
  }

  placed({ line, statement }: PlacedStatement): void {
    this.#line = line;
    const section = this.#section, from = section.size, address = this.#here();
    try {
      this.#statement(statement);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      if (this.problems.length < 20) this.problems.push({ line, column: error.column, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) });
    }
    if (this.#section === section && section.size > from) this.listing.push({ line, address, bytes: section.empty ? [] : section.bytes.slice(from) });
  }

  /** Sections in their order with addresses for the next pass. */
  finish(): Section[] {
    const before = [...this.#sections.values()].map((s) => s.address);
    const list = this.#place();
    list.forEach((s, i) => { if (s.address !== before[i]) this.changed = true; });
    return list;
  }

  #place(): Section[] {
    const list = [...this.#sections.values()];
    this.#options.place(list, this.origin);
    return list;
  }
  #enter(name: string): Section {
    let s = this.#sections.get(name);
    if (!s) {
      s = { name, address: this.#known.get(name)?.address ?? 0n, bytes: [], size: 0, empty: /^\.bss\b/.test(name) };
      this.#sections.set(name, s);
    }
    return s;
  }
  #here(): bigint { return this.#section.address + BigInt(this.#section.size); }

  #scope(here: bigint): Scope {
    return {
      here, sectionStart: this.#section.address,
      symbol: (name, column) => {
        const value = this.#symbols.get(name);
        if (value === undefined && !this.#first) throw new ProblemError(`symbol "${name}" is not defined`, column, `define it: \`${name}:\` or \`${name} equ …\``);
        return value;
      },
    };
  }
  #value(e: Expression): bigint | undefined { return evaluate(e, this.#scope(this.#start)); }

  #define(name: string, value: bigint | undefined, column: number): void {
    const line = this.#defined.get(name);
    if (line !== undefined) throw new ProblemError(`symbol "${name}" is defined twice`, column, `the first definition is in line ${line}`);
    this.#defined.set(name, this.#line);
    if (value === undefined) { this.#changes(); return; }
    if (this.#symbols.get(name) !== value) this.#changes();
    this.#symbols.set(name, value);
  }
  #changes(): void {
    this.changed = true;
    this.lastChange = this.#line;
  }

  #statement(s: Statement): void {
    this.#start = this.#here();
    switch (s.kind) {
      case "nothing": return;
      case "bits": this.#codeSize = s.codeSize; return;
      case "default": this.#relative = s.relative; return;
      case "entry": this.entry = s.name; return;
      case "section": this.#section = this.#enter(s.name.toLowerCase()); return;
      case "label": return this.#define(s.name, this.#here(), s.column);
      case "equ": return this.#define(s.name, this.#value(s.value), s.column);
      case "org":
        this.origin = this.#value(s.value);
        // Jumps are sized from the first pass on: they must see their place as soon as it is said.
        if (this.#first) this.#place();
        return;
      case "times": {
        const count = this.#count(s.count, s.column, 1);
        for (let i = 0n; i < count; i++) this.#statement(s.body);
        return;
      }
      case "reserve": return this.#pad(Number(this.#count(s.count, s.column, s.width)) * s.width, 0);
      case "align": return this.#align(s);
      case "data": for (const item of s.items) this.#item(item, s.width); return;
      case "instruction": return this.#append(this.#instruction(s), s.column);
    }
  }

  /** A repeat count; what is not known yet counts as none. */
  #count(e: Expression, column: number, width: number): bigint {
    const count = this.#value(e) ?? 0n;
    if (count < 0n && !this.#first) throw new ProblemError(`a count of ${count}`, column, "the space before has more bytes than it should");
    if (count * BigInt(width) > MAX_BYTES) throw new ProblemError(`a count of ${count}`, column, `at most ${MAX_BYTES} bytes in one statement`);
    return count < 0n ? 0n : count;
  }
  #append(bytes: readonly number[], column: number): void {
    if (this.#section.size + bytes.length > MAX_BYTES) throw new ProblemError(`section ${this.#section.name} grows beyond ${MAX_BYTES} bytes`, column);
    if (this.#section.empty) throw new ProblemError(`section ${this.#section.name} holds no data`, column, "reserve space with resb, resw, resd or resq, or use section .data");
    for (const b of bytes) this.#section.bytes.push(b);
    this.#section.size += bytes.length;
  }
  #pad(count: number, fill: number): void {
    if (this.#section.size + count > MAX_BYTES && !this.#section.empty) throw new ProblemError(`section ${this.#section.name} grows beyond ${MAX_BYTES} bytes`, 1);
    if (!this.#section.empty) for (let i = 0; i < count; i++) this.#section.bytes.push(fill);
    this.#section.size += count;
  }
  #align(s: Extract<Statement, { kind: "align" }>): void {
    const to = this.#value(s.to) ?? 1n;
    if (to <= 0n || (to & (to - 1n)) !== 0n) throw new ProblemError(`alignment to ${to}`, s.column, "an alignment is a power of two");
    const rest = this.#here() % to;
    const fill = s.fill ? this.#value(s.fill) ?? 0n : s.zero || !this.#section.name.startsWith(".text") ? 0n : 0x90n;
    this.#pad(rest === 0n ? 0 : Number(to - rest), Number(fill & 0xffn));
  }
  #item(item: Extract<Statement, { kind: "data" }>["items"][number], width: number): void {
    switch (item.kind) {
      case "uninitialized": return this.#pad(width, 0);
      case "bytes": {
        const bytes = [...item.bytes];
        while (bytes.length % width !== 0) bytes.push(0);
        return this.#append(bytes, 1);
      }
      case "float": {
        const bits = floatBits(item.text, item.negative, width);
        if (bits === undefined) throw new ProblemError("a fraction does not fit this data size", item.column, "use dw, dd, dq or dt");
        return this.#append(little(bits, width), item.column);
      }
      case "value": {
        const value = this.#value(item.value) ?? 0n;
        if (width < 8 && (value < -(1n << BigInt(8 * width - 1)) || value >= 1n << BigInt(8 * width))) {
          throw new ProblemError(`${value} does not fit ${width} byte${width > 1 ? "s" : ""}`, item.column, "use a wider directive, or mask the value");
        }
        return this.#append(little(value, width), item.column);
      }
    }
  }

  #instruction(s: InstructionStatement): readonly number[] {
    if (s.known?.codeSize === this.#codeSize) return s.known.bytes;
    const here = this.#start;
    const operands = s.operands.map((o) => this.#operand(o, s, here));
    const bytes = chooseEncoding({ mnemonic: s.mnemonic, column: s.column, spellings: s.spellings, prefixes: s.prefixes, operands }, this.#codeSize, here, s.length);
    if (s.constant) s.known = { codeSize: this.#codeSize, bytes };
    else s.length = Math.max(s.length, bytes.length);
    return bytes;
  }

  #operand(o: SourceOperand, s: InstructionStatement, here: bigint): ValuedOperand {
    const scope = this.#scope(here);
    const words = { size: o.size, strict: o.strict, distance: o.distance };
    switch (o.kind) {
      case "register": return { ...words, kind: "register", register: o.register };
      case "immediate": {
        // A target not known yet is taken to be near, for the shortest jump.
        const jump = s.spellings.some((x) => x.form.operands.some((p) => p.kind === "relative"));
        return { ...words, kind: "immediate", value: evaluate(o.value, scope) ?? (jump ? here : undefined) };
      }
      case "far": return { ...words, kind: "far", selector: evaluate(o.selector, scope), offset: evaluate(o.offset, scope) };
      case "memory": return { ...words, kind: "memory", ...this.#memory(o, s, scope) };
    }
  }

  #memory(o: Extract<SourceOperand, { kind: "memory" }>, s: InstructionStatement, scope: Scope): Pick<Extract<ValuedOperand, { kind: "memory" }>, "memory" | "segment" | "addressSize" | "absolute" | "absoluteSize"> {
    const { base, index, scale, displacement } = splitAddress(o, scope);
    const code64 = this.#codeSize === 64;
    const segment = o.segment >= 0 ? o.segment : s.prefixes.segment;
    if (code64 && segment >= 0 && segment < 4) throw new ProblemError("es, cs, ss and ds do nothing in 64-bit mode", o.column, "leave the segment out; only fs and gs have bases there");
    for (const r of [base, index]) {
      if (r && (r.set !== "gpr" || r.size === 8)) throw new ProblemError(`${r.name} cannot be part of an address`, o.column, r.set === "ip" ? "write [rel label]" : "use 16-, 32- or 64-bit general registers");
      if (r && r.size !== (base ?? index)!.size) throw new ProblemError("registers of two sizes in an address", o.column);
    }
    if (index && index.number === 4 && index.size !== 16) throw new ProblemError(`${index.name} cannot be an index`, o.column);
    const absolute = !base && !index;
    const memory: EncodedMemory = {
      base: base ? base.number : -1, index: index ? index.number : -1, scale: scale as 1, displacement: displacement ?? 0n,
      displacementBytes: absolute ? 0 : ([0, 8, 16, 32].includes(o.displacementSize) ? o.displacementSize / 8 : 0) as 0,
    };
    if (!absolute) return { memory, segment: o.segment, addressSize: (base ?? index)!.size as CodeSize, absolute, absoluteSize: 0 };
    const relative = code64 && o.displacementSize !== 64 && (o.relative ?? (this.#relative && segment < 4));
    const said = s.prefixes.addressSize || (!code64 && (o.displacementSize === 16 || o.displacementSize === 32) ? o.displacementSize : this.#codeSize);
    return { memory: relative ? { ...memory, base: "ip", displacement: displacement ?? scope.here } : memory, segment: o.segment, addressSize: said, absolute: !relative, absoluteSize: o.displacementSize };
  }
}

function little(value: bigint, width: number): number[] {
  return Array.from({ length: width }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}
