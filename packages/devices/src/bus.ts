/**
 * A device's registers as the bus reaches them: by offset from the range it was claimed for, so that a device does not know where it lies.
 * Sizes are 1, 2 and 4 bytes; values are unsigned.
 */
export interface BusDevice {
  /** What a read of `size` bytes gives. Reading may have effects, as the datasheet says. */
  read(offset: number, size: number): number;
  /** Takes a write of `size` bytes. */
  write(offset: number, size: number, value: number): void;
}

/** A range of addresses on a bus and who answers there. */
export interface BusRange {
  /** For people: shown in traces and the generated memory and port maps. */
  readonly name: string;
  /** First address. */
  readonly base: number;
  /** Addresses, at least one. */
  readonly length: number;
  /** Who answers; it sees offsets from `base`. */
  readonly device: BusDevice;
}

/** What nobody answers reads as all ones. */
export function allOnes(size: number): number { return size === 4 ? 0xffff_ffff : size === 2 ? 0xffff : 0xff; }

/**
 * The address space of ports or of device memory. Lookup is by binary search behind the range that answered last; nothing is allocated.
 * An access belongs to the range of its first byte; a wider access that leaves the range is split into bytes.
 */
export class Bus {
  /** For messages: "port", "memory". */
  readonly name: string;
  /** Told of accesses that nobody answers. */
  onUnclaimed: ((address: number, size: number, write: boolean) => void) | undefined;
  #ranges: BusRange[] = [];
  #last: BusRange | undefined;

  constructor(name: string) { this.name = name; }

  /** Gives a range of addresses to a device. Throws an Error where it overlaps another's. */
  claim(name: string, base: number, length: number, device: BusDevice): BusRange {
    if (length < 1) throw new Error(`"${name}" claims ${length} bytes of the ${this.name} bus: a range has at least one.`);
    const other = this.#ranges.find((r) => base < r.base + r.length && r.base < base + length);
    if (other) throw new Error(`"${name}" and "${other.name}" both claim ${this.name} addresses from 0x${Math.max(base, other.base).toString(16)}. Move one of them.`);
    const range: BusRange = { name, base, length, device };
    this.#ranges = [...this.#ranges, range].sort((a, b) => a.base - b.base);
    return range;
  }
  /** Takes a range away from its device; nothing where it is not claimed. */
  release(range: BusRange): void {
    this.#ranges = this.#ranges.filter((r) => r !== range);
    if (this.#last === range) this.#last = undefined;
  }
  /** All ranges by address: the map that documentation prints. */
  ranges(): readonly BusRange[] { return this.#ranges; }

  /** Reads 1, 2 or 4 bytes. */
  read(address: number, size: number): number {
    const r = this.#find(address);
    if (!r) return this.#nobody(address, size, false);
    if (address + size <= r.base + r.length) return r.device.read(address - r.base, size);
    let value = 0;
    for (let i = 0; i < size; i++) value += this.read(address + i, 1) * 2 ** (8 * i);
    return value;
  }
  /** Writes 1, 2 or 4 bytes. */
  write(address: number, size: number, value: number): void {
    const r = this.#find(address);
    if (!r) this.#nobody(address, size, true);
    else if (address + size <= r.base + r.length) r.device.write(address - r.base, size, value);
    else for (let i = 0; i < size; i++) this.write(address + i, 1, (value >>> (8 * i)) & 0xff);
  }

  #nobody(address: number, size: number, write: boolean): number {
    this.onUnclaimed?.(address, size, write);
    return allOnes(size);
  }
  #find(address: number): BusRange | undefined {
    const last = this.#last;
    if (last && address >= last.base && address < last.base + last.length) return last;
    const ranges = this.#ranges;
    let low = 0, high = ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ranges[middle]!.base <= address) low = middle + 1;
      else high = middle;
    }
    const r = low > 0 ? ranges[low - 1]! : undefined;
    return r && address < r.base + r.length ? (this.#last = r) : undefined;
  }
}

/** A device whose registers are bytes: wider accesses are taken apart, lowest offset first. */
export abstract class ByteDevice implements BusDevice {
  /** Reads the register at `offset`. */
  abstract readByte(offset: number): number;
  /** Writes the register at `offset`. */
  abstract writeByte(offset: number, value: number): void;
  read(offset: number, size: number): number {
    if (size === 1) return this.readByte(offset);
    let value = 0;
    for (let i = 0; i < size; i++) value += this.readByte(offset + i) * 2 ** (8 * i);
    return value;
  }
  write(offset: number, size: number, value: number): void {
    if (size === 1) this.writeByte(offset, value & 0xff);
    else for (let i = 0; i < size; i++) this.writeByte(offset + i, (value >>> (8 * i)) & 0xff);
  }
}
