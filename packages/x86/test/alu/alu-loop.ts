import type { EngineName } from "../../src/engine/engine.ts";
import { FlatGuest } from "../flat-guest.ts";

/** Status flags. */
export const CF = 1, PF = 4, AF = 0x10, ZF = 0x40, SF = 0x80, OF = 0x800, ALL = 0x8d5;

const ENTRIES = 65536, INPUT = 0x100000, OUTPUT = 0x200000, INPUT_BYTES = 8, OUTPUT_BYTES = 4, RAISED = 0xffff;

/** Operands of one execution: AL, AH, CL and the status flags before. */
export interface Operands { readonly al: number; readonly ah: number; readonly cl: number; readonly flags: number }
/** What the manual's words say about it: AX and flags after it, which flags those are; "#DE" for a divide error. */
export type Outcome = { readonly ax: number; readonly flags: number; readonly defined: number } | "#DE";

/**
 * Runs one instruction on many operands in a guest loop: the operands come from a table, AX and the flags go to another, a divide error leaves a mark
 * there.
 */
export class AluLoop {
  readonly #guest: FlatGuest;
  readonly #input = new Uint8Array(ENTRIES * INPUT_BYTES);
  readonly #words = new Uint16Array(this.#input.buffer);
  #queued: Outcome[] = [];
  #first: Operands[] = [];
  #name = "";
  /** Executions compared. */
  compared = 0;

  constructor(engine: EngineName) { this.#guest = new FlatGuest(32, 4, { engine }); }

  /** Sets the instruction, over al, ah and cl. */
  load(instruction: string): void {
    this.#name = instruction;
    this.#guest.load(`
      mov esi, ${INPUT}
      mov edi, ${OUTPUT}
      next:
        mov eax, [esi]
        mov ecx, [esi + 2]
        push dword [esi + 4]
        popfd
        ${instruction}
        pushfd
        pop edx
        mov [edi], ax
        mov [edi + 2], dx
      stored:
        add esi, ${INPUT_BYTES}
        add edi, ${OUTPUT_BYTES}
        cmp esi, ebp
        jb next
      hlt
      divideError:
        add esp, 12
        mov dword [edi], ${RAISED << 16 | RAISED}
        jmp stored
    `, 32, { 0: "divideError" });
  }
  /** Queues one execution with what must come out. */
  expect(o: Operands, outcome: Outcome): void {
    const i = this.#queued.length;
    this.#input[i * INPUT_BYTES] = o.al;
    this.#input[i * INPUT_BYTES + 1] = o.ah;
    this.#input[i * INPUT_BYTES + 2] = o.cl;
    this.#words[i * 4 + 2] = o.flags | 2;
    this.#queued.push(outcome);
    this.#first.push(o);
    if (this.#queued.length === ENTRIES) this.run();
  }
  /** Executes what is queued and compares. Throws an Error at the first difference. */
  run(): void {
    const guest = this.#guest, n = this.#queued.length;
    if (n === 0) return;
    guest.restart();
    guest.memory.write(INPUT, this.#input.subarray(0, n * INPUT_BYTES));
    const p = guest.vcpu.processor;
    p.setGpr(5, BigInt(INPUT + n * INPUT_BYTES));
    guest.runToHalt(n * 20 + 10);
    const bytes = guest.memory.read(OUTPUT, n * OUTPUT_BYTES), result = new Uint16Array(bytes.buffer);
    for (let i = 0; i < n; i++) {
      const want = this.#queued[i]!, ax = result[i * 2]!, flags = result[i * 2 + 1]!;
      if (want === "#DE" ? flags !== RAISED : ax !== want.ax || ((flags ^ want.flags) & want.defined) !== 0) this.#fail(this.#first[i]!, ax, flags, want);
    }
    this.compared += n;
    this.#queued = [];
    this.#first = [];
  }
  #fail(o: Operands, ax: number, flags: number, want: Outcome): never {
    const hex = (n: number): string => n.toString(16);
    const wanted = want === "#DE" ? "#DE" : `AX ${hex(want.ax)}, flags ${hex(want.flags & want.defined)} of ${hex(want.defined)}`;
    throw new Error(`${this.#name} with AH:AL ${hex(o.ah)}:${hex(o.al)}, CL ${hex(o.cl)}, flags ${hex(o.flags)}: ${flags === RAISED ? "#DE" : `AX ${hex(ax)}, flags ${hex(flags & ALL)}`}; the manual says ${wanted}`);
  }
}
