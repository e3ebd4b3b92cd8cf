import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What an observer saw of a program that prints lines `BEGIN name` and `END name`. */
export interface StampedRun {
  /** Seconds between the arrival of the two lines, by name, by this computer's monotonic clock; in order where a name comes more than once. */
  readonly seconds: ReadonlyMap<string, readonly number[]>;
  /** When each text asked for first came, in seconds since the program was started. */
  readonly marks: ReadonlyMap<string, number>;
  /** Everything that it wrote to standard output. */
  readonly output: string;
  /** Everything that it wrote to standard error. */
  readonly complaint: string;
  /** Its exit status; null where a signal or the time ended it. */
  readonly status: number | null;
}

/** What a run is asked for. */
export interface StampOptions {
  readonly environment?: { readonly [name: string]: string };
  /** Longest time to wait, in seconds. */
  readonly limit: number;
  /** All of it is kept on this processor. */
  readonly processor: number;
  /** It is ended where this text has come. */
  readonly until?: string;
  /** Texts whose arrival is stamped. */
  readonly marks?: readonly string[];
}

/** Finds the lines `BEGIN name` and `END name` in text that arrives in pieces, and when. */
export class Stamps {
  /** Seconds between the two lines, by name, in order. */
  readonly seconds: Map<string, number[]> = new Map();
  readonly #begun = new Map<string, number>();
  #line = "";

  /** Text that has arrived at a time, in seconds. */
  add(text: string, now: number): void {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop()!;
    for (const line of lines) {
      const match = /\b(BEGIN|END) (\S+)\s*$/.exec(line), name = match?.[2] ?? "", begun = this.#begun.get(name);
      if (match?.[1] === "BEGIN") this.#begun.set(name, now);
      else if (match && begun !== undefined) {
        this.seconds.set(name, [...(this.seconds.get(name) ?? []), now - begun]);
        this.#begun.delete(name);
      }
    }
  }
}

/** Where Node keeps what it has made of source files, as `npm start` has it: the same for ours and for peers that are programs for Node. */
const NODE_COMPILE_CACHE: string = fileURLToPath(new URL("../../../../.cache/compile", import.meta.url));

/** Runs a program on one processor, its threads included, and stamps the lines as they arrive. Rejects where it cannot be started. */
export function stampedRun(command: readonly string[], options: StampOptions): Promise<StampedRun> {
  return new Promise((resolve, reject) => {
    const child = spawn("taskset", ["-c", String(options.processor), ...command], { stdio: ["ignore", "pipe", "pipe"], env: { NODE_COMPILE_CACHE, ...process.env, ...options.environment } });
    const started = process.hrtime.bigint(), stamps = new Stamps(), marks = new Map<string, number>();
    let output = "", complaint = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), options.limit * 1000);
    child.stdout.on("data", (data: Buffer) => {
      const now = Number(process.hrtime.bigint() - started) / 1e9, text = data.toString("latin1");
      output += text;
      stamps.add(text, now);
      for (const mark of options.marks ?? []) if (!marks.has(mark) && output.includes(mark)) marks.set(mark, now);
      if (options.until !== undefined && output.includes(options.until)) child.kill("SIGKILL");
    });
    child.stderr.on("data", (data: Buffer) => { complaint += data.toString(); });
    child.on("error", (cause) => { clearTimeout(timer); reject(new Error(`${command[0]} could not be started.`, { cause })); });
    child.on("close", (status) => { clearTimeout(timer); resolve({ seconds: stamps.seconds, marks, output, complaint, status }); });
  });
}
