/**
 * The notation of instruction rows, after the opcode tables of SDM vol. 2, "Interpreting the Instruction Reference Pages":
 *
 *     encoding  MNEMONIC operand, operand  attributes
 *
 * Fields are separated by two or more spaces. Encoding tokens: opcode bytes in hex (a leading 66, F2 or F3 followed by more
 * opcode bytes is a mandatory prefix), NP (no 66/F2/F3), REX.W / W0, VEX.LZ.pp.map.W, /r, /0-/7, +r (register in the opcode's low bits),
 * ib iw id (immediate of 1, 2, 4 bytes), iz (2 or 4), iv (2, 4 or 8), cb cz (relative), cp (far pointer), mo (absolute offset).
 * A hex byte after the opcode is a whole ModRM byte; `C0+i` one with a stack register in the low bits.
 *
 * Sizes in operands: 8 16 32 64 128 bits; v = operand size (16, 32, 64); y = 32 or 64; z = 16 or 32.
 */
export type OperandSize = number | "v" | "y" | "z";
export type OperandKind =
  | "fixed" | "gpr" | "rm" | "memory" | "immediate" | "relative" | "offset" | "far"
  | "vector" | "mmx" | "segment" | "control" | "debug" | "stack" | "one" | "implicit";

/** One operand of a form. */
export interface OperandSpec {
  readonly text: string;
  readonly kind: OperandKind;
  /** Register width, or 0 where it has none. */
  readonly size: OperandSize;
  /** Width of the memory alternative. */
  readonly memorySize: OperandSize;
  /** Which register field: ModRM.reg or opcode bits = a, ModRM.rm = b, VEX.vvvv = v. */
  readonly field: "a" | "b" | "v" | undefined;
  /** The register alternative and the memory alternative exist. */
  readonly register: boolean;
  readonly memory: boolean;
  /** Number of a fixed register. */
  readonly number: number;
  /** Immediates: extended by sign to the operand size. */
  readonly signed: boolean;
}

export type Attribute = "lock" | "i64" | "o64" | "d64" | "f64" | "rep" | "repe" | "addr" | "sized";
const ATTRIBUTES = new Set(["lock", "i64", "o64", "d64", "f64", "rep", "repe", "addr", "sized"]);

/** One row, parsed. */
export interface FormSpec {
  readonly text: string;
  readonly mnemonic: string;
  /** Opcode map: 0 = one byte, 1 = 0F, 2 = 0F38, 3 = 0F3A. */
  readonly map: 0 | 1 | 2 | 3;
  readonly opcode: number;
  /** Low three bits of the opcode are a register. */
  readonly plusR: boolean;
  /** Mandatory prefix; "none" = NP; undefined = any (66 selects the operand size). */
  readonly prefix: 0x66 | 0xf2 | 0xf3 | "none" | undefined;
  readonly vex: boolean;
  /** Required W bit. */
  readonly w: 0 | 1 | undefined;
  readonly modrm: boolean;
  /** Required ModRM.reg. */
  readonly digit: number | undefined;
  /** Required whole ModRM byte (low three bits free where `plusI`). */
  readonly fixedModrm: number | undefined;
  readonly plusI: boolean;
  /** Immediate bytes in order, each "b" "w" "d" "z" "v" "cb" "cz" "cp" "mo". */
  readonly immediates: readonly string[];
  readonly operands: readonly OperandSpec[];
  readonly attributes: ReadonlySet<Attribute>;
  /** Register (mod = 3) and memory alternatives allowed; both true where there is no ModRM. */
  readonly registerForm: boolean;
  readonly memoryForm: boolean;
  /** Some operand has size v, y or z, or an attribute makes the operand size matter. */
  readonly sized: boolean;
}

const FIXED: { readonly [name: string]: readonly [number, OperandSize] } = {
  AL: [0, 8], CL: [1, 8], AH: [4, 8], AX: [0, 16], DX: [2, 16], EAX: [0, 32], ECX: [1, 32], EDX: [2, 32], RAX: [0, 64], rAX: [0, "v"], rCX: [1, "v"],
};

/** Segment registers that a form names itself. */
const SEGMENTS: readonly string[] = ["ES", "CS", "SS", "DS", "FS", "GS"];

function size(text: string): OperandSize {
  if (text === "v" || text === "y" || text === "z") return text;
  const n = Number.parseInt(text, 10);
  return Number.isNaN(n) ? 0 : n;
}

