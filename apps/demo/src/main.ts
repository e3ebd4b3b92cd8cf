// The tour that `npm start` shows until there is a page: one small guest, assembled, taken apart, and run on every engine.
import { assemble, CpuModel, disassembleAll, flatProtectedState, PlainMemory, Vcpu, type EngineName } from "@ringzero/x86";

const ORIGIN = 0x1000, ROUNDS = 3_000_000;
const SOURCE = `
        mov ecx, rounds         ; a checksum over nothing, to have something to count
        xor eax, eax
.next:  add eax, ecx
        rol eax, 5
        xor eax, 0x9e3779b9
        dec ecx
        jnz .next
        mov esi, text
.say:   lodsb
        test al, al
        jz .done
        out 0xe9, al
        jmp .say
.done:  hlt
text:   db "hello from ring 0", 0
`;

const bold = (s: string): string => (process.stdout.isTTY ? `\x1b[1m${s}\x1b[0m` : s);

function run(engine: EngineName, rounds: number): { said: string; retired: number; seconds: number } {
  const memory = new PlainMemory(1);
  memory.write(ORIGIN, assemble(SOURCE, { bits: 32, origin: ORIGIN, symbols: { rounds } }).bytes);
  let said = "";
  const vcpu = new Vcpu({
    model: CpuModel.x86_64_v2, memory, engine,
    io: { pio: { read: () => 0xff, write: (_port, _size, value) => { said += String.fromCharCode(value & 0xff); } } },
  });
  vcpu.restore(flatProtectedState(vcpu.save(), ORIGIN));
  const started = performance.now();
  for (let exit = vcpu.run({ instructions: 1_000_000 }); exit.kind === "budget"; exit = vcpu.run({ instructions: 1_000_000 }));
  return { said, retired: vcpu.retired, seconds: (performance.now() - started) / 1000 };
}

console.log(bold("Ring Zero: one processor, described once\n"));
console.log("A guest of our own, as the assembler made it and the disassembler reads it:\n");
const { bytes, symbols } = assemble(SOURCE, { bits: 32, origin: ORIGIN, symbols: { rounds: ROUNDS } });
const text = Number(symbols.get("text")!) - ORIGIN;
for (const { address, length, text: line } of disassembleAll(bytes.subarray(0, text), { mode: 32, address: BigInt(ORIGIN) })) {
  const at = Number(address) - ORIGIN;
  console.log(`  ${address.toString(16)}  ${Array.from(bytes.subarray(at, at + length), (b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(18)} ${line}`);
}
console.log("\nIts run in ring 0 of the simulated machine, on three engines made from the same descriptions:\n");
console.log(`  ${"engine".padEnd(12)} ${"instructions".padStart(13)} ${"seconds".padStart(8)} ${"MIPS".padStart(8)}  port E9 said`);
for (const [engine, rounds] of [["reference", 5000], ["interpreter", ROUNDS], ["jit", ROUNDS]] as const) {
  const { said, retired, seconds } = run(engine, rounds);
  console.log(`  ${engine.padEnd(12)} ${retired.toLocaleString("en").padStart(13)} ${seconds.toFixed(3).padStart(8)} ${(retired / seconds / 1e6).toFixed(1).padStart(8)}  ${said}`);
}
console.log(`
What next:
  npm test                          every test, on this machine
  npm run silicon -- --mode 64      single instructions against this machine's real processor
  npm run bench                     the same guest loops on v86 and QEMU
  packages/x86/README.md            how the processor works`);
