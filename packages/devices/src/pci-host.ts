import type { BusDevice, ByteDevice } from "./bus.ts";
import { allOnes } from "./bus.ts";
import type { PciFunction } from "./pci-function.ts";

/** Offsets from port CF8. PCI Local Bus Specification 3.0, "Configuration Mechanism". */
const CONFIG_ADDRESS = 0, RESET_CONTROL = 1, CONFIG_DATA = 4;
const ENABLE = 0x8000_0000;

/** State of one function, plain data. */
export interface PciFunctionState {
  /** Device × 8 + function, on bus 0. */
  readonly slot: number;
  /** Its 256 bytes of configuration space. */
  readonly space: readonly number[];
}

/** State of the mechanism and all functions, plain data. */
export interface PciHostState {
  /** Of this shape. */
  readonly version: 1;
  /** CONFIG_ADDRESS: enable bit, bus, device, function, register. */
  readonly address: number;
  /** Each function by its place. */
  readonly functions: readonly PciFunctionState[];
}

/**
 * PCI configuration mechanism #1 at ports CF8 to CFF, with the functions on bus 0. Port CF9, a byte within the address register, is the chip set's reset
 * control register.
 */
export class PciHost implements BusDevice {
  readonly #functions = new Map<number, PciFunction>();
  readonly #resetControl: ByteDevice | undefined;
  #address = 0;

  constructor(resetControl?: ByteDevice) { this.#resetControl = resetControl; }

  /** Puts a function onto bus 0. Throws an Error where the place is taken or does not exist. */
  add(device: number, fn: number, config: PciFunction): void {
    if (!(device >= 0 && device < 32 && fn >= 0 && fn < 8)) throw new Error(`There is no PCI device ${device}.${fn}: 32 devices of 8 functions.`);
    const slot = (device << 3) | fn;
    if (this.#functions.has(slot)) throw new Error(`PCI device ${device}.${fn} is there already. Put the other one elsewhere.`);
    this.#functions.set(slot, config);
  }

  read(offset: number, size: number): number {
    if (offset === CONFIG_ADDRESS && size === 4) return this.#address;
    if (offset === RESET_CONTROL && size === 1) return this.#resetControl?.readByte(0) ?? 0xff;
    if (offset < CONFIG_DATA) return allOnes(size);
    return this.#selected()?.read((this.#address & 0xfc) + offset - CONFIG_DATA, size) ?? allOnes(size);
  }
  write(offset: number, size: number, value: number): void {
    if (offset === CONFIG_ADDRESS && size === 4) this.#address = (value & 0x80ff_fffc) >>> 0;
    else if (offset === RESET_CONTROL && size === 1) this.#resetControl?.writeByte(0, value);
    else if (offset >= CONFIG_DATA) this.#selected()?.write((this.#address & 0xfc) + offset - CONFIG_DATA, size, value);
  }
  #selected(): PciFunction | undefined {
    const a = this.#address;
    return a >>> 31 === ENABLE >>> 31 && (a & 0xff_0000) === 0 ? this.#functions.get((a >> 8) & 0xff) : undefined;
  }

  /** The state as plain data. */
  save(): PciHostState { return { version: 1, address: this.#address, functions: [...this.#functions].map(([slot, f]) => ({ slot, space: f.save() })) }; }
  /** Takes a saved state over. */
  restore(s: PciHostState): void {
    this.#address = s.address;
    for (const { slot, space } of s.functions) this.#functions.get(slot)?.restore(space);
  }
}
