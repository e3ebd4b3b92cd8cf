import type { BusDevice } from "@ringzero/devices";
import type { GuestMemory } from "@ringzero/machine";

/** Offsets: sector number, guest-physical address, and the number of sectors, whose writing reads them; reading it gives the status. */
const SECTOR = 0, ADDRESS = 4, COUNT = 8;
const SECTOR_BYTES = 512, SECTORS = 2880;
/** INT 13h's own statuses. Ralf Brown's Interrupt List, "Values for disk operation status". */
const DONE = 0, NOT_FOUND = 4, DMA_ACROSS_LIMIT = 9;

/** The BIOS's way to the floppy disk's image: read only, at once. Guests use INT 13h, never this. */
export class FirmwareDisk implements BusDevice {
  readonly #image: Uint8Array;
  readonly #memory: GuestMemory;
  #sector = 0;
  #address = 0;
  #status = DONE;

  /** A disk of 1440 KiB; what the image does not have reads as zeros. */
  constructor(image: Uint8Array, memory: GuestMemory) {
    this.#image = image;
    this.#memory = memory;
  }
  read(offset: number): number { return offset === COUNT ? this.#status : 0; }
  write(offset: number, _size: number, value: number): void {
    if (offset === SECTOR) this.#sector = value;
    else if (offset === ADDRESS) this.#address = value;
    else if (offset === COUNT) this.#status = this.#transfer(value & 0xff);
  }
  #transfer(count: number): number {
    if (this.#sector + count > SECTORS || count === 0) return NOT_FOUND;
    const bytes = new Uint8Array(count * SECTOR_BYTES);
    bytes.set(this.#image.subarray(this.#sector * SECTOR_BYTES, (this.#sector + count) * SECTOR_BYTES));
    return this.#memory.write(this.#address, bytes) ? DMA_ACROSS_LIMIT : DONE;
  }

  /** The state as plain data, and back. */
  save(): readonly [number, number, number] { return [this.#sector, this.#address, this.#status]; }
  restore([sector, address, status]: readonly [number, number, number]): void {
    this.#sector = sector;
    this.#address = address;
    this.#status = status;
  }
}
