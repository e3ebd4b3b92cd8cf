import { ACPI_PM } from "@ringzero/devices";
import { IRQ, MEMORY, PORT, SLEEP_TYPE_S5 } from "../layout.ts";
import type { Segment } from "./image.ts";

/** ACPI Specification 6.5, "ACPI Software Programming Model"; offsets are those of the tables named. */
const OEM_ID = "RINGZR", OEM_TABLE = "RINGZERO", CREATOR = "RNG0";

class Table {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.view = new DataView(this.bytes.buffer);
  }
  text(offset: number, text: string): void { for (let i = 0; i < text.length; i++) this.bytes[offset + i] = text.charCodeAt(i); }
  /** Makes the bytes from 0 to `length` sum to zero by the one at `offset`. */
  checksum(offset: number, length: number = this.bytes.length): void {
    this.bytes[offset] = 0;
    this.bytes[offset] = -this.bytes.subarray(0, length).reduce((a, b) => a + b, 0);
  }
  /** Generic address structure: `bits` of system I/O at `port`. */
  port(offset: number, port: number, bits: number): void {
    this.bytes.set([1, bits, 0, bits === 32 ? 3 : 2], offset);
    this.view.setBigUint64(offset + 4, BigInt(port), true);
  }
}
/** "System Description Table Header". */
function systemTable(signature: string, revision: number, length: number): Table {
  const t = new Table(length);
  t.text(0, signature);
  t.view.setUint32(4, length, true);
  t.bytes[8] = revision;
  t.text(10, OEM_ID);
  t.text(16, OEM_TABLE);
  t.view.setUint32(24, 1, true);
  t.text(28, CREATOR);
  t.view.setUint32(32, 1, true);
  return t;
}

/** "Multiple APIC Description Table": one processor, one I/O APIC; IRQ 0 comes in at its input 2, IRQ 9 is level-triggered. */
function madt(): Table {
  const entries = [
    [0, 8, 0, 0, 1, 0, 0, 0],
    [1, 12, 0, 0, ...word(MEMORY.ioApic), ...word(0)],
    [2, 10, 0, IRQ.timer, ...word(2), 0, 0],
    [2, 10, 0, IRQ.sci, ...word(IRQ.sci), 0x0d, 0],
    [4, 6, 0xff, 0, 0, 1],
  ].flat();
  const t = systemTable("APIC", 3, 44 + entries.length);
  t.view.setUint32(36, MEMORY.localApic, true);
  // PCAT_COMPAT: two 8259s are there as well.
  t.view.setUint32(40, 1, true);
  t.bytes.set(entries, 44);
  t.checksum(9);
  return t;
}
const word = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];

/** "Fixed ACPI Description Table". */
function fadt(facs: number, dsdt: number): Table {
  const t = systemTable("FACP", 3, 244), { view } = t;
  view.setUint32(36, facs, true);
  view.setUint32(40, dsdt, true);
  view.setUint16(46, IRQ.sci, true);
  view.setUint32(56, PORT.acpiPm + ACPI_PM.event, true);
  view.setUint32(64, PORT.acpiPm + ACPI_PM.control, true);
  view.setUint32(76, PORT.acpiPm + ACPI_PM.timer, true);
  t.bytes.set([4, 2, 0, 4], 88);
  // No C2 or C3.
  view.setUint16(96, 0xffff, true);
  view.setUint16(98, 0xffff, true);
  t.bytes[108] = 0x32;
  // Legacy devices and an 8042 are there.
  view.setUint16(109, 3, true);
  // WBINVD works, C1 works, no sleep button, RTC wakes by no fixed register, reset register.
  view.setUint32(112, 0x0000_0465, true);
  t.port(116, 0xcf9, 8);
  t.bytes[119] = 1;
  t.bytes[128] = 6;
  view.setBigUint64(132, BigInt(facs), true);
  view.setBigUint64(140, BigInt(dsdt), true);
  t.port(148, PORT.acpiPm + ACPI_PM.event, 32);
  t.port(172, PORT.acpiPm + ACPI_PM.control, 16);
  t.port(208, PORT.acpiPm + ACPI_PM.timer, 32);
  t.checksum(9);
  return t;
}

