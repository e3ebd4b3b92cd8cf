import type { PlainMemory, Vcpu, VcpuState } from '@ringzero/x86';
import { bootFloppy, PROGRAM_ADDRESS } from '../oracle/boot-floppy.ts';
import type { OracleImage } from '../oracle/oracle-image.ts';

/**
 * What lockstep runs. `program`: a flat binary for 0000:8000 in real mode, started with every register as `bootFloppy` documents.
 * `boot`: a boot sector (or floppy image) at 0000:7C00. `flat`: a flat binary for `address`, started at its first byte in 32-bit protected mode with flat
 * segments. `multiboot`: a kernel as the Multiboot Specification has it, an ELF file or with addresses in its header.
 */
export type ImageKind = 'program' | 'boot' | 'flat' | 'multiboot';

/** An image to run. */
export interface LockstepImage {
  readonly kind: ImageKind;
  readonly bytes: Uint8Array;
  /** Linear address of a flat image's first byte; default 1 MiB. */
  readonly address?: number;
}

/** Bytes to put into memory, and where execution starts. */
interface Loaded {
  readonly parts: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly entry: number;
}

const BOOT_SECTOR = 0x7c00, SECTOR_BYTES = 512;
const MULTIBOOT_MAGIC = 0x1bad_b002, LOADER_MAGIC = 0x2bad_b002;
const MIB = 0x10_0000;

/** Linear address of the first instruction to compare. */
export function entryOf(image: LockstepImage): number { return load(image).entry; }

/** The same for an oracle: what it boots, so that it comes to the same first instruction. */
export function oracleImage(image: LockstepImage): OracleImage {
  switch (image.kind) {
    case 'program': return { kind: 'floppy', bytes: bootFloppy(image.bytes) };
    case 'boot': {
      const floppy = new Uint8Array(1_474_560);
      floppy.set(image.bytes);
      return { kind: 'floppy', bytes: floppy };
    }
    case 'multiboot': return { kind: 'multiboot', bytes: image.bytes };
    case 'flat': return { kind: 'multiboot', bytes: withMultibootHeader(image) };
  }
}

/** Puts the image into a vCPU's memory and the vCPU at its first instruction. */
export function startImage(image: LockstepImage, vcpu: Vcpu, memory: PlainMemory): void {
  const { parts, entry } = load(image);
  for (const { at, bytes } of parts) memory.write(at, bytes);
  const start = image.kind === 'program' || image.kind === 'boot' ? realMode(vcpu.save(), entry) : protectedMode(vcpu.save(), entry);
  vcpu.restore(start);
}

function load({ kind, bytes, address = MIB }: LockstepImage): Loaded {
  switch (kind) {
    case 'program': return { parts: [{ at: BOOT_SECTOR, bytes: bootFloppy(bytes).subarray(0, SECTOR_BYTES) }, { at: PROGRAM_ADDRESS, bytes }], entry: PROGRAM_ADDRESS };
    case 'boot': return { parts: [{ at: BOOT_SECTOR, bytes: bytes.subarray(0, SECTOR_BYTES) }], entry: BOOT_SECTOR };
    case 'flat': return { parts: [{ at: address, bytes }], entry: address };
    case 'multiboot': return loadMultiboot(bytes);
  }
}

/** The state in which `bootFloppy` starts a program (a boot sector gets the same). */
function realMode(reset: VcpuState, entry: number): VcpuState {
  const segment = { selector: 0, base: 0n, limit: 0xffff, attributes: 0x93 };
  return {
    ...reset,
    gpr: reset.gpr.map((_, i) => (i === 4 ? 0x7c00n : 0n)), rip: BigInt(entry), flags: 2, a20: true,
    segments: reset.segments.map((own, i) => (i < 6 ? { ...segment, attributes: i === 1 ? 0x9b : 0x93 } : own)),
    registers: { ...reset.registers, cr0: 0x10n, gdtrBase: 0n, gdtrLimit: 0n, idtrBase: 0n, idtrLimit: 0x3ffn, fcw: 0x37fn, fsw: 0n, ftw: 0n },
  };
}

/** The state in which a multiboot loader starts a kernel. Multiboot Specification 0.6.96, "Machine state". */
function protectedMode(reset: VcpuState, entry: number): VcpuState {
  const flat = { base: 0n, limit: 0xffff_ffff };
  return {
    ...reset,
    gpr: reset.gpr.map((_, i) => (i === 0 ? BigInt(LOADER_MAGIC) : 0n)), rip: BigInt(entry), flags: 2, a20: true,
    segments: reset.segments.map((own, i) => (i >= 6 ? own : i === 1 ? { ...flat, selector: 8, attributes: 0xc09b } : { ...flat, selector: 0x10, attributes: 0xc093 })),
    registers: { ...reset.registers, cr0: 0x11n, fcw: 0x37fn, fsw: 0n, ftw: 0n },
  };
}

/** Multiboot Specification 0.6.96, "The layout of Multiboot header": bit 16 says that the header carries addresses. */
const HEADER_ADDRESSES = 1 << 16;

function loadMultiboot(bytes: Uint8Array): Loaded {
  const v = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at + 32 <= Math.min(bytes.length, 8192); at += 4) {
    if (v.getUint32(at, true) !== MULTIBOOT_MAGIC) continue;
    if ((v.getUint32(at + 4, true) & HEADER_ADDRESSES) === 0) break;
    const [header, start, end, bssEnd, entry] = [12, 16, 20, 24, 28].map((o) => v.getUint32(at + o, true)) as [number, number, number, number, number];
    const from = at - (header - start), text = bytes.subarray(from, end === 0 ? bytes.length : from + end - start);
    const loaded = new Uint8Array(Math.max(text.length, bssEnd - start));
    loaded.set(text);
    return { parts: [{ at: start, bytes: loaded }], entry };
  }
  if (v.getUint32(0) !== 0x7f45_4c46 || v.getUint8(4) !== 1) throw new Error('The multiboot kernel has neither addresses in its header nor an ELF32 header.');
  const parts: { at: number; bytes: Uint8Array }[] = [], tables = v.getUint32(28, true), size = v.getUint16(42, true);
  for (let i = 0; i < v.getUint16(44, true); i++) {
    const p = tables + i * size;
    if (v.getUint32(p, true) !== 1) continue; // PT_LOAD
    const segment = new Uint8Array(v.getUint32(p + 20, true)), offset = v.getUint32(p + 4, true);
    segment.set(bytes.subarray(offset, offset + v.getUint32(p + 16, true)));
    parts.push({ at: v.getUint32(p + 12, true), bytes: segment });
  }
  return { parts, entry: v.getUint32(24, true) };
}

/** A flat image with a multiboot header right before it, so that QEMU loads it to its address. */
function withMultibootHeader({ bytes, address = MIB }: LockstepImage): Uint8Array {
  const file = new Uint8Array(32 + bytes.length), v = new DataView(file.buffer), end = address + bytes.length;
  [MULTIBOOT_MAGIC, HEADER_ADDRESSES, -(MULTIBOOT_MAGIC + HEADER_ADDRESSES), address - 32, address - 32, end, end, address].forEach((word, i) => v.setUint32(4 * i, word >>> 0, true));
  file.set(bytes, 32);
  return file;
}
