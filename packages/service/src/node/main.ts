// The machine's process, as a client starts it: `main.ts [--grace SECONDS] [--memory BYTES]`.
import { parseArgs } from "node:util";
import { nodeHost } from "@ringzero/host/node";
import { ServiceError } from "../protocol/service-error.ts";
import { places } from "./places.ts";
import { serve } from "./serve.ts";

const { values } = parseArgs({ options: { grace: { type: "string", default: "Infinity" }, memory: { type: "string", default: String(3 * 2 ** 30) } } });
/** What a process ends with that finds a machine there already. */
const ALREADY = 17;

try {
  const service = await serve(nodeHost(), places(), { memory: Number(values.memory), grace: Number(values.grace) * 1e9 });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void service.shutdown(`The machine was ended by ${signal}.`));
  await service.ended;
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(error instanceof ServiceError && error.code === "conflict" ? ALREADY : 1);
}
