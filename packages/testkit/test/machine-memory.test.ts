import { virtualHost } from "@ringzero/host/virtual";
import { FrameMap, FrameWriter, GuestMemory, Machine, MAP_ENTRY } from "@ringzero/machine";
import { assemble, CpuModel, flatProtectedState, Vcpu, type EngineName } from "@ringzero/x86";
import { describe, expect, test } from "vitest";

// The processor on the simulated machine's memory: frames that come on first touch, are shared, copied, logged and written by others.
const CODE = 0x1000, FRAME = 4096;

interface Guest {
  readonly map: FrameMap;
  readonly memory: GuestMemory;
}
function makeGuest(machine: Machine, name: string, frames = 256): Guest {
  const owner = machine.createOwner({ name, kind: "vm" });
  const engine = machine.createOwner({ name: `${name} engine`, kind: "engine", tenant: owner.id });
  const map = new FrameMap(machine, owner.id, frames);
  map.addMemory(0, frames);
  return { map, memory: new GuestMemory(machine, map, new FrameWriter(machine, owner.id), engine.id) };
}
function makeMachine(shared: boolean): Promise<Machine> {
  return Machine.create(virtualHost(), { memory: 64 << 20, shared });
}
function load(guest: Guest, source: string, at = CODE): void {
  expect(guest.memory.write(at, assemble(source, { bits: 32, origin: at }).bytes)).toBeUndefined();
}
/** Starts at `at`; a write to any port ends a run, and the next one goes on behind it with all caches as they are. */
function makeVcpu(guest: Guest, engine: EngineName, at = CODE, stack = 0x9000): Vcpu {
  const vcpu: Vcpu = new Vcpu({ model: CpuModel.x86_64_v2, memory: guest.memory, engine, io: { pio: { read: () => 0, write: () => vcpu.attention() } } });
  const state = flatProtectedState(vcpu.save(), at);
  vcpu.restore({ ...state, gpr: state.gpr.map((_, i) => (i === 4 ? BigInt(stack) : 0n)) });
  return vcpu;
}
function run(vcpu: Vcpu): void {
  expect(vcpu.run({ instructions: 10_000_000 })).toEqual({ kind: "attention" });
}

