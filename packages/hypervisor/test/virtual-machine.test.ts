import { readFileSync } from "node:fs";
import { virtualHost } from "@ringzero/host/virtual";
import { Machine, TOPICS } from "@ringzero/machine";
import type { EngineName } from "@ringzero/x86";
import { describe, expect, test } from "vitest";
import { assemble } from "@ringzero/x86";
import { pc, VirtualMachine } from "../src/index.ts";
import { interrupts, kernel, listen, makeVm, runOut, ticker } from "./guests.ts";

/** Waits by HLT. */
const TICKER = ticker(11_932);

/** Sends back what it receives, interrupt by interrupt, in upper case. */
const ECHO = kernel(`
${interrupts(0)}
main:
    mov al, 0x30
    out 0x43, al
    mov al, 0x0b
    mov dx, 0x3fc
    out dx, al
    mov al, 1
    mov dx, 0x3f9
    out dx, al
    mov al, 0xef
    out 0x21, al
    sti
.wait:
    hlt
    jmp .wait
timer: iret
serial:
    mov dx, 0x3f8
    in al, dx
    and al, 0xdf
    out dx, al
    mov al, 0x20
    out 0x20, al
    iret
`);

describe.each(["interpreter", "jit", "reference"] as const)("%s", (engine: EngineName) => {
  test("a kernel waits for its timer: idle time costs no instructions", async () => {
    const { vm, text } = await makeVm({ multiboot: TICKER }, { engine });
    runOut(vm);
    const c = vm.counters;
    expect([text(), vm.state, c.interrupts, c.interruptsByVector.get(0x20), c.exits.hlt]).toEqual(["abcdefghijklmnopqrstuvwxyz", "off", 26, 26, 25]);
    // OUT rises when mode 2 is set: the first tick comes at once. 25 periods of 11,932 ticks at 105/88 MHz.
    expect(c.time).toBeGreaterThan(25 * 11_932 * 838);
    expect(c.time).toBeLessThan(25 * 11_932 * 839);
    expect(c.idle).toBeGreaterThan(c.time * 0.99);
  });
});

test("the same run in slices of any length, on any engine: instructions, time, exits, state", async () => {
  const outcomes: unknown[] = [];
  for (const [engine, turn] of [["interpreter", 1_000_000], ["interpreter", 7], ["jit", 1_000_000], ["jit", 1], ["reference", 113]] as const) {
    const { vm, text } = await makeVm({ multiboot: TICKER }, { engine });
    runOut(vm, turn);
    outcomes.push({ text: text(), counters: vm.counters, vcpu: vm.vcpu.save(), board: vm.board.save() });
  }
  for (const o of outcomes) expect(o).toEqual(outcomes[0]);
});

test("each crossing is an event for those who listen, and as many as the counters say", async () => {
  const { vm, machine } = await makeVm({ multiboot: TICKER }), seen: { [cause: string]: number } = {}, vectors: number[] = [];
  let last = 0;
  machine.trace.channel(TOPICS.exits).listen(({ cause, tenant, retired, time }) => {
    seen[cause] = (seen[cause] ?? 0) + 1;
    expect([tenant, time >= last, retired <= vm.vcpu.retired]).toEqual([vm.owner.id, true, true]);
    last = time;
  });
  machine.trace.channel(TOPICS.interrupts).listen(({ vector }) => vectors.push(vector));
  runOut(vm);
  const { io, hlt, frame } = vm.counters.exits;
  expect([seen, vectors]).toEqual([{ io, hlt, frame }, Array.from({ length: 26 }, () => 0x20)]);
});

