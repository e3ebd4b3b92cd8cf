import { disassemble, Intercepts, type Disassembled, type VcpuState } from "@ringzero/x86";
import type { Board } from "./board.ts";

/** The monitor's own memory, at guest-physical address PRIVATE and linear address HIDDEN: descriptor table, page tables. */
const PRIVATE = 0xc00000, HIDDEN = 0xffc00000;
const DIRECTORY = PRIVATE + 0x1000, HIDDEN_TABLE = PRIVATE + 0x2000, TABLES = PRIVATE + 0x3000;
const CODE3 = 0xc0fb, DATA3 = 0xc0f3, IF_FLAG = 0x200;
const CS = 1, SS = 2, FS = 4, GS = 5, TR = 7, EAX = 0, EDX = 2, ESP = 4;
const SREGS: readonly string[] = ["es", "cs", "ss", "ds", "fs", "gs"], REGISTERS: readonly string[] = ["eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"];
const GP = 13, NP = 11;
const PRESENT = 1, WRITABLE = 2, USER = 4;

/** A state that is being changed. */
type Draft = { gpr: bigint[]; rip: bigint; flags: number; segments: VcpuState["segments"][number][]; registers: { [name: string]: bigint }; cpl: number };

/**
 * A virtual machine monitor of the classic kind for one small kernel: it runs all of the guest at CPL 3 and does what traps. Its way of knowing
 * the rings apart is two descriptor tables and two page tables: in the virtual ring 0 segments of ring 0 get DPL 3 and those of ring 3 are not present.
 */
export class Monitor {
  /** Instructions that trapped and were done here, by mnemonic. */
  readonly trapped: Map<string, number> = new Map();
  readonly #board: Board;
  #ring: 0 | 3 = 0;
  #interrupts = false;
  #halted = false;
  /** STI: no interrupt before the next instruction has run. */
  #shadow = false;
  #requested = false;
  #gdt = { base: 0, limit: 0 };
  #idt = { base: 0, limit: 0 };
  #task = 0;
  #cr0 = 0x11;
  #cr3 = 0;

