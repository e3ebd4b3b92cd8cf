import { ByteDevice } from "./bus.ts";
import type { DeviceClock } from "./device-clock.ts";

/** Offsets from port 3C0. IBM Video Subsystem, "VGA Function". */
const ATTRIBUTE = 0, ATTRIBUTE_READ = 1, MISC_WRITE = 2, SEQUENCER = 4, DAC_MASK = 6, DAC_READ_INDEX = 7, DAC_WRITE_INDEX = 8, DAC_DATA = 9, FEATURE_READ = 0xa;
const MISC_READ = 0xc, GRAPHICS = 0xe, CRTC = 0x14, STATUS = 0x1a;
/** CRT controller registers. */
const HORIZONTAL_END = 1, OVERFLOW = 7, MAX_SCAN_LINE = 9, CURSOR_START = 0xa, CURSOR_END = 0xb, START_HIGH = 0xc, START_LOW = 0xd, CURSOR_HIGH = 0xe, CURSOR_LOW = 0xf;
const RETRACE_END = 0x11, VERTICAL_END = 0x12, OFFSET = 0x13, CURSOR_OFF = 0x20, PROTECT = 0x80;
/** One frame at 70.086 Hz, and of it the time in vertical retrace; one line, and of it the time outside the picture. */
const FRAME = 14_268_000, FRAME_RETRACE = 953_000, LINE = 31_778, LINE_BLANK = 6_356;
/** Text memory: 32 KiB at B8000. */
export const VGA_TEXT_BYTES = 0x8000;

/** CRTC registers in mode 3, 80 × 25 characters of 9 × 16. IBM Video Subsystem, "BIOS: Mode 3+". */
const MODE3_CRTC = [0x5f, 0x4f, 0x50, 0x82, 0x55, 0x81, 0xbf, 0x1f, 0x00, 0x4f, 0x0d, 0x0e, 0, 0, 0, 0, 0x9c, 0x8e, 0x8f, 0x28, 0x1f, 0x96, 0xb9, 0xa3, 0xff] as const;
const MODE3_SEQUENCER = [0x03, 0x00, 0x03, 0x00, 0x02] as const;
const MODE3_GRAPHICS = [0, 0, 0, 0, 0, 0x10, 0x0e, 0, 0xff] as const;
const MODE3_ATTRIBUTE = [0, 1, 2, 3, 4, 5, 0x14, 7, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f, 0x0c, 0, 0x0f, 8, 0] as const;

/** State of the adapter, plain data; the text memory is the guest's. */
export interface VgaTextState {
  /** Of this shape. */
  readonly version: 1;
  /** CRT controller, ports 3D4 and 3D5: cursor place and shape, start address. */
  readonly crtc: readonly number[];
  /** Ports 3C4 and 3C5. */
  readonly sequencer: readonly number[];
  /** Graphics controller, ports 3CE and 3CF. */
  readonly graphics: readonly number[];
  /** Attribute controller, port 3C0. */
  readonly attribute: readonly number[];
  /** 256 colours of three 6-bit values, ports 3C8 and 3C9. */
  readonly palette: readonly number[];
  /** The index of each group above, then what is no register of a group: palette switch, miscellaneous output, DAC mask and positions. */
  readonly indices: readonly number[];
}

/** Where the cursor of a text screen is. */
export interface TextCursor {
  /** From 0. */
  readonly row: number;
  /** From 0. */
  readonly column: number;
}

/** What is on a text screen. */
export interface TextScreen {
  /** Characters a row, at most 132. */
  readonly columns: number;
  /** Rows: 25, or what the CRT controller says. */
  readonly rows: number;
  /** Code page 437 character and attribute, alternating, row by row. */
  readonly cells: Uint8Array;
  /** Where the cursor is, undefined while it is off or outside. */
  readonly cursor: TextCursor | undefined;
}

