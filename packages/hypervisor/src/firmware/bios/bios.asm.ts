import { bootstrap } from "./bootstrap.asm.ts";
import { disk } from "./disk.asm.ts";
import { interrupts } from "./interrupts.asm.ts";
import { keyboard } from "./keyboard.asm.ts";
import { powerOn } from "./power-on.asm.ts";
import { system } from "./system.asm.ts";
import { timer } from "./timer.asm.ts";
import { video } from "./video.asm.ts";

/** Labels that the table of jumps at the BIOS's beginning leads to, in its order. */
export const BIOS_ENTRIES = [
  "start", "nothing", "int08", "int09", "int10", "int11", "int12", "int13", "int15", "int16", "int19", "int1a", "master", "slave", "absent",
] as const;

/**
 * Our BIOS, at F000:0000: sets the interrupt controllers and the timer up, loads the first sector of the floppy disk to 0000:7C00 and jumps there. Services as
 * Ralf Brown's Interrupt List and the IBM PC AT Technical Reference, "ROM BIOS", have them; what is not there returns an error.
 *
 * It begins with a table of jumps, three bytes each, to `BIOS_ENTRIES`: the loader points the interrupt vectors at them. The memory map for
 * INT 15h, E820h is put at F000:F000 by the loader: a count, then entries of 20 bytes.
 */
export const biosSource: string = String.raw`
bits 16
TICKS     equ 0x6c              ; in the BIOS data area, segment 40h
MIDNIGHT  equ 0x70
HEAD      equ 0x1a
TAIL      equ 0x1c
KEYS      equ 0x1e
KEYS_END  equ 0x3e
SHIFT     equ 0x17
CURSOR    equ 0x50
SHAPE     equ 0x60
DISK      equ 0x5e0             ; the firmware's disk: sector, address, count; status
MAP       equ 0xf000
DAY       equ 0x1800b0          ; ticks

${BIOS_ENTRIES.map((label) => `          jmp near ${label}`).join("\n")}
` + powerOn + interrupts + timer + keyboard + video + disk + system + bootstrap;