  /** @param board with a kernel loaded and the processor at its entry */
  constructor(board: Board) {
    this.#board = board;
    board.request = (asserted) => { this.#requested = asserted; board.vcpu.attention(); };
    board.vcpu.intercepts = Intercepts.none.with({ exceptions: Array.from({ length: 32 }, (_, n) => n) });
    this.#tables();
    this.#change((s) => {
      // A task state too short for a permission map: IN and OUT trap.
      s.segments = s.segments.map((d, i) => (i < 6 ? { ...d, selector: d.selector | 3, attributes: i === CS ? CODE3 : DATA3 } : i === TR ? { ...d, limit: 0x60 } : d));
      s.cpl = 3;
      s.flags |= IF_FLAG;
      Object.assign(s.registers, { cr0: 0x80010011n, cr3: BigInt(DIRECTORY), gdtrBase: BigInt(HIDDEN), gdtrLimit: 47n, idtrBase: 0n, idtrLimit: 0n });
    });
  }

  /** Runs until the guest halts for good, or so many traps have come. */
  run(traps: number): "off" | "traps" {
    const { vcpu } = this.#board;
    for (let left = traps; left > 0;) {
      const instructions = this.#board.due();
      if (this.#requested && this.#interrupts && !this.#shadow) this.#interrupt();
      if (this.#halted) {
        if (!this.#interrupts) return "off";
        this.#board.idle();
        continue;
      }
      const exit = vcpu.run({ instructions });
      if (exit.kind !== "exception") continue;
      left--;
      this.#shadow = false;
      this.#exception(exit.vector, exit.errorCode, exit.address);
    }
    return "traps";
  }

  #change(edit: (s: Draft) => void): void {
    const state = this.#board.vcpu.save(), draft: Draft = { ...state, gpr: [...state.gpr], segments: [...state.segments], registers: { ...state.registers } };
    edit(draft);
    this.#board.vcpu.restore({ ...state, ...draft });
  }
  #word(address: number): number { return this.#board.memory.readNumber(address, 4); }
  #push(s: Draft, value: number): void {
    s.gpr[ESP] = (s.gpr[ESP]! - 4n) & 0xffffffffn;
    this.#board.memory.writeNumber(Number(s.gpr[ESP]), 4, value);
  }
  #pop(s: Draft): number {
    const value = this.#word(Number(s.gpr[ESP]));
    s.gpr[ESP] = (s.gpr[ESP]! + 4n) & 0xffffffffn;
    return value;
  }

  /** Descriptors and page tables for the ring that the guest believes to be in. */
  #tables(): void {
    const { memory } = this.#board;
    for (let at = 0; at < 48; at += 8) {
      const low = at <= this.#gdt.limit ? this.#word(this.#gdt.base + at) : 0;
      let high = at <= this.#gdt.limit ? this.#word(this.#gdt.base + at + 4) : 0;
      // Bits 14-13 of the upper half are the DPL, bit 15 is P.
      if (this.#ring === 0) high = (high & 0x6000) === 0 && high & 0x1000 ? high | 0x6000 : high & ~0x8000;
      memory.writeNumber(PRIVATE + at, 4, low);
      memory.writeNumber(PRIVATE + at + 4, 4, high >>> 0);
    }
    memory.write(DIRECTORY, new Uint8Array(4096));
    for (let n = 0; n < 4; n++) {
      const directory = this.#cr0 >>> 31 ? this.#word(this.#cr3 + 4 * n) : -1;
      for (let page = 0; page < 1024; page++) {
        const guest = directory === -1 ? ((n * 1024 + page) << 12) | PRESENT | WRITABLE | USER : directory & PRESENT ? this.#word((directory & ~0xfff) + 4 * page) : 0;
        memory.writeNumber(TABLES + n * 4096 + page * 4, 4, (this.#ring === 0 && guest & PRESENT ? guest | WRITABLE | USER : guest) >>> 0);
      }
      // A page of the monitor is not the guest's to see.
      memory.writeNumber(DIRECTORY + 4 * n, 4, n === 3 ? 0 : (TABLES + n * 4096) | PRESENT | WRITABLE | USER);
    }
    memory.writeNumber(DIRECTORY + 4 * 1023, 4, HIDDEN_TABLE | PRESENT | WRITABLE);
    memory.writeNumber(HIDDEN_TABLE, 4, PRIVATE | PRESENT | WRITABLE);
    this.#board.vcpu.dropCaches();
  }
  #enter(ring: 0 | 3): void {
    if (ring === this.#ring) return;
    this.#ring = ring;
    this.#tables();
  }

  #exception(vector: number, code: number | undefined, address: bigint): void {
    const s = this.#board.vcpu.save(), at = Number(s.rip), next = disassemble(this.#board.memory.view(at, 15), { mode: 32, address: at });
    if (this.#ring === 0) {
      if (vector !== GP && vector !== NP) throw new Error(`exception ${vector} at ${at.toString(16)} in the virtual ring 0, error ${code?.toString(16)}, address ${address.toString(16)}, ${next.text}`);
      this.trapped.set(next.mnemonic, (this.trapped.get(next.mnemonic) ?? 0) + 1);
      return this.#change((draft) => {
        draft.rip += BigInt(next.length);
        this.#emulate(next, draft);
      });
    }
    this.#change((draft) => {
      // INT n goes through a table of no length: error code = 8 n + 2.
      const gate = vector === GP && (code! & 2) !== 0 ? code! >> 3 : -1;
      if (gate >= 0 && (this.#word(this.#idt.base + gate * 8 + 4) & 0x6000) === 0x6000) {
        draft.rip += BigInt(next.length);
        return this.#deliver(draft, gate, undefined);
      }
      if (vector === 14) draft.registers["cr2"] = address;
      this.#deliver(draft, vector, code);
    });
  }
  #interrupt(): void {
    const vector = this.#board.pic.acknowledge();
    this.#halted = false;
    this.#change((draft) => this.#deliver(draft, vector, undefined));
  }

  /** What the processor does with an interrupt gate, in the guest's own tables. SDM vol. 3A, "Exception- or Interrupt-Handler Procedures". */
  #deliver(s: Draft, vector: number, code: number | undefined): void {
    const gate = this.#idt.base + vector * 8, from = this.#ring;
    const flags = (s.flags & ~IF_FLAG) | (this.#interrupts ? IF_FLAG : 0), stack = [Number(s.gpr[ESP]), s.segments[SS]!.selector];
    this.#enter(0);
    if (from === 3) {
      s.gpr[ESP] = BigInt(this.#word(this.#task + 4));
      this.#push(s, stack[1]!);
      this.#push(s, stack[0]!);
    }
    this.#push(s, flags);
    this.#push(s, (s.segments[CS]!.selector & ~3) | from);
    this.#push(s, Number(s.rip));
    if (code !== undefined) this.#push(s, code);
    this.#interrupts = false;
    const low = this.#word(gate), high = this.#word(gate + 4);
    s.rip = BigInt(((high & 0xffff0000) | (low & 0xffff)) >>> 0);
    this.#segment(s, CS, low >>> 16);
    if (from === 3) this.#segment(s, SS, this.#word(this.#task + 8));
  }
  /** A flat segment, at CPL 3 whatever the guest thinks. */
  #segment(s: Draft, register: number, selector: number): void {
    const stays = register === CS || register === SS;
    s.segments[register] = { selector: stays ? selector | 3 : selector, base: 0n, limit: 0xffffffff, attributes: register === CS ? CODE3 : DATA3 };
  }

  /** One privileged instruction of the guest's kernel; rIP is after it. */
  #emulate({ mnemonic, operands }: Disassembled, s: Draft): void {
    const [to, from] = operands;
    const general = (name: string): number => REGISTERS.findIndex((r) => r === name || r.slice(1) === name);
    switch (mnemonic) {
      case "cli": this.#interrupts = false; return;
      case "sti": this.#interrupts = this.#shadow = true; return;
      case "hlt": this.#halted = true; return;
      case "lgdt": case "lidt": {
        const at = Number(to!.value), table = { limit: this.#word(at) & 0xffff, base: this.#word(at + 2) };
        if (mnemonic === "lidt") this.#idt = table;
        else {
          this.#gdt = table;
          this.#tables();
        }
        return;
      }
      case "ltr": {
        const descriptor = this.#gdt.base + (Number(s.gpr[general(to!.text)]) & 0xfff8);
        this.#task = ((this.#word(descriptor) >>> 16) | ((this.#word(descriptor + 4) & 0xff) << 16) | (this.#word(descriptor + 4) & 0xff000000)) >>> 0;
        return;
      }
      case "mov": return this.#move(to!.text, from!.text, s, general);
      case "pop": return this.#segment(s, SREGS.indexOf(to!.text), this.#pop(s) & 0xffff);
      case "in": {
        const port = from!.text === "dx" ? Number(s.gpr[EDX]! & 0xffffn) : Number(from!.value);
        s.gpr[EAX] = (s.gpr[EAX]! & ~0xffn) | BigInt(this.#board.ports.read(port, 1));
        return;
      }
      case "out": {
        const port = to!.text === "dx" ? Number(s.gpr[EDX]! & 0xffffn) : Number(to!.value), size = from!.text === "ax" ? 2 : 1;
        this.#board.ports.write(port, size, Number(s.gpr[EAX]! & (size === 2 ? 0xffffn : 0xffn)));
        return;
      }
      case "iret": case "iretd": return this.#return(s);
      default: throw new Error(`the monitor does not know ${mnemonic}`);
    }
  }
  #move(to: string, from: string, s: Draft, general: (name: string) => number): void {
    if (SREGS.includes(to)) this.#segment(s, SREGS.indexOf(to), Number(s.gpr[general(from)]! & 0xffffn));
    else if (to === "cr3") this.#cr3 = Number(s.gpr[general(from)]);
    else if (to === "cr0") {
      this.#cr0 = Number(s.gpr[general(from)]);
      this.#tables();
    } else if (from === "cr0") s.gpr[general(to)] = BigInt(this.#cr0);
    else if (from === "cr2") s.gpr[general(to)] = s.registers["cr2"]!;
    else throw new Error(`the monitor does not know mov ${to}, ${from}`);
  }
  #return(s: Draft): void {
    s.rip = BigInt(this.#pop(s));
    const selector = this.#pop(s), flags = this.#pop(s);
    this.#interrupts = (flags & IF_FLAG) !== 0;
    s.flags = flags | IF_FLAG;
    this.#segment(s, CS, selector);
    if ((selector & 3) === 0) return;
    const esp = this.#pop(s), stack = this.#pop(s);
    s.gpr[ESP] = BigInt(esp >>> 0);
    this.#segment(s, SS, stack);
    for (const register of [FS, GS]) s.segments[register] = { ...s.segments[register]!, selector: 0, attributes: 0x10000 };
    this.#enter(3);
  }
}