test("exits are those of hardware with nested paging, and the ledger's totals say the same", async () => {
  // Three CPUIDs; an MSR that KVM keeps and one that it passes through; CR0.TS is the guest's, CR0.MP and CR4.PSE are not; two frames; to ring 3 and back by INT 80h, there by #GP.
  const { vm, machine } = await makeVm({ multiboot: kernel(`${interrupts(0)}
main: mov ecx, 3
.id: push ecx
    cpuid
    pop ecx
    loop .id
    mov ecx, 0x1b
    rdmsr
    mov ecx, 0x174
    wrmsr
    mov eax, cr0
    or eax, 8
    mov cr0, eax
    or eax, 2
    mov cr0, eax
    clts
    mov eax, 0x10
    mov cr4, eax
    mov dword [0x300000], 1
    mov dword [0x301000], 1
    mov dword [0x300000], 2
    lgdt [wide]
    mov eax, task
    mov [wide_gdt + 42], ax
    shr eax, 16
    mov [wide_gdt + 44], al
    mov ax, 40
    ltr ax
    mov eax, fault
    mov [idt + 13 * 8], ax
    mov dword [idt + 13 * 8 + 4], 0x108e00
    push 0x23
    push 0x90000
    push 2
    push 0x1b
    push outer
    iret
outer: hlt
fault: mov dx, 0x604
    mov ax, 0x3400
    out dx, ax
timer: iret
serial: iret
section .data
wide_gdt: dq 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff, 0x0000890000000067
wide: dw 47
    dd wide_gdt
task: dd 0, 0x70000, 16
    times 92 db 0
section .text`) });
  vm.advance(0);
  const before = vm.counters.exits.frame;
  runOut(vm);
  const { exits, ringCrossings, exceptionsByVector } = vm.counters;
  expect([vm.state, exits.cpuid, exits.msr, exits.control, ringCrossings, exceptionsByVector]).toEqual(["off", 3, 1, 2, 2, new Map([[13, 1]])]);
  expect(exits.frame - before).toBeGreaterThanOrEqual(2);
  const totals = machine.tallies(vm.owner.id).all();
  expect([totals.exits, totals.ringCrossings, totals.faults]).toEqual([Object.values(exits).reduce((sum, n) => sum + n, 0), 2, 1]);
});

test("IA32_APIC_BASE switches the local APIC off and moves it", async () => {
  const { vm, text } = await makeVm({ multiboot: kernel(`
    mov ecx, 0x1b
    rdmsr
    mov ebx, [0xfee00030]
    and eax, ~0x800
    wrmsr
    mov esi, [0xfee00030]
    mov eax, 0xfef00800
    wrmsr
    mov edi, [0xfef00030]
    mov ebp, [0xfee00030]
    cmp esi, ebp
    jne .bad
    cmp esi, -1
    jne .bad
    cmp ebx, edi
    jne .bad
    mov al, 'y'
    mov dx, 0x3f8
    out dx, al
.bad: hlt`) });
  runOut(vm);
  expect([text(), vm.counters.exits.msr]).toEqual(["y", 3]);
});

test("typed characters come back; a guest that waits for input alone stalls and wakes", async () => {
  const { vm, text } = await makeVm({ multiboot: ECHO });
  expect(vm.advance(1_000_000).kind).toBe("stalled");
  vm.console.type("hello");
  expect(vm.advance(1_000_000).kind).toBe("stalled");
  expect([text(), vm.counters.interruptsByVector.get(0x24)]).toEqual(["HELLO", 5]);
});

test("the example kernel prints on COM1 and on the screen, then stops for good", async () => {
  const source = readFileSync(new URL("../../x86/examples/multiboot-hello.asm", import.meta.url), "utf8");
  const { vm, text } = await makeVm({ multiboot: assemble(source, { format: "multiboot" }).bytes });
  expect(vm.advance(1_000_000).kind).toBe("halted");
  const { cells, columns, rows } = vm.screen();
  expect([text(), String.fromCharCode(...cells.subarray(0, 58).filter((_, i) => i % 2 === 0)), columns, rows]).toEqual(["Hello from a multiboot kernel", "Hello from a multiboot kernel", 80, 25]);
});

test("a triple fault ends this guest, not the other one", async () => {
  const { vm, machine } = await makeVm({ multiboot: kernel("lidt [none]\nint 3\nnone: dq 0") });
  const other = await VirtualMachine.create(machine, pc({ memory: 4 << 20, multiboot: TICKER }), { idle: "free", name: "other" }), text = listen(other);
  const { kind } = vm.advance(1000);
  expect([kind, vm.state, vm.counters.exits.shutdown, await vm.ended]).toEqual(["ended", "crashed", 1, "crashed"]);
  expect(vm.advance(1000).kind).toBe("ended");
  runOut(other);
  expect([text().length, other.state]).toEqual([26, "off"]);
});

test.each([["CF9", "mov dx, 0xcf9\nmov al, 6\nout dx, al"], ["the keyboard controller", "mov al, 0xfe\nout 0x64, al"], ["port 92", "mov al, 3\nout 0x92, al"]])("a reset by %s starts anew from the image, with clean memory", async (_, how) => {
  // Memory counts boots unless it is cleared; CMOS memory is what a reset leaves, so the clock's registers are not used either.
  const { vm, text } = await makeVm({ multiboot: kernel(`inc dword [0x300000]\nmov al, [0x300000]\nadd al, '0'\nmov dx, 0x3f8\nout dx, al\n${how}\nhlt`) });
  vm.advance(40);
  expect(text()).toMatch(/^1{2,}$/);
});

