// Programs started and ended on one kernel: does what it holds come to a plateau?
import { parseArgs } from "node:util";
import { Guests } from "@ringzero/guests";
import { nodeHost } from "@ringzero/host/node";
import { STORE } from "../workloads/build.ts";
import { churn, type ChurnFigures } from "../workloads/churn.ts";

const USAGE = `Starts and ends programs on the shared kernel and prints after each thousand what it holds: frames, decoded code, JavaScript's heap, tasks.

  node --expose-gc packages/testkit/src/cli/churn.ts [--programs N] [--abi i386|amd64] [--engine jit|interpreter]

The exit status is 1 where more frames or tasks are held at the end than after the first two thousand, or the heap has grown by more than a mebibyte since.`;

const { values } = parseArgs({ options: { programs: { type: "string", default: "10000" }, abi: { type: "string", default: "amd64" }, engine: { type: "string", default: "jit" }, help: { type: "boolean", default: false } } });
if (values.help) console.log(USAGE);
else process.exitCode = await main();

async function main(): Promise<number> {
  if ((values.abi !== "i386" && values.abi !== "amd64") || (values.engine !== "jit" && values.engine !== "interpreter") || !(Number(values.programs) >= 3000)) {
    console.error("--abi is i386 or amd64, --engine jit or interpreter, --programs a number from 3000.");
    return 2;
  }
  const { busybox } = await new Guests(nodeHost({ storeDirectory: STORE })).prepare(`busybox-${values.abi}`);
  let first: ChurnFigures | undefined, last: ChurnFigures | undefined;
  for await (const figures of churn(busybox!, values.engine, Number(values.programs), 1000)) {
    if (figures.programs === 2000) first = figures;
    last = figures;
    console.log(`${String(figures.programs).padStart(6)} programs: ${figures.frames} frames, ${(figures.code / 2 ** 20).toFixed(2)} MiB of decoded code, heap ${(figures.heap / 2 ** 20).toFixed(2)} MiB, ${figures.tasks} tasks`);
  }
  const plateau = last!.frames <= first!.frames && last!.tasks === 0 && (!("gc" in globalThis) || last!.heap - first!.heap < 2 ** 20);
  console.log(plateau ? "a plateau" : "it grows");
  return plateau ? 0 : 1;
}
