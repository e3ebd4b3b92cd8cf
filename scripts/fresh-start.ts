// What a newcomer does, measured: a fresh clone with an empty HOME, `npm start` until the page has Linux and two containers at their prompts, an end that leaves no process; then a second
// start, offline. `node scripts/fresh-start.ts [--test]`: with --test `npm test` in the clone as well. Needs git, npm, a Chromium; a network of its own needs root or user namespaces.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";

const root = fileURLToPath(new URL("..", import.meta.url)), script = fileURLToPath(import.meta.url);
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
/** A second start is ready within so many seconds. */
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
      process.stdout.write(bytes.toString().replaceAll(/^/gm, "  | "));
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

/** Opens the page and waits until everything on it is at its prompt. Whether Linux came from a snapshot. */
async function promptsOf(url: string): Promise<boolean> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  try {
    const page = await browser.newPage();
    await page.goto(url);
    for (const tile of ["linux", "busybox32", "busybox64"]) {
      await page.waitForFunction((name) => {
        const place = document.querySelector(`[data-terminal="${name}"]`) as unknown as { terminal?: { buffer: { active: { length: number; getLine(i: number): { translateToString(trim: boolean): string } | undefined } } } } | null;
        const active = place?.terminal?.buffer.active;
        return active !== undefined && Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? "").some((line) => /:~#\s*$/.test(line));
      }, tile, { timeout: 120_000 });
    }
    // The console that came with the snapshot ends in a prompt too: the page says when Linux has answered.
    const state = await page.waitForFunction(() => /(restored from a snapshot|booted cold), at its prompt/.exec(document.querySelector(".boot-state")?.textContent ?? "")?.[1], undefined, { timeout: 120_000 });
    return (await state.jsonValue()) === "restored from a snapshot";
  } finally {
    await browser.close();
  }
}

/** One start, its end by Ctrl-C, and what it left. Seconds until the address was there, and until all were at their prompts. */
async function start(clone: string, env: NodeJS.ProcessEnv): Promise<{ readonly served: number; readonly prompts: number; readonly restored: boolean }> {
  const began = performance.now(), seconds = (): number => (performance.now() - began) / 1000, { child, url } = await npmStart(clone, env), served = seconds();
  try {
    const restored = await promptsOf(url), prompts = seconds(), ended = new Promise((resolve) => child.on("exit", resolve));
    // As a terminal does it: to everybody in the foreground.
    process.kill(-child.pid!, "SIGINT");
    await ended;
    for (let tries = 0; processesOf(clone).length > 0; tries++) {
      if (tries === 50) throw new Error(`Ctrl-C left processes: ${processesOf(clone).join(" ")}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { served, prompts, restored };
  } finally {
    try { process.kill(-child.pid!, "SIGKILL"); } catch { /* It has ended. */ }
  }
}

/** The second start, where there is no network but this computer itself. */
async function second(clone: string, home: string): Promise<void> {
  const { served, prompts, restored } = await start(clone, freshEnvironment(home));
  console.log(`second start, offline: served after ${served.toFixed(1)} s, all at their prompts after ${prompts.toFixed(1)} s (browser included), ${restored ? "from the snapshot" : "NOT from the snapshot"}, no process left`);
  if (!restored) throw new Error("The second start did not restore the snapshot.");
  if (served > SECOND_START) throw new Error(`The second start took ${served.toFixed(1)} s; ${SECOND_START} are allowed. On a busy machine try again.`);
}

const [verb, ...args] = process.argv.slice(2);
if (verb === "--second") await second(args[0]!, args[1]!);
else {
  const place = mkdtempSync(join(tmpdir(), "ringzero-fresh-")), clone = join(place, "clone"), home = join(place, "home");
  try {
    mkdirSync(home);
    const cloned = spawnSync("git", ["clone", "--quiet", "--no-hardlinks", root, clone], { stdio: "inherit" });
    if (cloned.status !== 0) throw new Error("git clone failed.");
    const { served, prompts, restored } = await start(clone, freshEnvironment(home));
    console.log(`first start: served after ${served.toFixed(1)} s, all at their prompts after ${prompts.toFixed(1)} s, ${restored ? "Linux from the snapshot made meanwhile" : "Linux booted in the page"}, no process left`);
    const alone = process.getuid?.() === 0 ? ["-n"] : ["-rn"];
    const offline = spawnSync("unshare", [...alone, "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$@"', "sh", process.execPath, script, "--second", clone, home], { stdio: "inherit" });
    if (offline.error) throw offline.error;
    if (offline.status !== 0) process.exitCode = 1;
    if (verb === "--test") {
      const tested = spawnSync("npm", ["test"], { cwd: clone, env: freshEnvironment(home), stdio: "inherit" });
      if (tested.status !== 0) process.exitCode = 1;
    }
  } finally {
    if (existsSync(place)) rmSync(place, { recursive: true, force: true });
  }
}
