import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Compiles oracle.c with the host's C compiler (x86-64 Linux only), once per content: the program's path. */
export function compileOracle(): string {
  if (process.platform !== "linux" || process.arch !== "x64") throw new Error("the silicon oracle needs an x86-64 Linux host: give files with recorded cases instead");
  const source = fileURLToPath(new URL("./oracle.c", import.meta.url));
  const folder = fileURLToPath(new URL("../../../../.cache/silicon/", import.meta.url));
  const program = `${folder}oracle-${createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 12)}`;
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    execFileSync("cc", ["-O2", "-o", `${program}.${process.pid}`, source], { stdio: ["ignore", "inherit", "inherit"] });
    renameSync(`${program}.${process.pid}`, program);
  }
  return program;
}
