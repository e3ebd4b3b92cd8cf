import type { Vcpu } from "@ringzero/x86";

const GENERAL = ["EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI"] as const, ESP = 4;
const SEGMENTS = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"] as const;
const IF = 1 << 9, IOPL = 3 << 12;

/** What a privileged instruction can change, in numbers. */
export interface GuestView {
  readonly registers: { readonly [name: string]: number };
  readonly selectors: readonly number[];
  readonly ring: number;
  readonly interrupts: boolean;
  readonly iopl: number;
  readonly halted: boolean;
  readonly eip: number;
  /** EAX to EDI. */
  readonly general: readonly number[];
}

/** The system state of a vCPU that is in its guest's state. */
export function guestView(vcpu: Vcpu): GuestView {
  const s = vcpu.system, r = vcpu.registers, flags = s.get("eflags");
  return {
    registers: {
      CR0: s.get("cr0"), CR2: s.get("cr2"), CR3: s.get("cr3"), CR4: s.get("cr4"), EFER: s.get("efer"), "GDTR base": s.get("gdtrBase"), "GDTR limit": s.get("gdtrLimit"), "IDTR base": s.get("idtrBase"), "IDTR limit": s.get("idtrLimit"),
    },
    selectors: SEGMENTS.map((_, n) => s.selector(n)), ring: s.get("cpl"), interrupts: (flags & IF) !== 0, iopl: (flags & IOPL) >> 12, halted: vcpu.halted, eip: r.rip, general: GENERAL.map((_, n) => r.low(n)),
  };
}

const hex = (n: number, digits = 1): string => `${n.toString(16).padStart(digits, "0")}h`;

/** What an instruction has changed, in a few words: its result in registers only where `results` asks for it. */
export function changes(results: boolean, before: GuestView, after: GuestView): string {
  const said: string[] = [];
  if (before.ring !== after.ring) said.push(`virtual ring ${before.ring} → ${after.ring}, goes on at ${hex(after.eip, 8)}`);
  for (const [name, value] of Object.entries(after.registers)) if (before.registers[name] !== value) said.push(`${name} = ${hex(value)}`);
  after.selectors.forEach((selector, n) => {
    // A change of ring says what CS and SS are.
    if (selector !== before.selectors[n] && !(before.ring !== after.ring && (n === 1 || n === 2))) said.push(`${SEGMENTS[n]} = ${hex(selector, 4)}`);
  });
  if (before.interrupts !== after.interrupts) said.push(`virtual IF ${before.interrupts ? 1 : 0} → ${after.interrupts ? 1 : 0}`);
  if (before.iopl !== after.iopl) said.push(`virtual IOPL = ${after.iopl}`);
  if (results) after.general.forEach((value, n) => { if (n !== ESP && value !== before.general[n]) said.push(`${GENERAL[n]} = ${hex(value)}`); });
  if (after.halted) said.push("waits for an interrupt");
  return said.join(", ");
}
/** What a port instruction did: its operands with their values. Empty for others. */
export function portAccess(mnemonic: string, operands: readonly { readonly text: string; readonly value?: bigint }[], before: GuestView, after: GuestView): string {
  const port = (operand: { readonly text: string; readonly value?: bigint } | undefined): string => hex(operand?.value === undefined ? before.general[2]! & 0xffff : Number(operand.value));
  const value = (eax: number, register: string | undefined): string => (register === "al" ? hex(eax & 0xff, 2) : register === "ax" ? hex(eax & 0xffff, 4) : hex(eax, 8));
  if (mnemonic === "out") return `port ${port(operands[0])} ← ${value(before.general[0]!, operands[1]?.text)}`;
  if (mnemonic === "in") return `port ${port(operands[1])} → ${value(after.general[0]!, operands[0]?.text)}`;
  return /^(ins|outs)/.test(mnemonic) ? `port ${hex(before.general[2]! & 0xffff)}` : "";
}
