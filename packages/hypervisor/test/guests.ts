import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { assemble } from "@ringzero/x86";
import { pc, VirtualMachine, type PcOptions, type VirtualMachineOptions } from "../src/index.ts";

const MIB = 2 ** 20;

/** A multiboot kernel from source. */
export function kernel(source: string): Uint8Array { return assemble(`bits 32\n_start:\n${source}`, { format: "multiboot" }).bytes; }

/** Switches the machine off by ACPI; prints AL on COM1. */
export const OFF = "mov dx, 0x604\nmov ax, 0x3400\nout dx, ax\nhlt";

/** Sets the 8259s to vectors 20h and 28h with IRQ 0 and 4 open, an IDT with `timer` and `serial` at them, and the 8254 to mode 2 at a count. */
export function interrupts(count: number): string {
  return `
    lgdt [gdtr]
    jmp 8:.flat
.flat:
    mov ax, 16
    mov ds, ax
    mov ss, ax
    mov esp, 0x80000
    mov edi, idt
    mov ecx, 48
.entry:
    mov eax, other
    cmp ecx, 16
    jne .not_timer
    mov eax, timer
.not_timer:
    cmp ecx, 12
    jne .not_serial
    mov eax, serial
.not_serial:
    mov [edi], ax
    mov word [edi + 2], 8
    mov word [edi + 4], 0x8e00
    shr eax, 16
    mov [edi + 6], ax
    add edi, 8
    dec ecx
    jnz .entry
    lidt [idtr]
    mov al, 0x11
    out 0x20, al
    out 0xa0, al
    mov al, 0x20
    out 0x21, al
    mov al, 0x28
    out 0xa1, al
    mov al, 4
    out 0x21, al
    mov al, 2
    out 0xa1, al
    mov al, 1
    out 0x21, al
    out 0xa1, al
    mov al, 0xee
    out 0x21, al
    mov al, 0xff
    out 0xa1, al
    mov al, 0x34
    out 0x43, al
    mov al, ${count & 0xff}
    out 0x40, al
    mov al, ${count >> 8}
    out 0x40, al
    jmp main
other:
    iret
gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdtr: dw 23
    dd gdt
idtr: dw 383
    dd idt
section .bss
idt: resb 384
section .text
`;
}

/** Prints a letter at each of 26 timer ticks, `work` again and again between them, then switches off. */
export function ticker(count: number, work: string = "hlt"): Uint8Array {
  return kernel(`
${interrupts(count)}
main:
    sti
.work:
    ${work}
    cmp dword [ticks], 26
    jb .work
    ${OFF}
timer:
    push eax
    push edx
    mov eax, [ticks]
    inc dword [ticks]
    add al, 'a'
    mov dx, 0x3f8
    out dx, al
    mov al, 0x20
    out 0x20, al
    pop edx
    pop eax
    iret
serial: iret
section .data
ticks: dd 0
sum: dd 1
section .text
`);
}

/** A machine with a virtual host, and a VM on it. */
export async function makeVm(options: Partial<PcOptions>, how: VirtualMachineOptions = {}): Promise<{ vm: VirtualMachine; machine: Machine; text: () => string }> {
  const machine = await Machine.create(virtualHost(), { memory: 64 * MIB, shared: false });
  const vm = await VirtualMachine.create(machine, pc({ memory: 8 * MIB, ...options }), { idle: "free", engine: "interpreter", date: 0, ...how });
  return { vm, machine, text: listen(vm) };
}
/** What a VM's console has said so far. */
export function listen(vm: VirtualMachine): () => string {
  let text = "";
  vm.console.onOutput((bytes) => { text += String.fromCharCode(...bytes); });
  return () => text;
}
/** Advances in turns until the VM has ended or waits for input alone; an Error after `limit` instructions. */
export function runOut(vm: VirtualMachine, turn = 100_000, limit = 50_000_000): void {
  for (let done = 0; done < limit; done += turn) {
    const { kind } = vm.advance(turn);
    if (kind === "ended" || kind === "stalled" || kind === "halted") return;
  }
  throw new Error(`The guest still runs after ${limit} instructions.`);
}