function operand(text: string, plusR: boolean): OperandSpec {
  const [body, forced] = text.split(":rm").length > 1 ? [text.replace(":rm", ""), "b" as const] : text.endsWith(":reg") ? [text.slice(0, -4), "a" as const] : [text, undefined];
  const make = (kind: OperandKind, o: Partial<OperandSpec>): OperandSpec => ({
    text: body, kind, size: 0, memorySize: o.size ?? 0, field: forced, register: false, memory: false, number: -1, signed: false, ...o, ...(forced ? { field: forced } : {}),
  });
  const fixed = FIXED[body];
  if (fixed) return make("fixed", { number: fixed[0], size: fixed[1], register: true });
  const fixedSegment = SEGMENTS.indexOf(body);
  if (fixedSegment >= 0) return make("segment", { size: 16, number: fixedSegment, register: true });
  let m: RegExpExecArray | null;
  if ((m = /^r\/m(8|16|32|64|v|y|z)$/.exec(body))) return make("rm", { size: size(m[1]!), field: "b", register: true, memory: true });
  if ((m = /^r(8|16|32|64|v|y|z)\/m(8|16|32|64)$/.exec(body))) return make("rm", { size: size(m[1]!), memorySize: size(m[2]!), field: "b", register: true, memory: true });
  if ((m = /^r(8|16|32|64|v|y|z)$/.exec(body))) return make("gpr", { size: size(m[1]!), field: forced ?? "a", register: true });
  if ((m = /^B(y|32|64)$/.exec(body))) return make("gpr", { size: size(m[1]!), field: "v", register: true });
  if ((m = /^xmm\/m(\d+)$/.exec(body))) return make("vector", { size: 128, memorySize: size(m[1]!), field: "b", register: true, memory: true });
  if (body === "xmm") return make("vector", { size: 128, register: true });
  if ((m = /^mm\/m(\d+)$/.exec(body))) return make("mmx", { size: 64, memorySize: size(m[1]!), field: "b", register: true, memory: true });
  if (body === "mm") return make("mmx", { size: 64, register: true });
  if ((m = /^m(\d+|v|y|z)?(fp|int|bcd|byte)?$/.exec(body))) return make("memory", { size: m[1] ? size(m[1]) : 0, field: "b", memory: true });
  if ((m = /^m16:(16|32|64|v|z)$/.exec(body))) return make("memory", { size: size(m[1]!), field: "b", memory: true });
  if ((m = /^m16&64$|^m16&z$/.exec(body))) return make("memory", { size: 0, field: "b", memory: true });
  if ((m = /^(s?)imm(8|16|32|64|v|z)$/.exec(body))) return make("immediate", { size: size(m[2]!), signed: m[1] === "s" || m[2] === "z" });
  if ((m = /^rel(8|z)$/.exec(body))) return make("relative", { size: size(m[1]!), signed: true });
  if ((m = /^moffs(8|v)$/.exec(body))) return make("offset", { size: size(m[1]!), memory: true });
  if (body === "ptr16:z") return make("far", { size: "z" });
  if (body === "Sreg") return make("segment", { size: 16, field: forced ?? "a", register: true });
  if (body === "CR") return make("control", { field: forced ?? "a", register: true });
  if (body === "DR") return make("debug", { field: forced ?? "a", register: true });
  if (body === "ST(0)") return make("stack", { number: 0, register: true });
  if (body === "ST(i)") return make("stack", { field: "b", register: true });
  if (body === "1") return make("one", {});
  if (body === "<XMM0>") return make("implicit", { number: 0, register: true });
  void plusR;
  throw new Error(`operand "${text}" is not in the notation`);
}

/** Parses a row; throws with the row's text where it is wrong. */
export function parseForm(text: string): FormSpec {
  try {
    return parse(text);
  } catch (cause) {
    throw new Error(`form "${text}": ${(cause as Error).message}`, { cause });
  }
}

