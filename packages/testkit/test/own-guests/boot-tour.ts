import { ownGuests } from "@ringzero/guests";
import { assemble, flatProtectedState, type EngineName } from "@ringzero/x86";
import { Board } from "./board.ts";

/** Multiboot Specification 0.6.96, "Boot information format": flags, memory below and above 1 MiB in KiB, command line. */
const INFO = 0x9000, COMMAND_LINE = 0x9100, LOADER = 0x2badb002n;

/** What the kernel is told that there is; the board has twice as much. */
export const TOUR_MEMORY: number = 8 << 20;

/** A board of 16 MiB, of which the ring tour is told 8, with the processor at its entry as a Multiboot loader leaves it. */
export function bootTour(engine: EngineName, commandLine = ""): Board {
  const board = new Board(engine, 16), { memory, vcpu } = board;
  const guest = assemble(ownGuests["ring-tour"].source, { format: "multiboot" });
  for (const s of guest.sections) memory.write(Number(s.address), s.bytes);
  memory.write(COMMAND_LINE, new TextEncoder().encode(`kernel ${commandLine}\0`));
  [1 | 4, 640, TOUR_MEMORY / 1024 - 1024, 0, COMMAND_LINE].forEach((value, i) => memory.writeNumber(INFO + 4 * i, 4, value));
  const state = flatProtectedState(vcpu.save(), Number(guest.entry));
  vcpu.restore({ ...state, gpr: state.gpr.map((g, i) => (i === 0 ? LOADER : i === 3 ? BigInt(INFO) : g)) });
  return board;
}
