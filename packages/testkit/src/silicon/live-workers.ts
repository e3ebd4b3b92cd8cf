import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { compileOracle } from "./compile-oracle.ts";
import { liveCases, type LiveRequest } from "./live.ts";
import { addTally, newTally, runCase, type Tally } from "./run-cases.ts";
import { createSubject, type CaseEngineName } from "./subject.ts";

/** A live run. It is cut into parts of PART cases with seeds of their own, so that it comes to the same on any number of workers. */
export interface LiveRun {
  readonly engine: CaseEngineName;
  readonly mode: "32" | "64";
  readonly map: string;
  readonly seed: number;
  readonly count: number;
  /** First differences to keep. */
  readonly show: number;
  readonly workers: number;
}

const PART = 250_000;

interface Part { readonly request: LiveRequest; readonly engine: CaseEngineName; readonly show: number }

function partsOf(run: LiveRun): Part[] {
  const parts: Part[] = [];
  for (let done = 0, n = 0; done < run.count; done += PART, n++) {
    const count = Math.min(PART, run.count - done);
    // The first part has the run's own seed; the others lie far from those that people choose.
    const seed = n === 0 ? String(run.seed) : String((BigInt(run.seed) << 32n) + BigInt(n));
    parts.push({ request: { mode: run.mode, map: run.map, seed, count }, engine: run.engine, show: run.show });
  }
  return parts;
}

/** Runs live cases on `workers` threads; `progress` is told after every part. */
export async function runLive(run: LiveRun, progress: (cases: number, differ: number) => void): Promise<Tally> {
  compileOracle();
  const parts = partsOf(run), tallies: Tally[] = [];
  let cases = 0, differ = 0;
  const done = (n: number, tally: Tally): void => {
    tallies[n] = tally;
    cases += tally.cases;
    differ += tally.differ;
    progress(cases, differ);
  };
  if (run.workers === 1 || parts.length === 1) {
    const play = player(run.engine);
    for (const [n, part] of parts.entries()) done(n, await play(part));
  } else {
    let next = 0;
    await Promise.all(Array.from({ length: Math.min(run.workers, parts.length) }, () => new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: run.engine });
      const ask = (): void => { if (next < parts.length) worker.postMessage([next, parts[next++]]); else worker.postMessage(undefined); };
      worker.on("message", ([n, tally]: [number, Tally]) => { done(n, tally); ask(); });
      worker.on("error", reject).on("exit", () => resolve());
      ask();
    })));
  }
  const all = newTally();
  for (const t of tallies) addTally(all, t, run.show);
  return all;
}

/** Makes an engine and plays parts on it. */
function player(engine: CaseEngineName): (part: Part) => Promise<Tally> {
  const subject = createSubject(engine);
  return async (part) => {
    const tally = newTally();
    await liveCases(part.request, (record, silicon) => runCase(subject, record, silicon, tally, part.show));
    return tally;
  };
}

if (!isMainThread && parentPort && typeof workerData === "string") {
  const port = parentPort, play = player(workerData as CaseEngineName);
  port.on("message", (message: [number, Part] | undefined) => {
    if (!message) port.close();
    else void play(message[1]).then((tally) => port.postMessage([message[0], tally]), (error: unknown) => { throw error; });
  });
}
