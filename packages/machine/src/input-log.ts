/** Something that reached a tenant from outside: the only thing that can make two runs differ. */
export interface Input {
  /** Where it enters, such as "serial0" or "net0"; `"clock"` is a correction of the clock. */
  readonly port: string;
  /** What enters; empty for a correction. */
  readonly bytes: Uint8Array;
  /** Nanoseconds of a correction; 0 otherwise. */
  readonly nanoseconds: number;
}

/** An input and where in the run it was admitted. */
export interface LoggedInput extends Input {
  /** Instructions retired when it entered: the same instant in every engine. */
  readonly retired: number;
  /** Virtual nanoseconds when it entered; tells how long an idle tenant had been idle by then. */
  readonly time: number;
  /** Events that the tenant's queue had fired when it entered: the order of inputs and events of one instant. */
  readonly fired: number;
}

const MAGIC = "ringzero input log 1\n";

/** The inputs of a run in order: with the tenant's snapshot or configuration it is all that a replay needs. */
export class InputLog {
  readonly #inputs: LoggedInput[] = [];

  /** The inputs so far. */
  get inputs(): readonly LoggedInput[] {
    return this.#inputs;
  }
  /** Adds an input. Throws an Error where it comes before the last one: that would be a bug of the tenant's loop. */
  add(input: LoggedInput): void {
    const last = this.#inputs.at(-1);
    if (last && (input.retired < last.retired || input.time < last.time || input.fired < last.fired)) throw new Error(`An input at instruction ${input.retired} is logged after one at ${last.retired}.`);
    this.#inputs.push(input);
  }

  /** The log as a file: one line of JSON for each input, bytes in hexadecimal. */
  toText(): string {
    const lines = this.#inputs.map(({ retired, time, fired, port, bytes, nanoseconds }) => JSON.stringify({ retired, time, fired, port, bytes: toHex(bytes), nanoseconds }));
    return MAGIC + lines.map((line) => `${line}\n`).join("");
  }
  /** Reads such a file. Throws an Error that names the line it does not understand. */
  static parse(text: string): InputLog {
    if (!text.startsWith(MAGIC)) throw new Error("This is no input log of a version that this program reads.");
    const log = new InputLog();
    const lines = text.slice(MAGIC.length).split("\n");
    lines.forEach((line, n) => {
      if (line === "" && n === lines.length - 1) return;
      try {
        log.add(parseInput(line));
      } catch (cause) {
        throw new Error(`Line ${n + 2} of the input log is damaged.`, { cause });
      }
    });
    return log;
  }
}

function parseInput(line: string): LoggedInput {
  const { retired, time, fired, port, bytes, nanoseconds } = JSON.parse(line) as Record<keyof LoggedInput, unknown>;
  const [at, when, after, correction] = [retired, time, fired, nanoseconds].map((value) => {
    if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error("A count or time is missing or is none.");
    return value as number;
  }) as [number, number, number, number];
  if (typeof port !== "string" || typeof bytes !== "string") throw new Error("The port or its bytes are missing.");
  return { retired: at, time: when, fired: after, port, bytes: fromHex(bytes), nanoseconds: correction };
}
function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("The bytes are not hexadecimal.");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(i * 2, i * 2 + 2), 16));
}
