/**
 * What answers accesses outside memory: ports, and guest-physical addresses without memory. Sizes are 1, 2 and 4 bytes; wider and unaligned
 * accesses arrive in pieces, lowest address first. What nobody answers reads as all ones.
 */
export interface Bus {
  /** Reads `size` bytes, unsigned. */
  read(address: number, size: number): number;
  /** Writes the low `size` bytes of a value. */
  write(address: number, size: number, value: number): void;
}

/** The two buses of a vCPU. */
export interface Io {
  /** Ports 0 to FFFF. */
  readonly pio: Bus;
  /** Guest-physical addresses. */
  readonly mmio: Bus;
}

/** The local APIC's task priority as CR8 shows it: bits 7-4 of the register. APM vol. 2, "Task Priority Register (TPR)", "CR8". */
export interface TaskPriority {
  /** Bits 7-4 of the register, 0 to 15. */
  read(): number;
  /** Sets bits 7-4, 0 to 15. */
  write(priority: number): void;
}

/** A bus that nobody answers on. */
export const openBus: Bus = { read: (_address, size) => (size === 4 ? 0xffff_ffff : 2 ** (8 * size) - 1), write() {} };

/** The largest piece, at most 4 bytes, that begins an access of `size` bytes at `address` without crossing its own alignment. */
function pieceAt(address: number, size: number): number {
  if ((address & 3) === 0 && size >= 4) return 4;
  return (address & 1) === 0 && size >= 2 ? 2 : 1;
}

/** Reads `size` bytes from a bus into linear memory. */
export function readBus(bus: Bus, address: number, view: DataView, at: number, size: number): void {
  for (let done = 0; done < size;) {
    const n = pieceAt(address + done, size - done), value = bus.read(address + done, n);
    if (n === 4) view.setUint32(at + done, value, true);
    else if (n === 2) view.setUint16(at + done, value, true);
    else view.setUint8(at + done, value);
    done += n;
  }
}

/** Writes `size` bytes of linear memory to a bus. */
export function writeBus(bus: Bus, address: number, view: DataView, at: number, size: number): void {
  for (let done = 0; done < size;) {
    const n = pieceAt(address + done, size - done);
    bus.write(address + done, n, n === 4 ? view.getUint32(at + done, true) : n === 2 ? view.getUint16(at + done, true) : view.getUint8(at + done));
    done += n;
  }
}
