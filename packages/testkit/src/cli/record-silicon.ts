// Remakes the recorded silicon cases that `npm test` plays: node packages/testkit/src/cli/record-silicon.ts (x86-64 Linux)
import { mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { writeCases } from "../silicon/case-files.ts";
import { recordToCase } from "../silicon/case-json.ts";
import type { SiliconCase } from "../silicon/case.ts";
import { liveCases } from "../silicon/live.ts";
import { RECORDED_FOLDER, RECORDED_MAPS } from "../silicon/recorded-set.ts";
import { decodeCase, newTally, runCase } from "../silicon/run-cases.ts";
import { Selection } from "../silicon/selection.ts";
import { describeIdentity, type SiliconIdentity } from "../silicon/silicon-identity.ts";
import { createSubject } from "../silicon/subject.ts";

const subject = createSubject("interpreter");
mkdirSync(RECORDED_FOLDER, { recursive: true });
for (const [map, count, limits] of RECORDED_MAPS) {
  for (const mode of ["32", "64"] as const) {
    const selection = new Selection(limits), cases: SiliconCase[] = [], tally = newTally();
    let silicon: SiliconIdentity | undefined;
    await liveCases({ mode, map, seed: "2026", count, hold: 1000 }, (record, identity) => {
      silicon = identity;
      const built = decodeCase(subject, record);
      if (!selection.wants(record, built)) return;
      // What is explained rather than equal has no place in a set that every engine must reproduce on every host.
      const { explained } = tally, before = [...explained.values()].reduce((a, b) => a + b, 0);
      runCase(subject, record, identity, tally, 3);
      if ([...explained.values()].reduce((a, b) => a + b, 0) === before) cases.push(recordToCase(record));
    });
    const file = new URL(`${map}-${mode}.jsonl.gz`, RECORDED_FOLDER);
    await writeCases(fileURLToPath(file), silicon!, cases);
    console.log(`${map}-${mode}: ${cases.length} cases of ${selection.kinds} kinds, ${Math.round(statSync(file).size / 1024)} KiB, ${describeIdentity(silicon!)}, ${tally.differ} differ`);
  }
}
