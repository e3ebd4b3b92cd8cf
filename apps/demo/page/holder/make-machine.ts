import type { Host } from "@ringzero/host";
import { Machine } from "@ringzero/machine";

/** The smallest machine that is worth a page, in MiB. */
const SMALLEST = 128;

/**
 * Makes the machine: of the size asked for, or of the largest half, quarter… of it that the platform grants, with sentences about what was refused. Throws an Error where not even the smallest is granted.
 */
export async function makeMachine(host: Host, wanted: number): Promise<{ readonly machine: Machine; readonly memory: number; readonly notes: readonly string[] }> {
  let refusal = "";
  for (let memory = wanted; ; memory = Math.max(SMALLEST, Math.floor(memory / 2))) {
    try {
      const machine = await Machine.create(host, { memory: memory * 2 ** 20 });
      const notes = memory === wanted ? [] : [`A machine of ${wanted} MiB was refused: ${refusal} This one has ${memory} MiB.`];
      return { machine, memory, notes };
    } catch (error) {
      if (memory <= SMALLEST) throw error;
      refusal ||= sentence(error);
    }
  }
}
/** What refused: the machine says it in a sentence for people, a browser in its own words. */
function sentence(error: unknown): string {
  if (error instanceof RangeError) return `the browser has not that much memory to give (${error.message}). Close other pages that hold memory and reload for the full size.`;
  return error instanceof Error ? error.message : String(error);
}
