// `npm start`, `npm test` and their like on a machine that has only Node >= 20 and npm: installs with the pinned pnpm, then runs a
// command with node_modules/.bin, and so the pinned Node, first on PATH.
//
//   node scripts/bootstrap.mjs <command> [argument...]
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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

/** What decides what is to be installed: the lock file and every manifest of the workspace. */
function wanted() {
  const manifests = ["apps", "packages"].flatMap((folder) => readdirSync(`${root}/${folder}`).map((name) => `${folder}/${name}/package.json`));
  const hash = createHash("sha256").update(process.platform + process.arch);
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json", "docs/package.json", ...manifests.sort()]) if (existsSync(`${root}/${file}`)) hash.update(file).update(readFileSync(`${root}/${file}`));
  return hash.digest("hex");
}
/** Says what was installed last. Asking pnpm takes seconds, and without a network more of them. */
const stamp = `${root}/node_modules/.installed-by-bootstrap`, want = wanted();
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== want || !existsSync(`${root}/node_modules/.bin/node`)) {
  process.exitCode = await run(true, "npx", "--yes", packageManager, "install", "--frozen-lockfile", "--prefer-offline");
  if (process.exitCode === 0) writeFileSync(stamp, want);
}
if (!process.exitCode) process.exitCode = await run(false, ...process.argv.slice(2));