test("the owner's reset, power button and kill", async () => {
  const { vm, text, machine } = await makeVm({ multiboot: ECHO });
  vm.advance(10_000);
  vm.console.type("a");
  vm.advance(10_000);
  vm.reset();
  vm.advance(10_000);
  vm.console.type("b");
  vm.advance(10_000);
  expect([text(), vm.state]).toEqual(["AB", "ready"]);
  const before = machine.ledger().owners.length;
  await vm.kill();
  expect([vm.state, await vm.ended, machine.ledger().owners.length]).toEqual(["killed", "killed", before - 2]);
});

test("frames come on first touch, and killing gives them back", async () => {
  const machine = await Machine.create(virtualHost(), { memory: 64 << 20, shared: false }), before = machine.ledger().frames.used;
  const vm = await VirtualMachine.create(machine, pc({ memory: 32 << 20, multiboot: TICKER }), { idle: "free", engine: "interpreter" });
  runOut(vm);
  expect(vm.counters.frameFaults).toBeLessThan(40);
  await vm.kill();
  expect(machine.ledger().frames.used).toBe(before);
});

test("start runs it beside others; pause holds it", async () => {
  const { vm, text } = await makeVm({ multiboot: TICKER });
  vm.start();
  expect(await vm.ended).toBe("off");
  expect(text()).toHaveLength(26);
  const { vm: spinning } = await makeVm({ multiboot: kernel("spin: jmp spin") });
  spinning.start();
  await spinning.pause();
  const { instructions } = spinning.counters;
  expect([spinning.state, instructions > 0]).toEqual(["paused", true]);
  await Promise.resolve();
  expect(spinning.counters.instructions).toBe(instructions);
  await spinning.kill();
});

test("a guest that has halted for good says so, can be looked at, and goes on after a reset", async () => {
  const { vm, text } = await makeVm({ multiboot: kernel("mov al, 'h'\nmov dx, 0x3f8\nout dx, al\nmov dword [0x300000], 7\ncli\nhlt") }), states: string[] = [];
  const halted = (times: number): Promise<void> => new Promise((resolve) => vm.onState((state) => { if (state === "halted" && states.filter((s) => s === "halted").length === times) resolve(); }));
  vm.onState((state) => states.push(state));
  const once = halted(1), twice = halted(2);
  vm.start();
  await once;
  expect([vm.state, vm.memory.readNumber(0x300000, 4)]).toEqual(["halted", 7]);
  vm.reset();
  await twice;
  await vm.kill();
  expect([text(), states]).toEqual(["hh", ["running", "halted", "running", "halted", "killed"]]);
});

test("a guest whose exceptions lead to exceptions for ever holds nobody up", async () => {
  // Each push of the handler's frame succeeds, as the stack pointer wraps around; the handler is not present memory: all ones, #UD for ever.
  const { vm } = await makeVm({ multiboot: kernel("lidt [idtr]\nmov edi, 0x300000\nmov ecx, 256\n.l: mov dword [edi], 0x00080000\nmov dword [edi + 4], 0xf0008e00\nadd edi, 8\nloop .l\nud2\nidtr: dw 2047\ndd 0x300000") });
  expect(vm.advance(1_000_000).kind).toBe("ran");
  expect(vm.counters.instructions).toBeLessThan(2000);
}, 20_000);

test("a paced guest waits for the wall", async () => {
  const host = virtualHost(), machine = await Machine.create(host, { memory: 64 << 20, shared: false });
  const vm = await VirtualMachine.create(machine, pc({ memory: 4 << 20, multiboot: TICKER }), { idle: "paced", engine: "interpreter", date: 0 }), text = listen(vm);
  vm.start();
  // The first tick at once, the others every 10 ms; what is due within 30 ms is made up for together.
  const clock = host.wallClock;
  for (const [milliseconds, least, most] of [[55, 3, 7], [100, 10, 17], [85, 20, 25]] as const) {
    await clock.advance(milliseconds * 1_000_000);
    expect(text().length).toBeGreaterThanOrEqual(least);
    expect(text().length).toBeLessThanOrEqual(most);
  }
  expect(vm.state).toBe("running");
  await clock.advance(60_000_000);
  expect([await vm.ended, text().length]).toEqual(["off", 26]);
});