function parse(text: string): FormSpec {
  const [encoding = "", syntax = "", attributeText = ""] = text.trim().split(/ {2,}/);
  const attributes = new Set<Attribute>();
  for (const a of attributeText.split(" ").filter(Boolean)) {
    if (!ATTRIBUTES.has(a)) throw new Error(`unknown attribute "${a}"`);
    attributes.add(a as Attribute);
  }
  const tokens = encoding.split(" ").filter(Boolean);
  let prefix: FormSpec["prefix"];
  let map: FormSpec["map"] = 0;
  let opcode = -1;
  let plusR = false;
  let plusI = false;
  let vex = false;
  let w: FormSpec["w"];
  let modrm = false;
  let digit: number | undefined;
  let fixedModrm: number | undefined;
  const immediates: string[] = [];
  const isHex = (t: string | undefined): boolean => t !== undefined && /^[0-9A-F]{2}(\+[ri])?$/.test(t);
  for (let i = 0; i < tokens.length; i++) {
    const t = tokens[i]!;
    if (t === "NP") prefix = "none";
    else if (t === "REX.W" || t === "W1") w = 1;
    else if (t === "W0") w = 0;
    else if (t.startsWith("VEX.")) {
      vex = true;
      prefix = "none";
      for (const part of t.slice(4).split(".")) {
        if (part === "66" || part === "F2" || part === "F3") prefix = Number.parseInt(part, 16) as 0x66;
        else if (part === "0F") map = 1;
        else if (part === "0F38") map = 2;
        else if (part === "0F3A") map = 3;
        else if (part === "W0") w = 0;
        else if (part === "W1") w = 1;
        else if (part !== "LZ" && part !== "128") throw new Error(`unknown VEX field "${part}"`);
      }
    } else if (isHex(t)) {
      const byte = Number.parseInt(t.slice(0, 2), 16);
      if (opcode < 0) {
        if ((t === "66" || t === "F2" || t === "F3") && (isHex(tokens[i + 1]) || tokens[i + 1] === "REX.W" || tokens[i + 1] === "W0")) prefix = byte as 0x66;
        else if (t === "0F" && map === 0 && isHex(tokens[i + 1])) {
          map = 1;
          if (tokens[i + 1] === "38" && isHex(tokens[i + 2])) { map = 2; i++; }
          else if (tokens[i + 1] === "3A" && isHex(tokens[i + 2])) { map = 3; i++; }
        } else {
          opcode = byte;
          plusR = t.endsWith("+r");
        }
      } else {
        fixedModrm = byte;
        modrm = true;
        plusI = t.endsWith("+i");
      }
    } else if (t === "/r") modrm = true;
    else if (/^\/[0-7]$/.test(t)) { modrm = true; digit = Number(t[1]); }
    else if (/^i[bwdzvo]$/.test(t)) immediates.push(t[1]!);
    else if (t === "cb" || t === "cz" || t === "cp" || t === "mo") immediates.push(t);
    else throw new Error(`unknown encoding token "${t}"`);
  }
  if (opcode < 0) throw new Error("no opcode");
  const space = syntax.indexOf(" ");
  const mnemonic = space < 0 ? syntax : syntax.slice(0, space);
  if (!/^[A-Z][A-Z0-9]*$/.test(mnemonic)) throw new Error(`mnemonic "${mnemonic}"`);
  const operands = space < 0 ? [] : syntax.slice(space + 1).split(",").map((o) => operand(o.trim(), plusR));
  assignFields(operands, modrm, digit);
  const rm = operands.find((o) => o.field === "b" && (o.memory || o.register));
  const registerForm = fixedModrm !== undefined ? fixedModrm >= 0xc0 : !modrm || (rm ? rm.register : true);
  const memoryForm = fixedModrm !== undefined ? fixedModrm < 0xc0 : !modrm || (rm ? rm.memory : true);
  const sized = operands.some((o) => typeof o.size === "string") || attributes.has("d64") || attributes.has("f64") || attributes.has("sized");
  return {
    text, mnemonic, map, opcode, plusR, prefix, vex, w, modrm, digit, fixedModrm, plusI, immediates, operands, attributes, registerForm, memoryForm, sized,
  };
}

/** Registers without a field of their own: with /r the first is ModRM.reg and the second ModRM.rm, unless an r/m operand is there. */
function assignFields(operands: OperandSpec[], modrm: boolean, digit: number | undefined): void {
  let hasRm = operands.some((o) => o.field === "b");
  let hasReg = operands.some((o) => o.field === "a" && o.kind !== "gpr") || digit !== undefined;
  for (let i = 0; i < operands.length; i++) {
    const o = operands[i]!;
    if (o.kind === "gpr" && o.field === "a" && modrm && (digit !== undefined || operands.slice(0, i).some((p) => p.field === "a")) && !hasRm) {
      operands[i] = { ...o, field: "b" };
      hasRm = true;
    } else if (o.field === undefined && (o.kind === "vector" || o.kind === "mmx")) {
      if (!hasReg && !operands.some((p) => p.field === "a")) { operands[i] = { ...o, field: "a" }; hasReg = true; }
      else { operands[i] = { ...o, field: "b" }; hasRm = true; }
    }
  }
}
