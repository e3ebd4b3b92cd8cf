import { INTEGER } from "./lane-operations.ts";
import { fromIntegers, integers, shapeOf } from "./lanes.ts";
import { LANE } from "./reference.ts";

/** What a memory instruction did: its result, if any; `memory` has been changed in place. */
export interface MemoryEffect {
  readonly result: Uint8Array | undefined;
}

/** Applies a load, store or atomic access at an address. undefined where `name` is none. */
export function access(name: string, memory: Uint8Array, address: number, values: readonly Uint8Array[]): MemoryEffect | undefined {
  const [type, op] = name.split(/\.(?:atomic\.)?/, 2) as [string, string];
  const rmw = /^([if]\d+)\.atomic\.rmw(\d*)\.(\w+?)(_u)?$/.exec(name);
  if (rmw) return readModifyWrite(shapeOf(rmw[1]!).bits, Number(rmw[2] || rmw[1]!.slice(1)), rmw[3]!, memory, address, values);
  const simple = /^(load|store)(\d*)(?:_([su]))?$/.exec(op);
  if (simple) {
    const bits = type === "v128" ? 128 : shapeOf(type).bits;
    const size = Number(simple[2] || bits) / 8;
    if (simple[1] === "store") {
      memory.set(values[0]!.subarray(0, size), address);
      return { result: undefined };
    }
    const bytes = memory.slice(address, address + size);
    return { result: simple[2] === "" ? bytes : extend(bytes, size * 8, bits, simple[3] === "s") };
  }
  return type === "v128" ? vectorAccess(op, memory, address, values) : undefined;
}

function extend(bytes: Uint8Array, from: number, to: number, signed: boolean): Uint8Array {
  const [value] = integers(bytes, { bits: from, count: 1, float: false });
  return fromIntegers([signed ? value! : BigInt.asUintN(from, value!)], to);
}
function readModifyWrite(bits: number, width: number, op: string, memory: Uint8Array, address: number, values: readonly Uint8Array[]): MemoryEffect {
  const shape = { bits: width, count: 1, float: false };
  const bytes = memory.slice(address, address + width / 8);
  const result = extend(bytes, width, bits, false);
  if (op === "cmpxchg") {
    // The expected value is compared in the type's full width, so bits above the access make it differ.
    if (result.every((byte, i) => byte === values[0]![i])) memory.set(values[1]!.subarray(0, width / 8), address);
  } else {
    const [old] = integers(bytes, shape);
    const [operand] = integers(values[0]!, shape);
    memory.set(fromIntegers([INTEGER[op]!(width, old!, operand!)], width), address);
  }
  return { result };
}
function vectorAccess(op: string, memory: Uint8Array, address: number, values: readonly Uint8Array[]): MemoryEffect | undefined {
  const match = /^(load|store)(\d+)(?:x(\d)_([su])|_(splat|zero|lane))$/.exec(op);
  if (!match) return undefined;
  const bits = Number(match[2]);
  const size = bits / 8;
  const bytes = memory.slice(address, address + size);
  const result = new Uint8Array(16);
  if (match[3]) {
    const lanes = integers(memory.slice(address, address + 8), { bits, count: Number(match[3]), float: false });
    return { result: fromIntegers(lanes.map((x) => (match[4] === "s" ? x : BigInt.asUintN(bits, x))), bits * 2) };
  }
  if (match[5] === "splat") for (let at = 0; at < 16; at += size) result.set(bytes, at);
  else if (match[5] === "zero") result.set(bytes);
  else if (match[1] === "load") {
    result.set(values[0]!);
    result.set(bytes, LANE * size);
  } else {
    memory.set(values[0]!.subarray(LANE * size, (LANE + 1) * size), address);
    return { result: undefined };
  }
  return { result };
}
