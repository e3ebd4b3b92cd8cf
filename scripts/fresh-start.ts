// What a newcomer does, measured: a fresh clone with an empty HOME, `npm start` until the page has Linux and two containers at their prompts, an end that leaves no process; then a second
// start, offline, which must be at all three prompts within 5 s of its command. `node scripts/fresh-start.ts [--test] [--keep DIR] [--second-only DIR]`: with --test `npm test` in the clone as
// well; --keep makes clone and home in DIR and leaves them there; --second-only measures the second start in what --keep left. Needs git, npm, a Chromium; a network of its own needs root or user
// namespaces.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve as absolute } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FreshBrowser } from "./fresh-page.ts";

const root = fileURLToPath(new URL("..", import.meta.url)), script = fileURLToPath(import.meta.url);
/** A second start has everything at its prompt within so many seconds of its command, in a browser that runs. */
const SECOND_START = 5;

/** The environment of somebody who has just logged in for the first time. */
function freshEnvironment(home: string): NodeJS.ProcessEnv {
  const { XDG_DATA_HOME: _data, XDG_CACHE_HOME: _cache, XDG_CONFIG_HOME: _config, DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const path = (env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.startsWith(root) && !folder.includes("node_modules")).join(delimiter);
  // npm hands the settings of whoever runs this on to its scripts: a cache that is not empty, for one. Only the way to the registry is theirs to keep.
  for (const name of Object.keys(env)) if (/^npm_/i.test(name) && !/^npm_config_(?:registry|cafile)$/i.test(name)) delete env[name];
  return { ...env, HOME: home, PATH: path };
}

/** Processes whose working directory or command is below a folder. */
function processesOf(folder: string): readonly number[] {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    if (pid === process.pid || pid === process.ppid) return false;
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) || readlinkSync(`/proc/${pid}/exe`).startsWith(folder);
    } catch { return false; }
  });
}

/** `npm start`; resolves with the page's address. */
async function npmStart(clone: string, env: NodeJS.ProcessEnv): Promise<{ readonly child: ChildProcess; readonly url: string }> {
  const child = spawn("npm", ["start", "--", "--no-open", "--port", "0"], { cwd: clone, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const url = await new Promise<string>((resolve, reject) => {
    let said = "";
    const hear = (bytes: Buffer): void => {
      process.stdout.write(bytes.toString().replaceAll(/^(?=.)/gm, "  | "));
      said += bytes.toString();
      const match = /Ready after .*(http:\/\/localhost:\d+\/)/.exec(said);
      if (match) resolve(match[1]!);
    };
    child.stdout!.on("data", hear);
    child.stderr!.on("data", hear);
    child.on("exit", (code) => reject(new Error(`npm start ended with ${code}: ${said.slice(-500)}`)));
  });
  return { child, url };
}

/** One start, its end by Ctrl-C, and what it left. The browser runs before the clock does. Seconds from the command on until all were at their prompts. */
async function start(clone: string, home: string): Promise<{ readonly prompts: number; readonly restored: boolean }> {
  const before = processesOf(clone), left = (): readonly number[] => processesOf(clone).filter((pid) => !before.includes(pid)), launched = performance.now();
  await using browser = await FreshBrowser.start();
  console.log(`  browser running, an empty page open: ${((performance.now() - launched) / 1000).toFixed(2)} s, not counted below`);
  const began = performance.now(), seconds = (): number => (performance.now() - began) / 1000, phase = (what: string): void => console.log(`  ${seconds().toFixed(2).padStart(7)} s  ${what}`);
  const { child, url } = await npmStart(clone, freshEnvironment(home));
  phase("page served");
  try {
    const restored = await browser.prompts(url, phase), prompts = seconds(), ended = new Promise((resolve) => child.on("exit", resolve));
    // As a terminal does it: to everybody in the foreground.
    process.kill(-child.pid!, "SIGINT");
    await ended;
    for (let tries = 0; left().length > 0; tries++) {
      if (tries === 50) throw new Error(`Ctrl-C left processes: ${left().join(" ")}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { prompts, restored };
  } finally {
    try { process.kill(-child.pid!, "SIGKILL"); } catch { /* It has ended. */ }
  }
}

/** The second start, where there is no network but this computer itself. */
async function second(clone: string, home: string): Promise<void> {
  const { prompts, restored } = await start(clone, home);
  console.log(`second start, offline: all at their prompts after ${prompts.toFixed(2)} s, ${restored ? "Linux from the snapshot" : "Linux NOT from the snapshot"}, no process left`);
  if (!restored) throw new Error("The second start did not restore the snapshot.");
  if (prompts > SECOND_START) throw new Error(`The second start took ${prompts.toFixed(2)} s; ${SECOND_START} are allowed. On a busy machine try again.`);
}
/** `second` in a network namespace with a loopback device and nothing else. Whether it was good. */
function secondOffline(place: string): boolean {
  const alone = process.getuid?.() === 0 ? ["-n"] : ["-rn"];
  const offline = spawnSync("unshare", [...alone, "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh", process.execPath, script, "--second-here", place], { stdio: "inherit" });
  if (offline.error) throw offline.error;
  return offline.status === 0;
}

/** Everything, in a directory that goes afterwards unless it is to be kept. Whether all was good. */
async function whole(keep: string | undefined, test: boolean): Promise<boolean> {
  const place = keep === undefined ? mkdtempSync(join(tmpdir(), "ringzero-fresh-")) : absolute(keep), [clone, home] = placesIn(place);
  try {
    if (existsSync(clone)) throw new Error(`${clone} exists: a first start needs a new directory.`);
    mkdirSync(home, { recursive: true });
    const cloned = spawnSync("git", ["clone", "--quiet", "--no-hardlinks", root, clone], { stdio: "inherit" });
    if (cloned.status !== 0) throw new Error("git clone failed.");
    const { prompts, restored } = await start(clone, home);
    console.log(`first start: all at their prompts after ${prompts.toFixed(1)} s, ${restored ? "Linux from the snapshot made meanwhile" : "Linux booted in the page"}, no process left`);
    const good = secondOffline(place);
    return (!test || spawnSync("npm", ["test"], { cwd: clone, env: freshEnvironment(home), stdio: "inherit" }).status === 0) && good;
  } finally {
    if (keep === undefined) rmSync(place, { recursive: true, force: true });
  }
}
function placesIn(place: string): readonly [clone: string, home: string] { return [join(place, "clone"), join(place, "home")]; }

const { values } = parseArgs({ options: { test: { type: "boolean", default: false }, keep: { type: "string" }, "second-only": { type: "string" }, "second-here": { type: "string" } } });
try {
  if (values["second-here"] !== undefined) await second(...placesIn(absolute(values["second-here"])));
  else if (!(values["second-only"] === undefined ? await whole(values.keep, values.test) : secondOffline(absolute(values["second-only"])))) process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