/** Registers behind an index. */
class Indexed {
  index = 0;
  readonly registers: Uint8Array;
  constructor(count: number, values: readonly number[]) {
    this.registers = new Uint8Array(count);
    this.registers.set(values);
  }
  read(): number { return this.registers[this.index] ?? 0; }
  write(value: number): void { if (this.index < this.registers.length) this.registers[this.index] = value; }
}

/**
 * A VGA adapter in text modes: registers at ports 3C0 to 3DF, colour addresses. The text memory is the guest's own memory at B8000, which `screen` reads; so
 * printing costs nothing. Graphics modes are accepted and not shown.
 */
export class VgaText extends ByteDevice {
  readonly #clock: DeviceClock;
  readonly #crtc = new Indexed(0x19, MODE3_CRTC);
  readonly #sequencer = new Indexed(8, MODE3_SEQUENCER);
  readonly #graphics = new Indexed(16, MODE3_GRAPHICS);
  readonly #attribute = new Indexed(0x20, MODE3_ATTRIBUTE);
  readonly #palette = new Uint8Array(768);
  /** Bit 5 of the attribute index: the palette is on; and whether port 3C0 takes data next. */
  #attributeIndex = 0x20;
  #attributeData = false;
  #misc = 0x67;
  #dacMask = 0xff;
  #dacRead = 0;
  #dacWrite = 0;
  #dacReading = false;

  constructor(clock: DeviceClock) {
    super();
    this.#clock = clock;
  }

