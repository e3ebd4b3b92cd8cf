import { CpuModel, PlainMemory, Vcpu } from "@ringzero/x86";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acpiTables, linuxBoot, MEMORY, memoryMap, multibootBoot } from "../src/index.ts";
import { kernel } from "./guests.ts";

const MIB = 2 ** 20;
const reset = new Vcpu({ model: CpuModel.x86_64_v2, memory: new PlainMemory(1) }).save();

/** A file with a boot header: protocol 2.15, five setup sectors, loaded high. */
function bzImage(change: (view: DataView) => void = () => {}): Uint8Array {
  const file = new Uint8Array(512 * 6 + 1000).fill(0xcc, 512 * 6), view = new DataView(file.buffer);
  view.setUint8(0x1f1, 5);
  view.setUint16(0x1fe, 0xaa55, true);
  view.setUint16(0x200, 0x66eb, true);
  view.setUint32(0x202, 0x53726448, true);
  view.setUint16(0x206, 0x020f, true);
  view.setUint8(0x211, 1);
  view.setUint32(0x214, 0x100000, true);
  view.setUint32(0x22c, 0x37ff_ffff, true);
  view.setUint32(0x238, 2047, true);
  view.setUint32(0x260, 3 * MIB, true);
  change(view);
  return file;
}

// Linux, Documentation/arch/x86/boot.rst, zero-page.rst: offsets by hand, as the pages give them.
describe("Linux boot protocol", () => {
  test("the zero page: header, memory map, command line, RAM disk, RSDP, text mode", () => {
    const initrd = new Uint8Array(5000).fill(7), image = linuxBoot({ kernel: bzImage(), initrd, commandLine: "console=ttyS0" }, 64 * MIB, 0xe0000);
    const page = image.segments.find((s) => s.address === MEMORY.zeroPage)!.bytes, view = new DataView(page.buffer);
    expect([page.length, page[0x1f1], view.getUint16(0x206, true), page[0x210], view.getUint32(0x218, true), view.getUint32(0x21c, true)]).toEqual([4096, 5, 0x20f, 0xff, 64 * MIB - 8192, 5000]);
    expect([view.getUint32(0x70, true), page[6], page[7], page[14], page[15], view.getUint16(16, true)]).toEqual([0xe0000, 3, 80, 25, 1, 16]);
    expect([page[0x1e8], view.getUint32(0x2d0, true), view.getUint32(0x2d8, true), view.getUint32(0x2e0, true)]).toEqual([4, 0, 0x9fc00, 1]);
    expect([view.getUint32(0x2d0 + 60, true), view.getUint32(0x2d8 + 60, true), view.getUint32(0x2e0 + 60, true)]).toEqual([MIB, 63 * MIB, 1]);
    const line = image.segments.find((s) => s.address === view.getUint32(0x228, true))!.bytes;
    expect(String.fromCharCode(...line)).toBe("console=ttyS0\0");
    expect(image.segments.find((s) => s.address === MIB)!.bytes).toEqual(new Uint8Array(1000).fill(0xcc));
  });
  test("the processor: flat, protected, interrupts off, ESI at the zero page", () => {
    const s = linuxBoot({ kernel: bzImage() }, 64 * MIB, 0).enter(reset);
    expect([s.rip, s.gpr[6], s.gpr[3], s.gpr[5], s.gpr[7], s.flags & 0x200, s.segments[1]!.selector, s.segments[3]!.selector, Number(s.registers["cr0"]) & 0x8000_0001]).toEqual([0x100000n, 0x7000n, 0n, 0n, 0n, 0, 0x10, 0x18, 1]);
  });
  test("what is no kernel, or does not fit, is refused in a sentence", () => {
    expect(() => linuxBoot({ kernel: new Uint8Array(100) }, 64 * MIB, 0)).toThrow("100 bytes and is no Linux kernel");
    expect(() => linuxBoot({ kernel: new Uint8Array(9000) }, 64 * MIB, 0)).toThrow("no Linux boot header");
    expect(() => linuxBoot({ kernel: bzImage((v) => v.setUint16(0x206, 0x201, true)) }, 64 * MIB, 0)).toThrow("boot protocol 2.1");
    expect(() => linuxBoot({ kernel: bzImage() }, 3 * MIB, 0)).toThrow("Kernel and initial RAM disk need 4 MiB");
    expect(() => linuxBoot({ kernel: bzImage(), commandLine: "x".repeat(2048) }, 64 * MIB, 0)).toThrow("2048 bytes; this kernel takes 2047");
  });
});

