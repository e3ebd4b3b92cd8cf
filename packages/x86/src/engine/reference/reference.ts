import { DECODED, type Decoder } from "../../decode/decoder.ts";
import { OPERATION, PSEUDO } from "../../decode/operation.ts";
import type { BuiltVariant } from "../../isa/variants.ts";
import { GP, UD } from "../../isa/instruction-builder.ts";
import { ACCESS } from "../../mmu/tlb.ts";
import { DEVICE } from "../../mmu/frame-address.ts";
import { translate } from "../../mmu/access.ts";
import { EVENT, GPR_PAGE, STATE } from "../../state/state.ts";
import { EXPORTED_ROUTINES, type Engine, type EngineTarget, type Exports } from "../engine.ts";
import { Evaluator } from "./evaluator.ts";
import type { Word } from "./word.ts";

/** The instructions that the reference executes. */
export interface RecordedInstructions {
  built(variant: number): BuiltVariant;
}

/** An argument from TypeScript as WebAssembly's JavaScript interface converts it: modulo 2^32 or 2^64, signed. */
const toWord = (x: number | bigint): Word => (typeof x === "bigint" ? BigInt.asIntN(64, x) : x | 0);

/** Longest instruction, in bytes. SDM vol. 3A, "Exception and Interrupt Reference", #GP. */
const MAX_LENGTH = 15;

/**
 * The engine to check others by: fetches, decodes and evaluates one instruction after the other, and keeps nothing between two. No WebAssembly is
 * generated; the state block, the TLBs and linear memory are those that every engine uses, so that engines can take turns on one vCPU.
 */
export class Reference implements Engine {
  readonly exports: Exports;
  readonly evaluator: Evaluator;
  readonly #instructions: RecordedInstructions;
  readonly #target: EngineTarget;
  readonly #decoder: Decoder;
  /** Where the decoded operation lies: call-outs look there for what is being executed. */
  readonly #operation: number;

  constructor(instructions: RecordedInstructions, target: EngineTarget) {
    this.#instructions = instructions;
    this.#target = target;
    this.#decoder = target.decoder();
    // Room for a second one: Core.stop() looks at the operation behind.
    this.#operation = target.memory.allocate(2 * OPERATION.bytes);
    this.evaluator = new Evaluator(target, this.#operation);
    const routines = EXPORTED_ROUTINES.map((r) => [r.name, (_state: number, ...args: (number | bigint)[]) => this.evaluator.call(r, args.map(toWord))[0]]);
    const run = (): void => this.#run();
    this.exports = { ...Object.fromEntries(routines) as Omit<Exports, "run" | "step">, run, step: run };
  }

  // The numbers in decoded operations are of no use to it.
  handlerOf(variant: number): number { return PSEUDO.count + variant; }
  stops(): boolean { return false; }
  isRelative(): boolean { return false; }
  arrange(): void { /* one by one */ }
  alone(view: DataView, at: number): number { return view.getUint16(at + OPERATION.handler, true); }

  #get(field: { readonly offset: number }): number { return this.evaluator.memory.getInt32(this.#target.state + field.offset, true); }
  #set(field: { readonly offset: number }, value: number): void { this.evaluator.memory.setInt32(this.#target.state + field.offset, value, true); }

  /** Executes while the budget lasts and nothing asks for attention. */
  #run(): void {
    const { evaluator } = this;
    while (this.#get(STATE.budget) > 0 && this.#get(STATE.event) === EVENT.none && this.#get(STATE.attention) === 0) {
      const built = this.#fetch();
      if (!built) return;
      const completion = evaluator.instruction(built);
      const event = this.#get(STATE.event);
      if (event === EVENT.exception || event === EVENT.intercept) {
        evaluator.setRip(evaluator.ip());
        return;
      }
      this.#set(STATE.budget, this.#get(STATE.budget) - 1);
      if (completion === "end") evaluator.setRip(evaluator.nextIp());
    }
  }

  /** Fetches and decodes the instruction at STATE.rip; undefined with the event set. */
  #fetch(): BuiltVariant | undefined {
    const { state } = this.#target;
    const address = this.#target.codeAddress();
    if (address === undefined) return undefined;
    const first = this.#page(address);
    if (first === 0) return undefined;
    const { memory } = this.evaluator;
    const linearMask = memory.getBigInt64(state + STATE.linearMask.offset, true), offset = first & 0xfff;
    memory.setBigInt64(state + STATE.gpr.offset + GPR_PAGE * 8, (memory.getBigInt64(state + STATE.rip.offset, true) - BigInt(offset)) & linearMask, true);
    // What the interpreter knows of the current page is no longer so.
    this.#set(STATE.codePage, 0);
    this.#set(STATE.operation, this.#operation);

    const bytes = new Uint8Array(2 * MAX_LENGTH), room = Math.min(MAX_LENGTH, 0x1000 - offset), mode = this.#get(STATE.mode);
    bytes.set(new Uint8Array(memory.buffer as ArrayBuffer, first, room));
    let status = this.#decoder.decode(bytes, 0, room, mode);
    if (status === DECODED.more) {
      // The rest is in the next page, which only now has to be there.
      const second = this.#page(((address & ~0xfffn) + 0x1000n) & linearMask);
      if (second === 0) return undefined;
      bytes.set(new Uint8Array(this.evaluator.memory.buffer as ArrayBuffer, second, MAX_LENGTH), room);
      status = this.#decoder.decode(bytes, 0, room + MAX_LENGTH, mode);
    }
    if (status !== DECODED.ok) return this.#raise(status === DECODED.invalid ? UD : GP, status === DECODED.invalid ? undefined : 0);
    const { variant } = this.#decoder;
    this.#decoder.write(this.evaluator.memory, this.#operation, this.handlerOf(variant), offset, mode);
    return this.#instructions.built(variant);
  }
  /** Host address of code; 0 with the event set. Code in device memory is not executed. */
  #page(address: bigint): number {
    const user = Number(this.#get(STATE.cpl) === 3);
    const host = (this.evaluator.call(translate, [BigInt.asIntN(64, address), ACCESS.fetch, user])[0]! as number) >>> 0;
    if (this.evaluator.hasEvent()) return 0;
    if (host === DEVICE) this.#raise(UD, undefined);
    return host === DEVICE ? 0 : host;
  }
  #raise(vector: number, code: number | undefined): undefined {
    this.#set(STATE.eventVector, vector);
    this.#set(STATE.eventCode, code ?? 0);
    this.#set(STATE.eventFlags, code === undefined ? 0 : 1);
    this.#set(STATE.event, EVENT.exception);
  }
}
