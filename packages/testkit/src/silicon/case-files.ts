import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createInterface } from "node:readline";
import { Readable, type Writable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import { caseToRecord } from "./case-json.ts";
import type { RecordedOn, SiliconCase } from "./case.ts";
import { CaseRecord } from "./record.ts";
import { identityFromJson, identityToJson, type SiliconIdentity } from "./silicon-identity.ts";

/** Before a file says what made it: an AMD processor with every feature of the model. */
const UNKNOWN: SiliconIdentity = { vendor: "AuthenticAMD", family: 0, model: 0, stepping: 0, features: { has: () => true } as unknown as ReadonlySet<string> };

/** Reads a file of cases (.jsonl, or .jsonl.gz) and gives each to `each`. */
export async function fileCases(path: string, each: (record: CaseRecord, silicon: SiliconIdentity) => void): Promise<void> {
  const raw = createReadStream(path), record = new CaseRecord(new ArrayBuffer(1 << 16));
  let silicon = UNKNOWN, number = 0;
  for await (const line of createInterface({ input: path.endsWith(".gz") ? raw.pipe(createGunzip()) : raw, crlfDelay: Infinity })) {
    number++;
    if (!line) continue;
    let parsed: SiliconCase | RecordedOn;
    try {
      parsed = JSON.parse(line) as SiliconCase | RecordedOn;
    } catch (cause) {
      throw new Error(`${path}, line ${number}: not JSON`, { cause });
    }
    if ("silicon" in parsed) { silicon = identityFromJson(parsed); continue; }
    caseToRecord(parsed, record);
    each(record, silicon);
  }
}

/** Writes cases as .jsonl.gz, the processor that made them first. */
export async function writeCases(path: string, silicon: SiliconIdentity, cases: readonly SiliconCase[]): Promise<void> {
  const lines = [identityToJson(silicon), ...cases].map((c) => `${JSON.stringify(c)}\n`);
  await pipeline(Readable.from(lines), createGzip({ level: 9 }), createWriteStream(path) as Writable);
}
