import { expect, test } from "vitest";
import { disassemble, type Disassembled } from "../../src/index.ts";
import { INSTRUCTIONS } from "../../src/isa/index.ts";
import { haveObjdump, mnemonicOf, objdump, type Line } from "./objdump.ts";

const STRIDE = 32;
/** OBJDUMP_COUNT=100000 OBJDUMP_SEED=1 for a longer comparison of other strings. */
const COUNT = Number(process.env["OBJDUMP_COUNT"] ?? 4000);
const LIKELY = [0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x64, 0x48, 0x41, 0x0f, 0x0f, 0x0f, 0x0f, 0xc4, 0xc5];

/** Numbers from 0 up to 1, the same in every run of a seed (a linear congruential generator). */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

/** Extensions that objdump knows and the processor's models do not have: AVX and later, 3DNow!, SSE4a, MPX, CET, TSX, VMX, SVM, SGX, XOP and others. */
const ABSENT = /^(\{vex\}|v|k|pf|pi2|pavgusb|pmulhrw|pswapd|femms|getsec|movnts[sd]|insertq|extrq|bnd|wru?ss|incssp|rdssp|saveprevssp|rstorssp|setssbsy|clrssbsy|aadd|aand|aor|axor|movdir|enqcmd|xsaves|xrstors|xabort|xbegin|xend|xtest|invlpga|invept|invvpid|stgi|clgi|skinit|monitorx|mwaitx|ptwrite|tpause|umonitor|umwait|clzero|rdpru|mcommit|pconfig|encl|gf2p8|rdpkru|wrpkru|serialize|xsusldtrk|xresldtrk|hreset|loadiwkey|aes\w+kl|clui|stui|testui|senduipi|uiret|llwpcb|slwpcb|lwp|blc|blsfill|blsic|t1mskc|tzmsk|bextr|cldemote|cmp\w+xadd|seamcall|seamret|seamops|tdcall|t[di]p|ldtilecfg|sttilecfg|tile|psmash|pvalidate|rmp|tlbsync|invlpgb|prefetchit|rdmsrlist|wrmsrlist|wrmsrns|erets|eretu|lkgs|urdmsr|uwrmsr|pbndkb|[xm]store|xcrypt|xsha|montmul|sysexit|frstpm|ud)/;
/** Encodings that AMD's processors execute and objdump does not know: SALC, x87 aliases, NOPs of 0F 1A and 1B (MPX there), meaningless F2. */
const UNKNOWN = /^(salc|fstp[189]|fxch[47]|fcom2|fcomp[35]|nop|bsf|bsr|wbinvd|wbnoinvd|[lsm]fence|fndisi|fneni|fnsetpm|f?wait|sysret\w?|prefetch\w*|tzcnt|lzcnt|popcnt|xlatb|ud\d)$/;
const NO_PREFIX = new Set(INSTRUCTIONS.filter((i) => i.parsed.some((f) => f.prefix !== undefined)).map((i) => i.name.toLowerCase()));

/** Why the two may differ here, or undefined. */
function reason(d: Disassembled, line: Line, bytes: Uint8Array): string | undefined {
  const name = mnemonicOf(line.text), bad = /\(bad\)|\.byte/.test(line.text);
  const prefixes = [...bytes].findIndex((b) => ![0x66, 0x67, 0xf2, 0xf3, 0xf0, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65].includes(b) && (b & 0xf0) !== 0x40);
  const head = bytes.slice(0, prefixes);
  if (d.valid && bad) return UNKNOWN.test(d.mnemonic) ? "objdump does not know it" : head.includes(0xf2) || head.includes(0xf3) ? "objdump takes the repeat prefix for part of an opcode" : undefined;
  if (!d.valid && !bad) {
    if (bytes.includes(0xf0) && /cr(8|9|1\d)/.test(line.text)) return "LOCK MOV CR0 for CR8, which the models do not report";
    if (/(^| )lock /.test(line.text)) return "LOCK where it raises #UD";
    if (ABSENT.test(name)) return "an extension that is not modelled";
    if (/[ ,](\?|tr\d)/.test(line.text)) return "a register that does not exist";
    if (NO_PREFIX.has(name) && head.some((b) => b === 0x66 || b === 0xf2 || b === 0xf3)) return "a prefix that makes the opcode undefined";
    return undefined;
  }
  if (!d.valid && bad) return "both";
  if (d.length === line.length) return "both";
  if (/^ud[01]$/.test(d.mnemonic)) return "UD0 and UD1 raise #UD before their ModRM byte counts";
  if (/rex\S* .*(rex|data16|addr32|lock|rep|[cdefgs]s )|rex\S* rex/.test(line.text) || /(data16|addr32).* rex\S* /.test(line.text)) return "objdump ends an instruction at a REX that does not count";
  return undefined;
}

test.skipIf(!haveObjdump()).each([16, 32, 64] as const)("%i-bit: lengths and validity of random bytes as objdump has them, or for a known reason", (mode) => {
  const next = random(Number(process.env["OBJDUMP_SEED"] ?? 20_250_000) + mode);
  const image = new Uint8Array(COUNT * STRIDE).fill(0x90);
  const ours: Disassembled[] = [];
  for (let n = 0; n < COUNT; n++) {
    const b = image.subarray(n * STRIDE, n * STRIDE + STRIDE);
    for (let i = 0; i < 12; i++) b[i] = next() * 256;
    let k = 0;
    while (next() < 0.5 && k < 3) b[k++] = LIKELY[Math.floor(next() * LIKELY.length)]!;
    if (k > 0 && b[k - 1] === 0x0f && next() < 0.3) b[k] = next() < 0.5 ? 0x38 : 0x3a;
    const d = disassemble(b, { mode });
    ours.push(d);
    if (d.valid) b.fill(0x90, d.length);
  }
  const theirs = objdump(image, mode, STRIDE);
  const unexplained: string[] = [];
  const reasons = new Map<string, number>();
  ours.forEach((d, n) => {
    const line = theirs[n];
    if (!line) return;
    const bytes = image.slice(n * STRIDE, n * STRIDE + STRIDE);
    const why = reason(d, line, bytes);
    if (why === undefined) unexplained.push(`${Buffer.from(bytes.slice(0, Math.max(d.length, line.length))).toString("hex")}: ${d.text} (${d.length}) | ${line.text} (${line.length})`);
    else reasons.set(why, (reasons.get(why) ?? 0) + 1);
  });
  if (process.env["OBJDUMP_COUNT"]) console.log(mode, Object.fromEntries(reasons));
  expect(unexplained.slice(0, 20)).toEqual([]);
  // The comparison means something: most strings are instructions to both.
  expect(reasons.get("both")).toBeGreaterThan(COUNT * 0.8);
});