describe("multiboot", () => {
  const file = kernel("mov eax, 1\nhlt\nsection .bss\nresb 10000");
  test("the information: memory, map, module, command line", () => {
    const image = multibootBoot({ kernel: file, module: new Uint8Array(10).fill(9), commandLine: "a b" }, 16 * MIB), s = image.enter(reset);
    const at = (address: number): DataView => { const b = image.segments.find((x) => x.address === address)!.bytes; return new DataView(b.buffer, b.byteOffset, b.length); };
    const info = at(Number(s.gpr[3]));
    expect([s.gpr[0], info.getUint32(0, true), info.getUint32(4, true), info.getUint32(8, true)]).toEqual([0x2badb002n, 0x24d, 639, 15 * 1024]);
    const map = at(info.getUint32(48, true));
    expect([info.getUint32(44, true), map.getUint32(0, true), map.getUint32(12, true), map.getUint32(20, true)]).toEqual([96, 20, 0x9fc00, 1]);
    const module = at(info.getUint32(24, true)), start = module.getUint32(0, true);
    expect([info.getUint32(20, true), start % 4096, module.getUint32(4, true) - start, at(start).getUint8(0)]).toEqual([1, 0, 10, 9]);
  });
  test("any bytes are loaded or refused, never worse", () => {
    expect(() => multibootBoot({ kernel: new Uint8Array(5000) }, 16 * MIB)).toThrow("no multiboot header");
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(Math.min(file.length, 400) - 1), fc.nat(255)), { maxLength: 8 }), fc.nat(file.length), (changes, cut) => {
      const bad = file.slice(0, Math.max(cut, file.length - cut));
      for (const [at, value] of changes) if (at < bad.length) bad[at] = value;
      try {
        for (const s of multibootBoot({ kernel: bad }, 16 * MIB).segments) expect(s.address + s.bytes.length).toBeLessThanOrEqual(16 * MIB);
      } catch (error) {
        expect((error as Error).constructor).toBe(Error);
        expect((error as Error).message).toMatch(/\.$/);
      }
    }), { numRuns: 500 });
  });
});

test("ACPI tables: checksums, pointers, lengths", () => {
  const { rsdp, segments } = acpiTables(), memory = new Uint8Array(0x2000), base = MEMORY.acpiTables;
  for (const s of segments) memory.set(s.bytes, s.address - base);
  const view = new DataView(memory.buffer), text = (at: number, n: number): string => String.fromCharCode(...memory.subarray(at - base, at - base + n));
  const sum = (at: number, n: number): number => memory.subarray(at - base, at - base + n).reduce((a, b) => a + b, 0) & 0xff;
  expect([text(rsdp, 8), sum(rsdp, 20), rsdp % 16]).toEqual(["RSD PTR ", 0, 0]);
  const seen: string[] = [];
  const table = (at: number): number => {
    const length = view.getUint32(at - base + 4, true);
    seen.push(text(at, 4));
    expect([at % 16, sum(at, length)]).toEqual([0, 0]);
    return length;
  };
  const rsdt = view.getUint32(rsdp - base + 16, true), count = (table(rsdt) - 36) / 4;
  for (let i = 0; i < count; i++) table(view.getUint32(rsdt - base + 36 + 4 * i, true));
  const fadt = view.getUint32(rsdt - base + 36, true);
  table(view.getUint32(fadt - base + 40, true));
  expect([seen, text(view.getUint32(fadt - base + 36, true), 4)]).toEqual([["RSDT", "FACP", "APIC", "DSDT"], "FACS"]);
});

test("the memory map is in order, without overlaps, and what is usable is memory", () => {
  for (const bytes of [2 * MIB, 64 * MIB, 3072 * MIB]) {
    const map = memoryMap(bytes);
    map.forEach((r, i) => { if (i > 0) expect(r.base).toBeGreaterThanOrEqual(map[i - 1]!.base + map[i - 1]!.length); });
    const last = map.at(-1)!;
    expect(last.base + last.length).toBe(bytes);
  }
});
