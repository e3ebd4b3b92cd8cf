#!/usr/bin/env -S node --
// The command as npm links it. In a checkout it hands over to the pinned Node, which runs the sources as they are; as an installed package it runs what was built.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const checkout = existsSync(path("../../../pnpm-workspace.yaml")), pinned = path("../../../node_modules/.bin/node");
if (checkout && !existsSync(pinned)) {
  console.error("This checkout is not set up yet: run \"npm start\" or \"npm test\" first.");
  process.exit(125);
}
// Behind "--" Node leaves options such as --env-file to the command. The pipe ends with this process, however it ends; so the other one learns of it.
const child = spawn(checkout ? pinned : process.execPath, ["--", path(checkout ? "../src/main.ts" : "../dist/main.js"), ...process.argv.slice(2)], {
  stdio: ["inherit", "inherit", "inherit", "pipe"], env: { ...process.env, RINGZERO_LIFELINE: "3" },
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  if (signal) process.exitCode = 128 + (constants.signals[signal] ?? 0);
  else process.exitCode = code ?? 1;
});
