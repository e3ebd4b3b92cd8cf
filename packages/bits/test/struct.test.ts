import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as bits from "../src/index.ts";
import { array, at, bytes, i32, long, pointer, struct, u16, u16be, u32, u32be, u64, u64be, u8, ulong, union, type FieldType, type Scalar, type Struct } from "../src/index.ts";
import { STRUCTURES } from "./gcc.table.ts";

type Any = FieldType<any, any, any>;
type Fields = { readonly [name: string]: Any };
const SCALARS = { u8: bits.u8, i8: bits.i8, u16: bits.u16, i16: bits.i16, u32: bits.u32, i32: bits.i32, u64: bits.u64, i64: bits.i64, long, ulong, pointer } as const;

describe("C's rules", () => {
  const made: Struct<Fields>[] = [];
  test.each(STRUCTURES.map((row, n) => [n, row] as const))("structure %d as GCC lays it out", (_, row) => {
    const fields = Object.fromEntries(row.fields.split(" ").map((text, i): [string, Any] => {
      const [, name = "", count] = /^(.+?)(?:\[(\d+)\])?$/.exec(text)!;
      const type: Any = name.startsWith("#") ? made[Number(name.slice(1))]! : SCALARS[name as keyof typeof SCALARS];
      return [`f${i}`, count === undefined ? type : array(type, Number(count))];
    }));
    const declared: Struct<Fields> = (row.union ? union : struct)("s", fields, { packed: row.packed });
    made.push(declared);
    for (const abi of ["i386", "x86_64"] as const) {
      const layout = declared.for(abi);
      expect([...layout.fields.map((f) => f.offset), layout.size, layout.align]).toEqual(row[abi]);
    }
  });
});

describe("structures of Linux and virtio", () => {
  // Linux v6.6 arch/x86/include/uapi/asm/stat.h, struct stat of 64-bit programs.
  const stat = struct("stat", {
    st_dev: ulong, st_ino: ulong, st_nlink: ulong, st_mode: u32, st_uid: u32, st_gid: u32, _pad0: u32, st_rdev: ulong, st_size: long, st_blksize: long, st_blocks: long,
    st_atime: ulong, st_atime_nsec: ulong, st_mtime: ulong, st_mtime_nsec: ulong, st_ctime: ulong, st_ctime_nsec: ulong, _unused: array(long, 3),
  }, { size: { x86_64: 144 } });
  test("struct stat", () => {
    expect([stat.offsets.st_mode, stat.offsets.st_rdev, stat.offsets.st_blocks, stat.offsets.st_ctime_nsec]).toEqual([24, 40, 64, 112]);
    const values = stat.get(stat.bytes({ st_size: -5n, st_mode: 0o100644 }));
    expect(values.st_size).toBe(-5n);
    expect(values.st_mode).toBe(0o100644);
    expect(Object.keys(values)).not.toContain("_pad0");
  });
  test("struct epoll_event is packed on x86-64 alone", () => {
    // Linux v6.6 include/uapi/linux/eventpoll.h: EPOLL_PACKED. On i386 the 64-bit field is aligned to 4 anyway.
    const event = struct("epoll_event", { events: u32, data: u64 }, { packed: true, size: 12 });
    expect(struct("epoll_event", { events: u32, data: u64 }).for("i386").offsets).toEqual(event.offsets);
  });
  test("struct timespec: one declaration, two layouts", () => {
    const timespec = struct("timespec", { tv_sec: long, tv_nsec: long }, { size: { x86_64: 16, i386: 8 } });
    const narrow = timespec.for("i386").at(new Uint8Array(8));
    narrow.tv_sec = -1n;
    narrow.tv_nsec = 999_999_999n;
    expect([narrow.tv_sec, narrow.tv_nsec]).toEqual([-1n, 999_999_999n]);
  });
  test("a virtqueue: descriptors and the available ring", () => {
    // virtio 1.2, 2.7.5 "The Virtqueue Descriptor Table" and 2.7.6 "The Virtqueue Available Ring".
    const descriptor = struct("virtq_desc", { addr: u64, len: u32, flags: u16, next: u16 }, { size: 16 });
    const available = struct("virtq_avail", { flags: u16, idx: u16, ring: array(u16, 8), used_event: u16 });
    expect(available.offsets).toEqual({ flags: 0, idx: 2, ring: 4, used_event: 20 });
    const memory = new Uint8Array(256);
    const table = array(descriptor, 8).layout("x86_64").view({ data: new DataView(memory.buffer) }, 0);
    table.get(3).addr = 0x1234_5678_9abcn;
    table.set(3, { len: 512 });
    const ring = available.at(memory, 128);
    ring.ring.set(7, 3);
    ring.idx = 1;
    expect(table.get(ring.ring.get(7)).addr).toBe(0x1234_5678_9abcn);
    expect([...table].map((d) => d.len)).toEqual([0, 0, 0, 512, 0, 0, 0, 0]);
    expect(() => ring.ring.get(8)).toThrow(RangeError);
    expect(() => ring.ring.set(-1, 0)).toThrow(RangeError);
  });
  test("registers of a device, with gaps", () => {
    // virtio 1.2, 4.2.2 "MMIO Device Register Layout".
    const registers = struct("virtio-mmio", { MagicValue: u32, Version: u32, DeviceID: u32, VendorID: u32, DeviceFeatures: u32, DeviceFeaturesSel: u32, DriverFeatures: at(0x20, u32), QueueSel: at(0x30, u32), QueueNotify: at(0x50, u32), Config: at(0x100, bytes(8)) });
    expect([registers.offsets.DeviceFeaturesSel, registers.offsets.DriverFeatures, registers.offsets.Config, registers.size]).toEqual([0x14, 0x20, 0x100, 0x108]);
  });
  test("headers of the Internet are big-endian", () => {
    const ip = struct("iphdr", { version_ihl: u8, tos: u8, tot_len: u16be, id: u16be, frag_off: u16be, ttl: u8, protocol: u8, check: u16be, saddr: u32be, daddr: u32be }, { size: 20 });
    expect([...ip.bytes({ tot_len: 0x0102, daddr: 0x7f000001 })].slice(2, 4)).toEqual([1, 2]);
    expect([...ip.bytes({ daddr: 0x7f000001 })].slice(16)).toEqual([127, 0, 0, 1]);
    const wide = struct("w", { n: u64be });
    expect(wide.get(wide.bytes({ n: 0x0102030405060708n })).n).toBe(0x0102030405060708n);
  });
});

