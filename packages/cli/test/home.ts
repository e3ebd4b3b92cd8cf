import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeHost } from "@ringzero/host/node";
import { Guests, ownGuests } from "@ringzero/guests";

const BIN = fileURLToPath(new URL("../bin/ringzero.mjs", import.meta.url));
/** The checkout's store, where guests are prepared. */
export const STORE: string = fileURLToPath(new URL("../../../.cache/store", import.meta.url));

const guests = new Guests(nodeHost({ storeDirectory: STORE }));
/** Whether Debian's guests are there: a test that needs one is skipped where they are not, and fails with REQUIRE_GUESTS=1. */
export const hasLinux: boolean = required(await guests.get("linux-i386") !== undefined), hasBusybox: boolean = required(await guests.get("busybox-amd64") !== undefined && await guests.get("busybox-i386") !== undefined);
function required(there: boolean): boolean {
  if (!there && process.env["REQUIRE_GUESTS"] === "1") throw new Error("Guests are not prepared. Run npm run guests.");
  return there;
}

/** A command that has ended. */
export interface Ended { readonly status: number | null; readonly signal: NodeJS.Signals | null; readonly out: string; readonly bytes: Buffer; readonly err: string }

/** Looks at what a command has said, until it will never say it. */
const LOOKS = 4000;

/** A command that runs. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #out: Buffer[] = [];
  #err = "";

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout!.on("data", (bytes: Buffer) => { this.#out.push(bytes); });
    child.stderr!.on("data", (bytes: Buffer) => { this.#err += bytes.toString(); });
    child.stdin!.on("error", () => {});
    this.ended = new Promise((resolve) => child.on("close", (status, signal) => resolve({ status, signal, out: this.out, bytes: Buffer.concat(this.#out), err: this.#err })));
  }
  /** What it has printed so far. */
  get out(): string { return Buffer.concat(this.#out).toString(); }
  get err(): string { return this.#err; }
  /** Waits until it has printed something. Looks are counted and not the time: where the host stops for a while this does, too. */
  async said(expected: RegExp | string): Promise<void> {
    const seen = (): boolean => (typeof expected === "string" ? this.out.includes(expected) : expected.test(this.out));
    for (let looks = 0; looks < LOOKS && !seen(); looks++) await new Promise((resolve) => setTimeout(resolve, 20));
    if (!seen()) throw new Error(`It did not say ${String(expected)} but ${JSON.stringify(this.out.slice(-500))}, and ${JSON.stringify(this.#err.slice(-500))}`);
  }
  type(text: string): void { this.child.stdin!.write(text); }
}

/** A home with a machine of its own, which is gone at the end of the scope. */
export class Home implements AsyncDisposable {
  readonly directory: string = mkdtempSync(join(tmpdir(), "rz-"));
  readonly environment: NodeJS.ProcessEnv;
  readonly #running: Running[] = [];

  /** `store` is the directory of the store; the checkout's if not said. */
  constructor(environment: NodeJS.ProcessEnv = {}) {
    const { RINGZERO_LIFELINE: _, ...inherited } = process.env;
    this.environment = { ...inherited, HOME: this.directory, XDG_RUNTIME_DIR: this.directory, XDG_DATA_HOME: join(this.directory, "data"), RINGZERO_STORE: STORE, NO_COLOR: "1", ...environment };
  }
  /** Where the machine's log, lock and socket are. */
  get runtime(): string { return join(this.directory, "ringzero"); }
  /** Starts the command. */
  start(args: readonly string[], options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Running {
    const running = new Running(spawn(process.execPath, ["--", BIN, ...args], { env: { ...this.environment, ...options.env }, cwd: options.cwd ?? this.directory, stdio: ["pipe", "pipe", "pipe"] }));
    this.#running.push(running);
    return running;
  }
  /** The command behind a terminal of its own, by script(1). */
  onTerminal(args: readonly string[]): Running {
    const quoted = [process.execPath, "--", BIN, ...args].map((a) => `'${a.replaceAll("'", "'\\''")}'`).join(" ");
    const running = new Running(spawn("script", ["-qefc", quoted, "/dev/null"], { env: { ...this.environment, TERM: "xterm" }, cwd: this.directory, stdio: ["pipe", "pipe", "pipe"] }));
    this.#running.push(running);
    return running;
  }
  /** Runs the command to its end. Standard input is at its end after `input`. */
  async run(args: readonly string[], options: { readonly input?: string | Uint8Array; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {}): Promise<Ended> {
    const running = this.start(args, options);
    running.child.stdin!.end(options.input ?? "");
    return await running.ended;
  }
  /** A file in the home. */
  file(name: string, contents: string | Uint8Array): string {
    const path = join(this.directory, name);
    writeFileSync(path, contents);
    return path;
  }
  /** One of our own guests as a file. */
  guest(name: "ring-tour" | "boot-sector" | "hello-amd64"): string { return this.file(name, ownGuests[name].assemble()); }
  /** The machine's process, undefined where it is not running. */
  async pid(): Promise<number | undefined> { return (JSON.parse((await this.run(["info", "--json"])).out) as { readonly pid: number } | null)?.pid; }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child } of this.#running) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    const pid = await this.pid();
    await this.run(["shutdown"]);
    if (pid !== undefined && alive(pid)) throw new Error(`The machine, process ${pid}, is still there.`);
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Whether a process is there, and not a zombie. */
export function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z /s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
