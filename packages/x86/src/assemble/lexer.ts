import { ProblemError } from "./assembly-error.ts";

/** A token of a source line; columns count from 1. */
export type Token =
  | { readonly kind: "name"; readonly text: string; readonly column: number }
  | { readonly kind: "number"; readonly value: bigint; readonly text: string; readonly column: number }
  | { readonly kind: "float"; readonly text: string; readonly column: number }
  | { readonly kind: "string"; readonly bytes: Uint8Array; readonly column: number }
  | { readonly kind: "punctuation"; readonly text: string; readonly column: number };

const PUNCTUATION = ["<<", ">>", "//", "%%", "==", "!=", "<>", "<=", ">=", "&&", "||", "$$", ...",:[]()+-*/%|&^~!=<>$?"];
const NAME = /[A-Za-z_.@?#][A-Za-z0-9_.@?#$~]*/y;
const FLOAT = /[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][+-]?[0-9_]+)?|[eE][+-]?[0-9_]+)(?![0-9A-Za-z_])/y;
const NUMBER = /[0-9][0-9A-Za-z_]*/y;
const DOLLAR_HEX = /\$[0-9][0-9A-Fa-f_]*/y;
const ESCAPES: { readonly [letter: string]: number } = { n: 10, r: 13, t: 9, a: 7, b: 8, v: 11, f: 12, e: 27, 0: 0, "\\": 92, "'": 39, "\"": 34, "`": 96 };

/** Splits a line into tokens; a `;` outside a string starts a comment. */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(line)?.[0];
  };
  while (at < line.length) {
    const c = line[at]!;
    const column = at + 1;
    let text: string | undefined;
    if (c === ";") break;
    if (/\s/.test(c)) { at++; continue; }
    if (c === "'" || c === "\"" || c === "`") {
      const end = stringEnd(line, at);
      tokens.push({ kind: "string", bytes: stringBytes(line.slice(at + 1, end), c === "`"), column });
      at = end + 1;
    } else if ((text = match(DOLLAR_HEX)) !== undefined) {
      tokens.push({ kind: "number", value: BigInt(`0x${text.slice(1).replaceAll("_", "")}`), text, column });
      at += text.length;
    } else if ((text = match(FLOAT)) !== undefined) {
      tokens.push({ kind: "float", text: text.replaceAll("_", "").toLowerCase(), column });
      at += text.length;
    } else if ((text = match(NUMBER)) !== undefined) {
      tokens.push(numberToken(text, column));
      at += text.length;
    } else if ((text = match(NAME)) !== undefined && !/^\?$/.test(text)) {
      tokens.push({ kind: "name", text, column });
      at += text.length;
    } else {
      const punctuation = PUNCTUATION.find((p) => line.startsWith(p, at));
      if (!punctuation) throw new ProblemError(`unexpected character "${c}"`, column);
      tokens.push({ kind: "punctuation", text: punctuation, column });
      at += punctuation.length;
    }
  }
  return tokens;
}

function stringEnd(line: string, start: number): number {
  const quote = line[start]!;
  for (let i = start + 1; i < line.length; i++) {
    if (quote === "`" && line[i] === "\\") i++;
    else if (line[i] === quote) return i;
  }
  throw new ProblemError("string without an end", start + 1, `close it with ${quote}`);
}

/** UTF-8 bytes of a string; the escapes of C in back quotes only. */
function stringBytes(text: string, escapes: boolean): Uint8Array {
  if (!escapes) return new TextEncoder().encode(text);
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const hex = /^\\x([0-9A-Fa-f]{1,2})/.exec(text.slice(i));
    if (hex) {
      bytes.push(Number.parseInt(hex[1]!, 16));
      i += hex[0].length - 1;
    } else if (text[i] === "\\" && ESCAPES[text[i + 1] ?? ""] !== undefined) bytes.push(ESCAPES[text[++i]!]!);
    else {
      const point = String.fromCodePoint(text.codePointAt(i)!);
      bytes.push(...new TextEncoder().encode(point));
      i += point.length - 1;
    }
  }
  return Uint8Array.from(bytes);
}

const RADIX_PREFIX: { readonly [letter: string]: string } = { x: "0x", h: "0x", b: "0b", y: "0b", o: "0o", q: "0o", d: "", t: "" };

/** NASM's number formats: 0x1F, 1Fh, 0b11, 11b, 0o17, 17q, 10d, with underscores. */
function numberToken(text: string, column: number): Token {
  const plain = text.replaceAll("_", "").toLowerCase();
  if (/^\d+$/.test(plain)) return { kind: "number", value: BigInt(plain), text, column };
  const head = /^0([xhbyoqdt])([0-9a-f]+)$/.exec(plain);
  const tail = /^([0-9a-f]+)([xhbyoqdt])$/.exec(plain);
  for (const [letter, digits] of [[head?.[1], head?.[2]], [tail?.[2], tail?.[1]]]) {
    if (letter === undefined) continue;
    // 0x1b is hexadecimal and not binary; 0bh likewise: the prefix is looked at first, and digits decide.
    const radix = RADIX_PREFIX[letter]!;
    const allowed = radix === "0x" ? /^[0-9a-f]+$/ : radix === "0b" ? /^[01]+$/ : radix === "0o" ? /^[0-7]+$/ : /^[0-9]+$/;
    if (allowed.test(digits!)) return { kind: "number", value: BigInt(radix + digits!), text, column };
  }
  throw new ProblemError(`"${text}" is no number`, column, "hexadecimal is written 0x1F or 1Fh, binary 0b101");
}
