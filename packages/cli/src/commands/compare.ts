import type { CommandContext } from "../context.ts";
import { Progress } from "../output/progress.ts";

/** `ringzero compare`. Returns the exit status. */
export async function compareWorlds(context: CommandContext, { json, quick = false, workers }: { readonly json?: boolean; readonly quick?: boolean; readonly workers: 1 | 2 }): Promise<number> {
  const client = await context.client(), progress = new Progress();
  try {
    const result = await client.ask("machine.compare", { quick, workers }, { onEvent: (event) => progress.show(event) });
    console.log(json ? result.json : result.text);
  } finally {
    progress.stop();
  }
  return 0;
}