/** Waits by HLT for the local APIC's timer, 4 ms by 4 ms: armed anew each time, or periodic. It sends back what it receives. */
function apicTicker(periodic: boolean): Uint8Array {
  return kernel(`
${interrupts(0)}
main:
    mov al, 0x30
    out 0x43, al
    mov eax, 0xfee00000
    mov dword [eax + 0x3e0], 11
    mov dword [eax + 0x320], ${periodic ? 0x2_0020 : 0x20}
    mov dword [eax + 0x380], 4000000
    mov al, 0x0b
    mov dx, 0x3fc
    out dx, al
    mov al, 1
    mov dx, 0x3f9
    out dx, al
    mov al, 0xef
    out 0x21, al
    sti
.wait:
    hlt
    jmp .wait
timer:
    ${periodic ? "" : "mov dword [0xfee00380], 4000000"}
    mov dword [0xfee000b0], 0
    iret
serial:
    mov dx, 0x3f8
    in al, dx
    out dx, al
    mov al, 0x20
    out 0x20, al
    iret
`);
}
async function pacedTicker(periodic: boolean): Promise<{ readonly vm: VirtualMachine; readonly text: () => string; ticks(seconds: number): Promise<number> }> {
  const host = virtualHost(), machine = await Machine.create(host, { memory: 64 << 20, shared: false });
  const vm = await VirtualMachine.create(machine, pc({ memory: 4 << 20, multiboot: apicTicker(periodic) }), { idle: "paced", engine: "interpreter", date: 0 }), text = listen(vm);
  const ticks = async (seconds: number): Promise<number> => {
    const before = vm.counters.interrupts;
    await host.wallClock.advance(seconds * 1e9);
    return vm.counters.interrupts - before;
  };
  return { vm, text, ticks };
}

test("an idle guest's one-shot timer comes the later the longer it is idle, by 200 ms at most; a periodic one has all its ticks", async () => {
  const oneShot = await pacedTicker(false), periodic = await pacedTicker(true);
  oneShot.vm.start();
  periodic.vm.start();
  const first = await oneShot.ticks(0.1), later = await oneShot.ticks(30), atLast = await oneShot.ticks(10);
  // 23 of 25: the last wait is not over.
  expect(first).toBeGreaterThan(15);
  expect(first).toBeLessThanOrEqual(25);
  expect(later).toBeLessThan(1000);
  expect(atLast).toBeGreaterThanOrEqual(48);
  expect(atLast).toBeLessThanOrEqual(51);
  const every = await periodic.ticks(40);
  expect(every).toBeGreaterThan(9940);
  expect(every).toBeLessThanOrEqual(10_000);
  // A key comes at once.
  oneShot.vm.console.type("x");
  await oneShot.ticks(0.001);
  expect(oneShot.text()).toBe("x");
  await Promise.all([oneShot.vm.kill(), periodic.vm.kill()]);
});

test("how late follows from the guest's state alone: in slices of any length the same run, and from a snapshot", async () => {
  const [all, parts] = [await pacedTicker(false), await pacedTicker(false)];
  const run = async ({ vm, ticks }: Awaited<ReturnType<typeof pacedTicker>>, slice: number, until: number): Promise<void> => {
    for (;;) {
      if (vm.advance(slice).kind !== "waits") continue;
      if (vm.counters.time >= until) return;
      await ticks(0.001);
    }
  };
  await run(all, 1_000_000, 8e9);
  await run(parts, 1, 8e9);
  expect(parts.vm.counters).toEqual(all.vm.counters);
  const snapshot = all.vm.snapshot(), host = virtualHost(), machine = await Machine.create(host, { memory: 64 << 20, shared: false });
  const again = await VirtualMachine.restore(machine, all.vm.platform, snapshot, { idle: "paced", engine: "interpreter", date: 0 });
  const ticks = async (seconds: number): Promise<number> => { await host.wallClock.advance(seconds * 1e9); return 0; };
  await run({ vm: again, text: () => "", ticks }, 1000, 12e9);
  await run(all, 1000, 12e9);
  expect([again.counters.instructions, again.counters.time]).toEqual([all.vm.counters.instructions, all.vm.counters.time]);
});

test("bad configurations are refused in a sentence", async () => {
  expect(() => pc({ memory: 1 << 20, multiboot: TICKER })).toThrow("2 MiB to 3 GiB");
  expect(() => pc({ memory: 8 << 20 })).toThrow("nothing to boot");
  expect(() => pc({ memory: 8 << 20, kernel: TICKER, multiboot: TICKER })).toThrow("one of a Linux kernel");
});

test("a kernel that is broken from outside dies by a triple fault, halted for good or at work", async () => {
  for (const work of ["cli\nhlt", ".l: jmp .l"]) {
    const { vm } = await makeVm({ multiboot: kernel(work) });
    vm.advance(1000);
    expect(vm.state).toBe("ready");
    vm.crash();
    runOut(vm);
    expect([vm.state, vm.counters.exits.shutdown, vm.failure]).toEqual(["crashed", 1, undefined]);
  }
});