  readByte(offset: number): number {
    switch (offset) {
      case ATTRIBUTE: return this.#attributeIndex;
      case ATTRIBUTE_READ: return this.#attribute.read();
      case MISC_WRITE: return 0; // input status 0: no switch sensed
      case SEQUENCER: return this.#sequencer.index;
      case SEQUENCER + 1: return this.#sequencer.read();
      case DAC_MASK: return this.#dacMask;
      case DAC_READ_INDEX: return this.#dacReading ? 3 : 0;
      case DAC_WRITE_INDEX: return Math.floor(this.#dacWrite / 3);
      case DAC_DATA: {
        const value = this.#palette[this.#dacRead]!;
        this.#dacRead = (this.#dacRead + 1) % 768;
        return value;
      }
      case FEATURE_READ: return 0;
      case MISC_READ: return this.#misc;
      case GRAPHICS: return this.#graphics.index;
      case GRAPHICS + 1: return this.#graphics.read();
      case CRTC: return this.#crtc.index;
      case CRTC + 1: return this.#crtc.read();
      case STATUS: {
        this.#attributeData = false;
        const now = this.#clock.now(), retrace = now % FRAME < FRAME_RETRACE;
        return (retrace ? 8 : 0) | (retrace || now % LINE < LINE_BLANK ? 1 : 0);
      }
      default: return 0xff;
    }
  }
  writeByte(offset: number, value: number): void {
    switch (offset) {
      case ATTRIBUTE:
        if (this.#attributeData) this.#attribute.write(value);
        else {
          this.#attributeIndex = value & 0x3f;
          this.#attribute.index = value & 0x1f;
        }
        this.#attributeData = !this.#attributeData;
        break;
      case MISC_WRITE: this.#misc = value; break;
      case SEQUENCER: this.#sequencer.index = value & 7; break;
      case SEQUENCER + 1: this.#sequencer.write(value); break;
      case DAC_MASK: this.#dacMask = value; break;
      case DAC_READ_INDEX: this.#dacRead = value * 3; this.#dacReading = true; break;
      case DAC_WRITE_INDEX: this.#dacWrite = value * 3; this.#dacReading = false; break;
      case DAC_DATA:
        this.#palette[this.#dacWrite] = value & 0x3f;
        this.#dacWrite = (this.#dacWrite + 1) % 768;
        break;
      case GRAPHICS: this.#graphics.index = value & 15; break;
      case GRAPHICS + 1: this.#graphics.write(value); break;
      case CRTC: this.#crtc.index = value & 0x3f; break;
      case CRTC + 1: this.#writeCrtc(value); break;
      default: // read-only or not there
    }
  }
  #writeCrtc(value: number): void {
    const { index, registers } = this.#crtc;
    // Registers 0 to 7 are protected by bit 7 of register 11h, but for the line compare bit.
    if (index <= OVERFLOW && registers[RETRACE_END]! & PROTECT) {
      if (index === OVERFLOW) registers[OVERFLOW] = (registers[OVERFLOW]! & ~0x10) | (value & 0x10);
    } else this.#crtc.write(value);
  }

  /** What is on the screen; `readText` copies text memory from an offset. */
  screen(readText: (offset: number, into: Uint8Array) => void): TextScreen {
    const r = this.#crtc.registers;
    const columns = Math.min(r[HORIZONTAL_END]! + 1, 132);
    const lines = (r[VERTICAL_END]! | ((r[OVERFLOW]! & 2) << 7) | ((r[OVERFLOW]! & 0x40) << 3)) + 1;
    const rows = Math.max(1, Math.min(60, Math.floor(lines / ((r[MAX_SCAN_LINE]! & 31) + 1))));
    const start = (r[START_HIGH]! << 8) | r[START_LOW]!, pitch = r[OFFSET]! * 2 || columns;
    const cells = new Uint8Array(columns * rows * 2);
    for (let row = 0; row < rows; row++) {
      const line = cells.subarray(row * columns * 2, (row + 1) * columns * 2), at = ((start + row * pitch) * 2) % VGA_TEXT_BYTES, head = Math.min(line.length, VGA_TEXT_BYTES - at);
      readText(at, line.subarray(0, head));
      if (head < line.length) readText(0, line.subarray(head));
    }
    const place = (((r[CURSOR_HIGH]! << 8) | r[CURSOR_LOW]!) - start) & 0x3fff, row = Math.floor(place / pitch), column = place % pitch;
    const hidden = (r[CURSOR_START]! & CURSOR_OFF) !== 0 || (r[CURSOR_START]! & 31) > (r[CURSOR_END]! & 31) || row >= rows || column >= columns;
    return { columns, rows, cells, cursor: hidden ? undefined : { row, column } };
  }

  /** The state as plain data. */
  save(): VgaTextState {
    return {
      version: 1, crtc: [...this.#crtc.registers], sequencer: [...this.#sequencer.registers], graphics: [...this.#graphics.registers], attribute: [...this.#attribute.registers], palette: [...this.#palette],
      indices: [
        this.#crtc.index, this.#sequencer.index, this.#graphics.index, this.#attribute.index, this.#attributeIndex, this.#attributeData ? 1 : 0, this.#misc, this.#dacMask, this.#dacRead, this.#dacWrite,
        this.#dacReading ? 1 : 0,
      ],
    };
  }
  /** Takes a saved state over. */
  restore(s: VgaTextState): void {
    this.#crtc.registers.set(s.crtc);
    this.#sequencer.registers.set(s.sequencer);
    this.#graphics.registers.set(s.graphics);
    this.#attribute.registers.set(s.attribute);
    this.#palette.set(s.palette);
    const [crtc = 0, sequencer = 0, graphics = 0, attribute = 0, attributeIndex = 0, data = 0, misc = 0, mask = 0, read = 0, write = 0, reading = 0] = s.indices;
    Object.assign(this.#crtc, { index: crtc });
    Object.assign(this.#sequencer, { index: sequencer });
    Object.assign(this.#graphics, { index: graphics });
    Object.assign(this.#attribute, { index: attribute });
    this.#attributeIndex = attributeIndex;
    this.#attributeData = data !== 0;
    this.#misc = misc;
    this.#dacMask = mask;
    this.#dacRead = read;
    this.#dacWrite = write;
    this.#dacReading = reading !== 0;
  }
}
