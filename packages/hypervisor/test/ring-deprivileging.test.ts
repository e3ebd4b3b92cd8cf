import fc from "fast-check";
import { virtualHost } from "@ringzero/host/virtual";
import { Machine } from "@ringzero/machine";
import { assemble } from "@ringzero/x86";
import { expect, test } from "vitest";
import { pc, VirtualMachine, type Counters } from "../src/index.ts";
import { interrupts, kernel, listen, makeVm, OFF, runOut, ticker } from "./guests.ts";

const TECHNIQUES = ["nested-paging", "ring-deprivileging"] as const;

/** Turns paging on, with tables at 2 MiB and 2 MiB + 4 KiB for the first 4 MiB as they are, and all that is above by pages of 4 MiB. */
const PAGING = `
    mov edi, 0x200000
    mov ecx, 1024
    mov eax, 0x83
.large: mov [edi], eax
    add eax, 0x400000
    add edi, 4
    loop .large
    mov dword [0x200000], 0x201003
    mov ecx, 1024
    mov eax, 3
.small: mov [edi], eax
    add eax, 0x1000
    add edi, 4
    loop .small
    mov eax, cr4
    or eax, 0x10
    mov cr4, eax
    mov eax, 0x200000
    mov cr3, eax
    mov eax, cr0
    or eax, 0x80010000
    mov cr0, eax`;
/** A checksum of what it does goes into `sum`; nothing sensitive that does not trap is used. */
const GUESTS: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["waits for its timer", ticker(11_932)],
  ["works between ticks", ticker(2000, "mov eax, [sum]\nimul eax, eax, 1664525\nadd eax, 1013904223\nmov [sum], eax\nshr eax, 12\nand eax, 0xffffc\nmov [eax + 0x300000], eax")],
  ["reads processor and MSRs", kernel(`mov ecx, 0x174\nmov eax, 8\nxor edx, edx\nwrmsr\nxor eax, eax\nrdmsr\nadd [0x300000], eax\nxor eax, eax\ncpuid\nadd [0x300000], ebx\nrdtsc\nadd [0x300000], eax\nwbinvd\nmov dr0, eax\nmov eax, dr0\nadd [0x300000], eax\n${OFF}`)],
  ["remaps and flushes a page", kernel(`${PAGING}\nmov dword [0x300000], 1\nmov dword [0x301000], 2\nmov eax, [0x300000]\nmov dword [0x201c00], 0x301003\ninvlpg [0x300000]\nshl eax, 8\nadd eax, [0x300000]\nmov [0x302000], eax\nmov ebx, [0x201c08]\nmov [0x303000], ebx\nmov eax, [0xb00000]\nmov ecx, [0x200008]\nmov [0x303004], ecx\n${OFF}`)],
  ["strings of ports, and a reset of segments", kernel(`${interrupts(0)}\nmain: mov esi, text\nmov ecx, 5\nmov dx, 0x3f8\ncld\nrep outsb\npush ds\npop es\nmov fs, ax\nsldt bx\nstr cx\nmov [0x300000], bx\n${OFF}\ntimer: iret\nserial: iret\ntext: db "hello"`)],
];

/** What both must come to. Frames are touched by the hypervisor, too, when it reads an instruction. */
const guestsOwn = ({ traps: _traps, frameFaults: _frames, exits: { frame: _frame, ...exits }, ...counters }: Counters): unknown => ({ ...counters, exits });

test.each(GUESTS)("a guest that %s cannot tell the techniques apart: console, counters, registers, memory, devices", async (_name, multiboot) => {
  const ends: unknown[] = [];
  for (const [technique, engine, turn] of [["nested-paging", "interpreter", 1_000_000], ["ring-deprivileging", "interpreter", 1_000_000], ["ring-deprivileging", "jit", 1_000_000], ["ring-deprivileging", "interpreter", 61]] as const) {
    const { vm, text } = await makeVm({ multiboot }, { technique, engine });
    runOut(vm, turn);
    ends.push({ text: text(), state: vm.state, counters: guestsOwn(vm.counters), snapshot: vm.snapshot() });
    expect(vm.counters.traps.emulated > 0).toBe(technique === "ring-deprivileging");
  }
  for (const end of ends.slice(1)) expect(end).toEqual(ends[0]);
});

