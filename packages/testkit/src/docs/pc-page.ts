import { virtualHost } from "@ringzero/host/virtual";
import { IRQ, MEMORY, memoryMap, MEMORY_KIND, pc, PORT, VirtualMachine } from "@ringzero/hypervisor";
import { Machine } from "@ringzero/machine";

const hex = (n: number, digits: number): string => n.toString(16).toUpperCase().padStart(digits, "0");
const span = (base: number, length: number, digits: number): string => (length === 1 ? hex(base, digits) : `${hex(base, digits)}–${hex(base + length - 1, digits)}`);

/** What answers at each range of the buses, by the name under which it was claimed, and the requests that it can raise. */
const ABOUT: { readonly [name: string]: readonly [what: string, ...irqs: (keyof typeof IRQ)[]] } = {
  "8259 master": ["Interrupt controller, inputs 0 to 7"],
  "8259 slave": ["Interrupt controller, inputs 8 to 15, in cascade at input 2"],
  "8259 edge/level": ["Which inputs are level-triggered (ELCR)"],
  "8254": ["Interval timer: counter 0 at 18.2 Hz to 1.19 MHz, counter 2 for the speaker", "timer"],
  "8042 data": ["Keyboard controller: keyboard, and a mouse that never moves", "keyboard", "mouse"],
  "8042 command": ["Its status and commands: self test, A20, reset"],
  "system control B": ["Speaker gate and output, refresh toggle"],
  "system control A": ["A20 gate, fast reset"],
  MC146818: ["Clock with alarm, and 114 bytes that keep memory sizes", "rtc"],
  diagnostics: ["POST codes: taken, and shown to nobody; Linux writes here to wait"],
  VGA: ["VGA registers in text modes; the characters are memory of the guest"],
  COM1: ["16550A serial port: the console", "com1"],
  "firmware disk": ["How the BIOS of our own reads the disk; there only with a boot sector"],
  "ACPI PM": ["ACPI fixed hardware: power button, soft off, 3.58 MHz timer", "sci"],
  "PCI configuration": ["PCI mechanism 1 with a host and an ISA bridge; CF9 resets"],
  "I/O APIC": ["24 inputs; IRQ 0 comes in at input 2"],
  "local APIC": ["The processor's own interrupt controller, timer included"],
};
function about(name: string): readonly [what: string, irqs: string] {
  const entry = ABOUT[name];
  if (!entry) throw new Error(`The page of the PC does not say what "${name}" is: add it to ABOUT in pc-page.ts.`);
  const [what, ...irqs] = entry;
  return [what, irqs.map((irq) => IRQ[irq]).join(", ")];
}

/** What lies at the addresses of `MEMORY` that no device answers. */
const PLACES: { readonly [name in keyof typeof MEMORY]: string } = {
  biosData: "BIOS data area", bootGdt: "GDT that a loaded kernel starts with", zeroPage: "Linux's boot parameters, the zero page", multibootInfo: "Multiboot information", bootSector: "a boot sector",
  commandLine: "command line", extendedBiosData: "extended BIOS data area", conventionalEnd: "end of conventional memory", vgaText: "VGA text, 32 KiB", firmware: "firmware", acpiTables: "ACPI tables",
  high: "memory above 1 MiB: kernels", memoryEnd: "end of what memory can reach", ioApic: "I/O APIC", localApic: "local APIC",
};

/** The page of the PC: who answers at which port and address, interrupt requests, and how memory is laid out. From the buses of a machine that was made for it. */
export async function pcPage(): Promise<string> {
  const machine = await Machine.create(virtualHost(), { memory: 32 << 20, shared: false });
  const { board } = await VirtualMachine.create(machine, pc({ memory: 16 << 20, floppy: new Uint8Array(1440 << 10) }));
  const ranges = (bus: typeof board.ports, digits: number): string => bus.ranges().map(({ name, base, length }) => `| ${span(base, length, digits)} | ${name} | ${about(name)[0]} | ${about(name)[1]} |`).join("\n");
  const unclaimed = Object.entries(PORT).filter(([, base]) => !board.ports.ranges().some((r) => r.base === base));
  const kinds = Object.fromEntries(Object.entries(MEMORY_KIND).map(([name, kind]) => [kind, name]));
  return `# The PC: ports, memory, interrupts

Generated from the buses of \`@ringzero/hypervisor\`'s PC and its layout. Numbers are hexadecimal but for sizes and IRQs.

## Ports

| Ports | Device | | IRQ |
|---|---|---|---|
${ranges(board.ports, 3)}

What nobody answers reads as all ones${unclaimed.length > 0 ? `. Nobody answers at ${unclaimed.map(([name, base]) => `${hex(base, 3)} (\`${name}\`)`).join(", ")} unless it is put there` : ""}.

## Device memory

| Addresses | Device | | IRQ |
|---|---|---|---|
${ranges(board.memory, 8)}

## Interrupt requests

| IRQ | Raised by | I/O APIC input |
|--:|---|--:|
${Object.entries(IRQ).map(([name, irq]) => `| ${irq} | \`${name}\` | ${irq === IRQ.timer ? 2 : irq} |`).join("\n")}

## Guest-physical memory

| Address | What lies there |
|---|---|
${(Object.entries(MEMORY) as [keyof typeof MEMORY, number][]).sort(([, a], [, b]) => a - b).map(([name, address]) => `| ${hex(address, 8)} | ${PLACES[name]} |`).join("\n")}

What firmware tells a guest with 64 MiB (INT 15h, E820h, the boot protocols):

| Addresses | Kind |
|---|---|
${memoryMap(64 << 20).map(({ base, length, kind }) => `| ${span(base, length, 8)} | ${kinds[kind]} |`).join("\n")}
`;
}