describe.each([["interpreter", false], ["interpreter", true], ["reference", false], ["jit", true]] as const)("%s, shared memory: %s", (engine, shared) => {
  test("frames come on first touch, while the memory grows under the program", async () => {
    const machine = await makeMachine(shared);
    const guest = makeGuest(machine, "vm", 8192);
    load(guest, `
      mov edi, 0x100000
    again:
      mov [edi], edi
      add edi, 0x1000
      cmp edi, 0x1900000
      jb again
      out 0x80, al`);
    const vcpu = makeVcpu(guest, engine);
    const { committed } = machine.ledger().frames;
    run(vcpu);
    expect(guest.memory.readNumber(0x18ff000, 4)).toBe(0x18ff000);
    expect(Array.from({ length: 0x1a00 }, (_, n) => n).filter((n) => guest.map.entry(n) & MAP_ENTRY.present)).toEqual([1, ...Array.from({ length: 0x1800 }, (_, n) => 0x100 + n)]);
    expect(machine.ledger().frames.committed).toBeGreaterThan(committed);
  });

  test("clones share code and data until they write, and flush no more than they must", async () => {
    const machine = await makeMachine(shared);
    const [a, b] = [makeGuest(machine, "a"), makeGuest(machine, "b")];
    load(a, `
      add dword [0x4000], 1
      mov eax, [0x4000]
      mov ebx, [0x5000]
      out 0x80, al
      jmp ${CODE}`);
    a.memory.writeNumber(0x4000, 4, 100);
    a.memory.writeNumber(0x5000, 4, 7);
    const first = makeVcpu(a, engine);
    run(first);
    expect(a.map.shareWith(b.map)).toBe(true);
    const second = makeVcpu(b, engine);
    run(second);
    // The first has read and written translations of the frame; it must see its own copy from here on, and the other one the other.
    run(first);
    run(second);
    expect([a.memory.readNumber(0x4000, 4), b.memory.readNumber(0x4000, 4)]).toEqual([102, 103]);
    expect([first.save().gpr[0], second.save().gpr[0], first.save().gpr[3]]).toEqual([102n, 103n, 7n]);
    expect(a.map.frame(1)).toBe(b.map.frame(1));
    expect(a.map.frame(5)).toBe(b.map.frame(5));
    expect(a.map.frame(4)).not.toBe(b.map.frame(4));
    expect(machine.ledger().saved).toBe(2);
  });

  test("a clone that changes its code changes nobody else's", async () => {
    const machine = await makeMachine(shared);
    const [a, b] = [makeGuest(machine, "a"), makeGuest(machine, "b")];
    load(a, `
      mov eax, 1
      out 0x80, al
      mov byte [${CODE + 1}], 2
      jmp ${CODE}`);
    const first = makeVcpu(a, engine);
    run(first);
    a.map.shareWith(b.map);
    const second = makeVcpu(b, engine);
    run(second);
    run(second);
    expect(second.save().gpr[0]).toBe(2n);
    expect([a.memory.readNumber(CODE + 1, 1), b.memory.readNumber(CODE + 1, 1)]).toEqual([1, 2]);
    // The first one changes its own now: the frame is its alone again.
    run(first);
    expect(first.save().gpr[0]).toBe(2n);
    expect(a.map.frame(1)).not.toBe(b.map.frame(1));
  });

  test("a device writes over code that has run", async () => {
    const machine = await makeMachine(shared);
    const guest = makeGuest(machine, "vm");
    load(guest, `mov eax, 1\nout 0x80, al\njmp ${CODE}`);
    const vcpu = makeVcpu(guest, engine);
    run(vcpu);
    guest.memory.writeNumber(CODE + 1, 4, 77);
    run(vcpu);
    expect(vcpu.save().gpr[0]).toBe(77n);
    // A balloon takes the frame, and something else comes into it.
    guest.map.discard(1);
    load(guest, `mov eax, 5\nout 0x80, al\njmp ${CODE}`);
    run(vcpu);
    expect(vcpu.save().gpr[0]).toBe(5n);
  });

  test("one processor writes code that another one of the guest has decoded", async () => {
    const machine = await makeMachine(shared);
    const guest = makeGuest(machine, "vm");
    load(guest, "mov byte [0x6001], 3\nout 0x80, al\nmov byte [0x6001], 4\nout 0x80, al");
    load(guest, "mov eax, 1\nout 0x80, al\njmp 0x6000", 0x6000);
    const [writer, runner] = [makeVcpu(guest, engine), makeVcpu(guest, engine, 0x6000, 0xa000)];
    // The writer may write the frame freely, for nobody has decoded it; from then on its writes must be seen.
    run(writer);
    run(runner);
    expect(runner.save().gpr[0]).toBe(3n);
    run(writer);
    run(runner);
    expect(runner.save().gpr[0]).toBe(4n);
  });

  test("the dirty log has what the program wrote, in each round", async () => {
    const machine = await makeMachine(shared);
    const guest = makeGuest(machine, "vm");
    load(guest, `
      mov dword [0x7ffe], 1
      mov eax, [0x20000]
      inc byte [0x3000]
      out 0x80, al
      push eax
      out 0x80, al
      push eax
      out 0x80, al`);
    const vcpu = makeVcpu(guest, engine);
    guest.map.startLog();
    run(vcpu);
    expect(guest.map.takeLog()).toEqual([3, 7, 8]);
    run(vcpu);
    run(vcpu);
    expect(guest.map.takeLog()).toEqual([8]);
    expect(guest.map.takeLog()).toEqual([]);
  });

  test("writing the accessed bit of a shared page table copies the table", async () => {
    const machine = await makeMachine(shared);
    const [a, b] = [makeGuest(machine, "a", 4096), makeGuest(machine, "b", 4096)];
    // 32-bit paging: the first 4 MiB by one table at 11000, identical.
    for (let n = 0; n < 256; n++) a.memory.writeNumber(0x11000 + n * 4, 4, (n << 12) | 3);
    a.memory.writeNumber(0x10000, 4, 0x11003);
    load(a, `
      mov eax, 0x10000
      mov cr3, eax
      mov eax, cr0
      or eax, 0x80000000
      mov cr0, eax
      mov ecx, [0x30000]
      out 0x80, al`);
    a.map.shareWith(b.map);
    run(makeVcpu(b, engine));
    const ACCESSED = 0x20;
    expect([b.memory.readNumber(0x11000 + 0x30 * 4, 4) & ACCESSED, a.memory.readNumber(0x11000 + 0x30 * 4, 4) & ACCESSED]).toEqual([ACCESSED, 0]);
  });
});