test("sensitive instructions that do not trap tell the guest where it is", async () => {
  const source = `mov esp, 0x80000\ncli\nmov ax, cs\nmov [0x300000], ax\npushfd\npop dword [0x300004]\nsgdt [0x300008]\nsidt [0x300010]\nsmsw [0x300018]\nsti\npushfd\nand dword [esp], 0xfffffdff\npopfd\n${OFF}`;
  const seen: { [technique: string]: readonly number[] } = {};
  for (const technique of TECHNIQUES) {
    const { vm } = await makeVm({ multiboot: kernel(source) }, { technique });
    runOut(vm);
    const at = (n: number): number => vm.memory.readNumber(0x300000 + n, 4);
    seen[technique] = [at(0) & 3, (at(4) >> 9) & 1, at(10), at(16) & 0xffff, (at(24) >> 5) & 1, (vm.vcpu.save().flags >> 9) & 1];
  }
  // CPL, IF after CLI, base of the descriptor table, limit of the interrupt table, CR0.NE, and whether POPF has cleared IF.
  expect(seen["nested-paging"]).toEqual([0, 0, expect.any(Number), 0xffff, 0, 0]);
  expect(seen["ring-deprivileging"]).toEqual([3, 1, 0xffc0_0000, 0, 0, 1]);
});

test("a snapshot goes on under the other technique", async () => {
  for (const [first, second] of [TECHNIQUES, TECHNIQUES.toReversed()] as const) {
    const multiboot = GUESTS[1]![1], { vm, machine, text } = await makeVm({ multiboot }, { technique: first! });
    vm.advance(123_457);
    const said = text(), twin = await VirtualMachine.restore(machine, pc({ memory: 8 << 20, multiboot }), vm.snapshot(), { technique: second!, idle: "free", engine: "interpreter", date: 0, name: "twin" }), twinText = listen(twin);
    runOut(vm);
    runOut(twin);
    expect([said + twinText(), twin.technique, twin.snapshot()]).toEqual([text(), second, vm.snapshot()]);
  }
});

test("a reset starts it anew, deprivileged as before", async () => {
  const { vm, text } = await makeVm({ multiboot: kernel(`inc dword [0x300000]\nmov al, [0x300000]\nadd al, '0'\nmov dx, 0x3f8\nout dx, al\nmov dx, 0xcf9\nmov al, 6\nout dx, al\nhlt`) }, { technique: "ring-deprivileging" });
  vm.advance(40);
  expect([text(), vm.counters.traps.emulated > 3]).toEqual([expect.stringMatching(/^1{2,}$/), true]);
});

test("a floppy disk's real mode is interpreted, its protected mode deprivileged", async () => {
  const { bytes } = assemble(`bits 16\norg 0x7c00\nmov si, text\n.next: lodsb\ntest al, al\njz .over\nmov dx, 0x3f8\nout dx, al\njmp .next\n.over: cli\nlgdt [gdtr]\nmov eax, cr0\nor al, 1\nmov cr0, eax\njmp 8:wide\ntext: db "real", 0\nalign 8\ngdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff\ngdtr: dw 23\ndd gdt\nbits 32\nwide: mov ax, 16\nmov ds, ax\nmov ss, ax\nmov esp, 0x7000\nmov al, '!'\nmov dx, 0x3f8\nout dx, al\n${OFF}\ntimes 510 - ($ - $$) db 0\ndw 0xaa55`, { format: "boot" });
  const ends: unknown[] = [];
  for (const technique of TECHNIQUES) {
    const { vm, text } = await makeVm({ floppy: bytes }, { technique });
    runOut(vm);
    ends.push([text(), vm.state, guestsOwn(vm.counters)]);
    if (technique === "ring-deprivileging") expect([vm.counters.traps.interpreted > 50, vm.counters.traps.instructions.get("out")]).toEqual([true, 2]);
  }
  expect(ends[0]).toEqual(["real!", "off", expect.any(Object)]);
  expect(ends[1]).toEqual(ends[0]);
});