/** "ACPI Machine Language (AML) Specification". */
const AML = { name: 0x08, scope: 0x10, package: 0x12, buffer: 0x11, byte: 0x0a, word: 0x0b, dword: 0x0c, ext: 0x5b, device: 0x82 } as const;
/** PkgLength: one byte below 64, else the low four bits and further bytes. */
function packageLength(body: number): number[] {
  if (body + 1 < 0x40) return [body + 1];
  const length = body + 2;
  return [0x40 | (length & 15), length >> 4];
}
const name = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const sized = (op: readonly number[], body: readonly number[]): number[] => [...op, ...packageLength(body.length), ...body];
const named = (text: string, value: readonly number[]): number[] => [AML.name, ...name(text), ...value];
const bufferOf = (bytes: readonly number[]): number[] => sized([AML.buffer], [AML.byte, bytes.length, ...bytes]);
/** EISA identifiers: three letters of five bits, four hexadecimal digits, big-endian. */
function eisaId(id: string): number[] {
  const letters = Array.from(id.slice(0, 3)).reduce((n, c) => (n << 5) | (c.charCodeAt(0) - 64), 0), code = (letters << 16) | parseInt(id.slice(3), 16);
  return [AML.dword, (code >>> 24) & 0xff, (code >>> 16) & 0xff, (code >>> 8) & 0xff, code & 0xff];
}
/** "Resource Data Types for ACPI": an I/O port range, an interrupt, the end. */
const ioRange = (base: number, length: number): number[] => [0x47, 1, base & 0xff, base >> 8, base & 0xff, base >> 8, 1, length];
const irqNumber = (irq: number): number[] => [0x22, (1 << irq) & 0xff, (1 << irq) >> 8];
const END = [0x79, 0];
const device = (deviceName: string, id: string, resources: readonly number[]): number[] =>
  sized([AML.ext, AML.device], [...name(deviceName), ...named("_HID", eisaId(id)), ...named("_CRS", bufferOf([...resources, ...END]))]);

/**
 * The differentiated description block: soft off, the PCI root, and the devices that plug and play would find. It has no methods, so that no interpreter is needed to
 * understand it.
 */
function dsdt(): Table {
  // Bus numbers 0 to 0; all ports but the configuration mechanism's; memory from the end of RAM to the I/O APIC.
  const busRange = [0x88, 13, 0, 2, 0x0c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0];
  const ports = [0x88, 13, 0, 1, 0x0c, 3, 0, 0, 0, 0x0d, 0xff, 0xff, 0, 0, 0, 0xf3];
  const memory = [0x87, 23, 0, 0, 0x0c, 1, ...word(0), ...word(MEMORY.memoryEnd), ...word(MEMORY.ioApic - 1), ...word(0), ...word(MEMORY.ioApic - MEMORY.memoryEnd)];
  const vgaMemory = [0x87, 23, 0, 0, 0x0c, 1, ...word(0), ...word(0xa_0000), ...word(0xb_ffff), ...word(0), ...word(0x2_0000)];
  const root = sized([AML.ext, AML.device], [
    ...name("PCI0"), ...named("_HID", eisaId("PNP0A03")), ...named("_UID", [0]), ...named("_CRS", bufferOf([...busRange, ...ioRange(PORT.pciConfig, 8), ...ports, ...vgaMemory, ...memory, ...END])),
    ...device("COM1", "PNP0501", [...ioRange(PORT.com1, 8), ...irqNumber(IRQ.com1)]),
    ...device("KBD_", "PNP0303", [...ioRange(PORT.keyboardData, 1), ...ioRange(PORT.keyboardCommand, 1), ...irqNumber(IRQ.keyboard)]),
    ...device("MOU_", "PNP0F13", irqNumber(IRQ.mouse)),
    ...device("RTC_", "PNP0B00", [...ioRange(PORT.rtc, 2), ...irqNumber(IRQ.rtc)]),
  ]);
  const body = [
    ...sized([AML.scope], [0x5c, ...name("_SB_"), ...root]),
    ...named("_S5_", sized([AML.package], [2, AML.byte, SLEEP_TYPE_S5, AML.byte, 0])),
  ];
  const t = systemTable("DSDT", 1, 36 + body.length);
  t.bytes.set(body, 36);
  t.checksum(9);
  return t;
}

/** ACPI tables as they lie in memory. */
export interface AcpiTables {
  /** Address of the root pointer. */
  readonly rsdp: number;
  /** What goes where. */
  readonly segments: readonly Segment[];
}

/** All tables, from `MEMORY.acpiTables` on. */
export function acpiTables(): AcpiTables {
  const segments: Segment[] = [];
  let next: number = MEMORY.acpiTables + 64;
  const place = (t: Table): number => {
    const address = next;
    segments.push({ address, bytes: t.bytes });
    next = (next + t.bytes.length + 63) & ~63;
    return address;
  };
  // The firmware control structure carries the waking vector and the lock: nothing of either is used.
  const control = new Table(64);
  control.text(0, "FACS");
  control.view.setUint32(4, 64, true);
  control.bytes[32] = 1;
  const facs = place(control), dsdtAt = place(dsdt()), pointers = [place(fadt(facs, dsdtAt)), place(madt())];
  const root = systemTable("RSDT", 1, 36 + 4 * pointers.length);
  pointers.forEach((p, i) => root.view.setUint32(36 + 4 * i, p, true));
  root.checksum(9);
  const rsdt = place(root);
  const rsdp = new Table(20);
  rsdp.text(0, "RSD PTR ");
  rsdp.text(9, OEM_ID);
  rsdp.view.setUint32(16, rsdt, true);
  rsdp.checksum(8);
  segments.push({ address: MEMORY.acpiTables, bytes: rsdp.bytes });
  return { rsdp: MEMORY.acpiTables, segments };
}