describe("views", () => {
  const point = struct("point", { x: i32, y: i32 });
  const shape = struct("shape", { kind: u8, corners: array(point, 2), name: bytes(4), centre: point });
  test("read and write in place, inside one another", () => {
    const memory = new Uint8Array(64);
    const view = shape.at(memory, 8);
    view.kind = 300;
    view.corners.get(1).y = -7;
    view.centre.x = 9;
    view.name.set([1, 2]);
    expect(shape.get(memory, 8)).toEqual({ kind: 44, corners: [{ x: 0, y: 0 }, { x: 0, y: -7 }], name: Uint8Array.of(1, 2, 0, 0), centre: { x: 9, y: 0 } });
    expect(memory.subarray(0, 8).every((b) => b === 0)).toBe(true);
  });
  test("values written leave the others alone; shorter bytes are filled up", () => {
    const memory = shape.bytes({ kind: 1, name: Uint8Array.of(9, 9, 9, 9), centre: { x: 1, y: 2 } });
    shape.write({ data: new DataView(memory.buffer) }, 0, { name: Uint8Array.of(5), centre: { y: 3 } });
    expect(shape.get(memory)).toEqual({ kind: 1, corners: [{ x: 0, y: 0 }, { x: 0, y: 0 }], name: Uint8Array.of(5, 0, 0, 0), centre: { x: 1, y: 3 } });
    expect(() => shape.bytes({ name: new Uint8Array(5) })).toThrow(RangeError);
    expect(() => shape.bytes({ corners: [] })).toThrow(RangeError);
  });
  test("a view can be moved, and follows a source whose memory is replaced", () => {
    const source = { data: new DataView(point.bytes({ x: 1, y: 2 }).buffer) };
    const view = point.at(source);
    source.data = new DataView(Uint8Array.of(...point.bytes({ x: 3 }), ...point.bytes({ x: 4 })).buffer);
    expect(view.x).toBe(3);
    expect(view.$moveTo(8).x).toBe(4);
    expect(view.$offset).toBe(8);
  });
  test("a view of a part of an array stays in the part", () => {
    const memory = new Uint8Array(64);
    const view = shape.at(memory.subarray(4, 4 + shape.size), 0);
    view.name.fill(7);
    expect(() => view.$moveTo(16).name).toThrow(RangeError);
    expect(memory.indexOf(7)).toBe(4 + shape.offsets.name);
  });
  test("a union's fields lie over each other", () => {
    const data = union("epoll_data", { ptr: pointer, fd: i32, u64 });
    expect(data.size).toBe(8);
    const view = data.at(new Uint8Array(8));
    view.u64 = 0xffff_fffe_0000_0007n;
    expect([view.fd, view.ptr]).toEqual([7, 0xffff_fffe_0000_0007n]);
  });
});

