import { spawn } from "node:child_process";
import { compileOracle } from "./compile-oracle.ts";
import { RecordStream, type CaseRecord } from "./record.ts";
import { identityOf, type SiliconIdentity } from "./silicon-identity.ts";

/** Which cases the oracle shall make. */
export interface LiveRequest {
  readonly mode: "32" | "64";
  readonly map: string;
  /** A non-negative integer in decimal. */
  readonly seed: string;
  readonly count: number;
  /** Instructions that are given the same registers and memory (default 1). */
  readonly hold?: number;
}

export const MAPS = ["all", "int", "fp", "x87", "x87-edge", "sse-edge", "0f", "0f38", "0f3a", "vex", "save"] as const;

/** Has this machine's processor execute random instructions and gives each to `each`; ends when all have come. */
export async function liveCases(request: LiveRequest, each: (record: CaseRecord, silicon: SiliconIdentity) => void): Promise<void> {
  const child = spawn(compileOracle(), ["--mode", request.mode, "--seed", request.seed, "--count", String(request.count), "--map", request.map, "--hold", String(request.hold ?? 1)], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | null>((resolve, reject) => { child.on("error", reject).on("close", resolve); });
  const stream = new RecordStream();
  let silicon: SiliconIdentity | undefined;
  for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) stream.push(chunk, (record) => each(record, (silicon ??= identityOf(stream.header!))));
  const code = await ended;
  if (code !== 0) throw new Error(`the silicon oracle ended with status ${code}`);
}
