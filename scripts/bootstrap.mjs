// `npm start`, `npm test` and their like on a machine that has only Node >= 20 and npm: installs with the pinned pnpm, then runs a
// command with node_modules/.bin, and so the pinned Node, first on PATH.
//
//   node scripts/bootstrap.mjs <command> [argument...]
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const { packageManager } = JSON.parse(readFileSync(`${root}/package.json`, "utf8"));
process.env.PATH = `${root}/node_modules/.bin${delimiter}${process.env.PATH}`;
process.env.TURBO_TELEMETRY_DISABLED ??= "1";

/** Runs a command, hands signals on to it, and returns its exit status. Its output goes to standard error where `quiet`. */
function run(quiet, command, ...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: quiet ? ["ignore", 2, 2] : "inherit" });
    const pass = (signal) => child.kill(signal);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, pass);
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, pass);
      resolve(signal ? 1 : code);
    });
  });
}

process.exitCode =
  (await run(true, "npx", "--yes", packageManager, "install", "--frozen-lockfile", "--prefer-offline")) ||
  (await run(false, ...process.argv.slice(2)));
