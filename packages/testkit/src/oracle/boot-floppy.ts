import { CodeBytes } from '../peers/code-bytes.ts';

/** Where `bootFloppy` puts a program, and the code segment and offset it starts at: 0000:8000. */
export const PROGRAM_ADDRESS = 0x8000;

/** Byte that a program writes to port 0xE9 when it has said everything (ASCII EOT, end of transmission). */
export const END_OF_TRANSCRIPT = 0x04;

/** Port that both oracles copy to their output. */
export const DEBUG_PORT = 0xe9;

const FLOPPY_BYTES = 1_474_560;
const SECTOR_BYTES = 512;
const SECTORS_PER_TRACK = 18;
/** The loader reads one sector after the other below the extended BIOS data area. */
const LONGEST_PROGRAM = 0x9_0000 - PROGRAM_ADDRESS;

/**
 * A floppy image whose boot sector loads a program and starts it in a state that no firmware leaves its mark on, so that an engine
 * without firmware can start it alike: real mode, CS:IP 0000:8000, DS = ES = SS = FS = GS = 0, SP 7C00, all other general registers 0,
 * EFLAGS 2 (interrupts off), CR0 10 (only ET; Bochs's firmware leaves the caches disabled, QEMU's does not), A20 open, both interrupt
 * controllers masked, GDTR's limit 0 and IDTR's 3FF with base 0, the x87 as FNINIT leaves it.
 *
 * @param program at most 557,056 bytes, loaded at `PROGRAM_ADDRESS`
 */
export function bootFloppy(program: Uint8Array): Uint8Array {
  if (program.length > LONGEST_PROGRAM) throw new Error(`A program of ${program.length} bytes does not fit below the EBDA.`);
  const image = new Uint8Array(FLOPPY_BYTES);
  image.set(loader(Math.ceil(program.length / SECTOR_BYTES)));
  image.set(program, SECTOR_BYTES);
  return image;
}

function loader(sectors: number): Uint8Array {
  const drive = 0x7dfd;
  const zeros = 0x7df4;
  const code = new CodeBytes(0x7c00);
  code
    .bytes(0xfa, 0xfc, 0x31, 0xc0) // CLI; CLD; XOR AX, AX
    .bytes(0x8e, 0xd8, 0x8e, 0xd0) // MOV DS, AX; MOV SS, AX
    .bytes16([0xbc], 0x7c00) // MOV SP, 7C00
    .bytes16([0x88, 0x16], drive) // MOV [drive], DL
    .bytes(0xfb) // STI
    .bytes16([0xb8], PROGRAM_ADDRESS >> 4) // MOV AX, program segment
    .bytes(0x8e, 0xc0) // MOV ES, AX
    .bytes16([0xbe], 1) // MOV SI, 1: the sector, counted from the image's start
    .bytes16([0xbf], sectors) // MOV DI, sectors
    .label('next')
    .bytes(0x85, 0xff) // TEST DI, DI
    .jump8([0x74], 'start') // JZ start
    .bytes(0x89, 0xf0, 0x31, 0xd2) // MOV AX, SI; XOR DX, DX
    .bytes16([0xb9], SECTORS_PER_TRACK) // MOV CX, sectors per track
    .bytes(0xf7, 0xf1) // DIV CX
    .bytes(0x88, 0xd1, 0xfe, 0xc1) // MOV CL, DL; INC CL: sector in the track
    .bytes(0x88, 0xc6, 0x80, 0xe6, 0x01) // MOV DH, AL; AND DH, 1: head
    .bytes(0xd1, 0xe8, 0x88, 0xc5) // SHR AX, 1; MOV CH, AL: cylinder
    .bytes16([0x8a, 0x16], drive) // MOV DL, [drive]
    .bytes(0x31, 0xdb) // XOR BX, BX
    .bytes16([0xb8], 0x0201) // MOV AX, 0201: read one sector
    .bytes(0xcd, 0x13) // INT 13
    .jump8([0x72], 'next') // JC next: once more
    .bytes(0x8c, 0xc0) // MOV AX, ES
    .bytes16([0x05], SECTOR_BYTES >> 4) // ADD AX, sector's paragraphs
    .bytes(0x8e, 0xc0) // MOV ES, AX
    .bytes(0x46, 0x4f) // INC SI; DEC DI
    .jump8([0xeb], 'next') // JMP next
    .label('start')
    .bytes(0xfa) // CLI
    .bytes(0xb0, 0xff, 0xe6, 0x21, 0xe6, 0xa1) // MOV AL, FF; OUT 21, AL; OUT A1, AL: mask both controllers
    .bytes(0xe4, 0x92, 0x0c, 0x02, 0x24, 0xfe, 0xe6, 0x92) // IN AL, 92; OR AL, 2; AND AL, FE; OUT 92, AL: A20 open
    .bytes16([0x0f, 0x01, 0x16], zeros) // LGDT [zeros]
    .bytes16([0x0f, 0x01, 0x1e], zeros - 2) // LIDT [zeros - 2], which begins with 03FF
    .bytes(0xdb, 0xe3) // FNINIT
    .bytes(0x0f, 0x20, 0xc0, 0x66) // MOV EAX, CR0
    .bytes32([0x25], ~0x6000_0000) // AND EAX, ~(CD | NW)
    .bytes(0x0f, 0x22, 0xc0) // MOV CR0, EAX
    .bytes(0x66, 0x31, 0xc0); // XOR EAX, EAX
  for (const modrm of [0xc9, 0xd2, 0xdb, 0xed, 0xf6, 0xff]) code.bytes(0x66, 0x31, modrm); // XOR ECX, ECX … XOR EDI, EDI
  code
    .bytes(0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8) // MOV ES, AX; MOV FS, AX; MOV GS, AX
    .bytes(0x66)
    .bytes32([0xbc], 0x7c00) // MOV ESP, 7C00
    .bytes(0x6a, 0x02, 0x9d) // PUSH 2; POPF
    .bytes16([0xea], PROGRAM_ADDRESS) // JMP 0000:program
    .bytes16([], 0)
    .padTo(zeros - 2)
    .bytes(0xff, 0x03)
    .padTo(0x7dfe)
    .bytes(0x55, 0xaa);
  return code.finish();
}
