/** What identifies a function. PCI Local Bus Specification 3.0, "Configuration Space Organization". */
export interface PciIdentity {
  /** Vendor identifier, 16 bits. */
  readonly vendor: number;
  /** Device identifier, 16 bits. */
  readonly device: number;
  /** Default 0. */
  readonly revision?: number;
  /** 24 bits: base class, subclass, programming interface. */
  readonly classCode: number;
  /** Whether functions 1 to 7 of the device are worth asking for. Default false. */
  readonly multifunction?: boolean;
  /** Default 0. */
  readonly subsystemVendor?: number;
  /** Default 0. */
  readonly subsystem?: number;
}

/** 256 bytes of configuration space: what software may write is given by a mask; all else is fixed. */
export class PciFunction {
  readonly #space = new Uint8Array(256);
  readonly #writable = new Uint8Array(256);

  constructor(identity: PciIdentity) {
    const view = new DataView(this.#space.buffer);
    view.setUint16(0, identity.vendor, true);
    view.setUint16(2, identity.device, true);
    view.setUint32(8, (identity.classCode << 8) | (identity.revision ?? 0), true);
    view.setUint8(14, identity.multifunction ? 0x80 : 0);
    view.setUint16(0x2c, identity.subsystemVendor ?? 0, true);
    view.setUint16(0x2e, identity.subsystem ?? 0, true);
    // Command register: memory, I/O, master, parity, SERR, interrupt disable. The interrupt line is a scratch byte of firmware's.
    this.allow(4, 2, 0x0547);
    this.allow(0x3c, 1, 0xff);
  }
  /** Sets bytes of the space, as the device's designer does. */
  set(offset: number, size: 1 | 2 | 4, value: number): void { for (let i = 0; i < size; i++) this.#space[offset + i] = value >>> (8 * i); }
  /** Lets software write the bits of `mask` from `offset` on. */
  allow(offset: number, size: 1 | 2 | 4, mask: number): void { for (let i = 0; i < size; i++) this.#writable[offset + i] = mask >>> (8 * i); }

  /** Reads 1, 2 or 4 bytes; beyond the space all ones. */
  read(offset: number, size: number): number {
    let value = 0;
    for (let i = 0; i < size; i++) value += (this.#space[offset + i] ?? 0xff) * 2 ** (8 * i);
    return value;
  }
  /** Writes what may be written. */
  write(offset: number, size: number, value: number): void {
    for (let i = 0; i < size && offset + i < 256; i++) {
      const mask = this.#writable[offset + i]!;
      this.#space[offset + i] = (this.#space[offset + i]! & ~mask) | ((value >>> (8 * i)) & mask);
    }
  }
  /** The space as plain data, and back. */
  save(): number[] { return [...this.#space]; }
  /** Takes a saved configuration space over, 256 bytes. */
  restore(space: readonly number[]): void { this.#space.set(space); }
}

/** Intel 440FX host bridge (82441FX): identity only; its memory attribute registers remember what is written. */
export function hostBridge440fx(): PciFunction {
  const f = new PciFunction({ vendor: 0x8086, device: 0x1237, revision: 2, classCode: 0x060000 });
  for (let offset = 0x50; offset < 0x80; offset++) f.allow(offset, 1, 0xff);
  return f;
}
/** Intel 82371SB (PIIX3), function 0: the ISA bridge. PIRQ routing registers 60h to 63h start disabled. */
export function isaBridgePiix3(): PciFunction {
  const f = new PciFunction({ vendor: 0x8086, device: 0x7000, classCode: 0x060100, multifunction: true });
  f.set(4, 2, 7);
  f.set(6, 2, 0x0200);
  for (let offset = 0x60; offset < 0x64; offset++) {
    f.set(offset, 1, 0x80);
    f.allow(offset, 1, 0x8f);
  }
  return f;
}