describe("mistakes are found where they are declared", () => {
  test.each([
    ["a wrong size", () => struct("s", { a: u32, b: u64 }, { size: 12 }), "by the i386 ABI"],
    ["a wrong size by one ABI", () => struct("s", { a: u32, b: u64 }, { size: { x86_64: 12 } }), "takes 16 bytes by the x86_64 ABI, not 12"],
    ["an overlap", () => struct("s", { a: u64, b: at(4, u32) }), "s.a and s.b overlap"],
    ["an overlap out of order", () => struct("s", { a: at(8, u32), b: at(0, bytes(9)) }), "s.b and s.a overlap"],
    ["a place that the alignment forbids", () => struct("s", { a: at(2, u32) }), "no multiple of 4"],
    ["a negative place", () => at(-4, u32), "whole number"],
    ["a name for views", () => struct("s", { $offset: u32 }), "does not begin with $"],
    ["half an element", () => array(u8, 1.5), "whole number"],
  ])("%s", (_, declare, message) => {
    if (message === "by the i386 ABI") expect(() => struct("s", { a: u32, b: u64 }, { size: 16 })).toThrow(message);
    else expect(declare).toThrow(message);
  });
  test("packed allows any place", () => {
    expect(struct("s", { a: at(1, u32), b: u64 }, { packed: true }).offsets).toEqual({ a: 1, b: 5 });
  });
});

/** Random structures: a few scalars, arrays and bytes, with values for them. */
const field = fc.oneof(
  ...Object.values(SCALARS).map((type) => fc.record({ type: fc.constant(type as Any), value: typeof (type as Scalar<any>).layout("i386").read({ data: new DataView(new ArrayBuffer(8)) }, 0) === "bigint" ? fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }) : fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 }) })),
  fc.uint8Array({ minLength: 0, maxLength: 9 }).map((value) => ({ type: bytes(value.length) as Any, value })),
  fc.array(fc.nat({ max: 0xffff }), { maxLength: 5 }).map((value) => ({ type: array(u16, value.length) as Any, value })),
);
describe("any structure", () => {
  test("gives back what was written, as far as the field's bits go, and touches no byte outside it", () => {
    fc.assert(fc.property(fc.array(field, { minLength: 1, maxLength: 8 }), fc.constantFrom("i386", "x86_64"), fc.boolean(), fc.nat({ max: 16 }), fc.nat(), (members, abi, packed, before, which) => {
      const declared = struct("any", Object.fromEntries(members.map((m, i) => [`f${i}`, m.type])) as Fields, { packed }).for(abi);
      const memory = new Uint8Array(before + declared.size + 16).fill(0xa5);
      const source = { data: new DataView(memory.buffer) };
      const { value } = members[which % members.length]!;
      const { name, offset, layout } = declared.fields[which % members.length]!;
      const earlier = memory.slice();
      declared.write(source, before, { [name]: value } as never);
      memory.forEach((byte, i) => {
        if (i < before + offset || i >= before + offset + layout.size) expect(byte).toBe(earlier[i]);
      });
      const read = (declared.read(source, before) as { [name: string]: unknown })[name];
      if (typeof value === "number") expect(Number(BigInt.asUintN(layout.size * 8, BigInt(read as number)))).toBe(Number(BigInt.asUintN(layout.size * 8, BigInt(value))));
      else if (typeof value === "bigint") expect(BigInt.asUintN(layout.size * 8, read as bigint)).toBe(BigInt.asUintN(layout.size * 8, value));
      else expect(read).toEqual(value);
      // Little-endian: the byte at an offset is the byte of that weight.
      if (typeof value === "number" || typeof value === "bigint") for (let i = 0; i < layout.size; i++) expect(memory[before + offset + i]).toBe(Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
    }));
  });
});
