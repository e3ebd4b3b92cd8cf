import { parseArgs } from "node:util";

/** What `npm start -- …` was told. */
export interface StartOptions {
  /** The port asked for; undefined = the usual one, or the next that is free. */
  readonly port: number | undefined;
  /** Whether a browser is opened where one can be. */
  readonly open: boolean;
  /** Whether the page boots cold although there is a snapshot. */
  readonly cold: boolean;
  /** Whether Debian's packages are to be had: `--own-guests` does without. */
  readonly packages: boolean;
  /** Whether the page is served so that its workers share memory. `--not-isolated`, which is for tests and in no usage, says no. */
  readonly isolated: boolean;
  /** Directory of the store. */
  readonly store: string | undefined;
}

/** The port that is tried first. */
export const USUAL_PORT = 8360;

/** How to call it. */
export const USAGE = `npm start -- [--port N] [--no-open] [--cold] [--own-guests] [--store DIRECTORY]

  --port N           serve on this port; without it on ${USUAL_PORT}, or the next one that is free
  --no-open          open no browser
  --cold             boot Linux anew although there is a snapshot of it at its prompt
  --own-guests       do without Debian's packages: only guests of our own
  --store DIRECTORY  keep guests and snapshots here (default: .cache/store in the checkout)`;

/** Reads the command line. "help" where that was asked for; throws an Error in one sentence where it makes no sense. */
export function startOptions(args: readonly string[]): StartOptions | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) throw new Error(`"${values.port}" is no port: give a number from 0 (any free one) to 65535.`);
  return { port, open: !values["no-open"], cold: values.cold ?? false, packages: !values["own-guests"], isolated: !values["not-isolated"], store: values.store };
}
function parse(args: readonly string[]): { readonly values: { port?: string; "no-open"?: boolean; cold?: boolean; "own-guests"?: boolean; "not-isolated"?: boolean; store?: string; help?: boolean } } {
  try {
    return parseArgs({
      args: [...args],
      options: { port: { type: "string" }, "no-open": { type: "boolean" }, cold: { type: "boolean" }, "own-guests": { type: "boolean" }, "not-isolated": { type: "boolean" }, store: { type: "string" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new Error(`${(error as Error).message.split(". ")[0]!.replace(/\.$/, "")}. See npm start -- --help.`, { cause: error });
  }
}