/** What a hostile kernel does in random order: loads tables of anything, jumps into anything, writes over its tables and its page tables. */
const HOSTILE = [
  "lgdt [RANDOM]", "lidt [RANDOM]", "lldt ax", "ltr ax", "mov ds, ax", "mov es, ax", "mov ss, ax", "mov fs, ax", "pop ds", "popfd", "iret", "retf", "int 3", "int 0x80", "into", "cli", "sti", "hlt", "clts", "lmsw ax",
  "mov cr0, eax", "mov cr3, eax", "mov cr4, eax", "mov cr2, eax", "mov eax, cr0", "mov eax, cr3", "mov dr7, eax", "mov dr0, eax", "in al, dx", "out dx, al", "in eax, dx", "rep outsb", "rep insb", "wrmsr", "rdmsr", "cpuid", "invlpg [eax]", "wbinvd", "sgdt [RANDOM]",
  "str ax", "sldt ax", "lar eax, ebx", "lsl eax, ebx", "verr ax", "sysenter", "sysexit", "ud2", "mov eax, RANDOM", "mov ebx, [RANDOM]", "mov [RANDOM], eax", "mov [GDT], eax", "mov [PAGES], eax", "jmp 8:next", "jmp RANDOM", "call RANDOM", "push eax", "mov esp, RANDOM",
  "mov eax, 0x80000011", "mov eax, 0x200000", "mov ecx, 0x174", "mov eax, 0x2b", "mov ax, 16", "mov dx, 0x3f8", "mov edx, RANDOM", "xor ecx, ecx", "mov ecx, 3", "or dword [esp], 0x100",
] as const;
test("random ring 0 code and tables hurt this guest alone, and never the hypervisor", () => fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...HOSTILE), fc.integer({ min: 0, max: 0xffff_ffff }), fc.boolean()), { minLength: 1, maxLength: 40 }), fc.boolean(), fc.infiniteStream(fc.integer({ min: 0, max: 255 })), async (steps, paging, noise) => {
  const code = steps.map(([line, random, near]) => {
    const number = near ? 0x100000 + (random & 0x2ffffc) : random;
    return line.replace("RANDOM", String(number)).replace("GDT", String(0x80000 + (random & 0x3c))).replace("PAGES", String(0x200000 + (random & 0x1ffc))).replace("next", "8:$");
  }).map((line) => line.replace("8:8:$", "8:0x100010")).join("\n");
  const multiboot = kernel(`${paging ? PAGING : ""}\nmov esp, 0x90000\nlidt [idtr]\n${code}\nhlt\nidtr: dw 0x7ff\ndd 0x82000`);
  const machine = await Machine.create(virtualHost(), { memory: 32 << 20, shared: false });
  const good = await VirtualMachine.create(machine, pc({ memory: 2 << 20, multiboot: ticker(2000) }), { idle: "free", engine: "interpreter", name: "good" }), text = listen(good);
  const vm = await VirtualMachine.create(machine, pc({ memory: 4 << 20, multiboot }), { idle: "free", engine: "interpreter", name: "hostile", technique: "ring-deprivileging" });
  for (let at = 0x80000; at < 0x84000; at += 4) vm.memory.writeNumber(at, 4, noise.next().value! | (noise.next().value! << 8) | (noise.next().value! << 16) | (noise.next().value! << 24));
  for (let turns = 0; turns < 4; turns++) vm.advance(2000);
  expect(["ready", "off", "crashed"]).toContain(vm.state);
  expect(vm.failure).toBeUndefined();
  vm.dispose();
  runOut(good);
  expect([text().length, good.state, machine.ledger().owners.length]).toEqual([26, "off", 2]);
}), { numRuns: 80 }), 120_000);

/** Everything of the list above whose effect the guest cannot see to be another's: it traps, or shows nothing of ring 0. */
const TRAPPING = HOSTILE.filter((line) => !/^(popfd|iret|retf|sgdt|lar|lsl|verr|ud2|jmp RANDOM|call RANDOM|mov \[|or dword|rep|mov dr7|hlt|pop ds)/.test(line))
  // A selector of ring 0 with a higher RPL is refused by ring 0 and by no CPL 3 that may load it: one more thing that does not trap.
  .map((line) => line.replace(/^mov [defs]s, ax/, "and al, 0xfc\n$&"));
test("random privileged instructions come to the same under both techniques, faults and their handlers' frames included", () => fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom(...TRAPPING), fc.integer({ min: 0, max: 0xffff_ffff })), { minLength: 1, maxLength: 25 }), fc.boolean(), async (steps, paging) => {
  const code = steps.map(([line, random], i) => `${line.replace("RANDOM", `0x${(0x100000 + (random & 0x2ffffc)).toString(16)}`).replace("next", `.l${i}`)}\n.l${i}:`).join("\n");
  // The first exception or interrupt ends it: what it pushed is kept.
  const multiboot = kernel(`
    mov esp, 0x80000
    mov edi, idt
    mov ecx, 256
    mov eax, handler
.gate: mov [edi], ax
    mov word [edi + 2], 8
    mov dword [edi + 4], 0x108e00
    add edi, 8
    loop .gate
    lidt [idtr]
    ${paging ? PAGING : ""}
    ${code}
    hlt
handler: mov [0x300000], esp
    mov ecx, 5
.word: pop dword [0x300000 + ecx * 4]
    loop .word
    cli
    hlt
idtr: dw 2047
    dd idt
section .bss
idt: resb 2048`);
  const vms = await Promise.all(TECHNIQUES.map(async (technique) => (await makeVm({ multiboot, memory: 4 << 20 }, { technique })).vm));
  const ends = vms.map((vm) => {
    vm.advance(8000);
    return { state: vm.state, counters: guestsOwn(vm.counters), snapshot: vm.snapshot() };
  });
  // Handlers that fault for ever are given up after so many deliveries, not at the same one.
  if ([...vms[0]!.counters.exceptionsByVector.values()].some((n) => n > 900)) return;
  expect(ends[1]).toEqual(ends[0]);
}), { numRuns: 80 }), 120_000);
