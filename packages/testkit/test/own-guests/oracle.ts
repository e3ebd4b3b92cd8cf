import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ownGuests, type OwnGuest, type OwnGuestName } from "@ringzero/guests";
import { captureProcess, type Capture } from "../../src/oracle/captured-process.ts";
import { findProgram } from "../../src/oracle/programs.ts";
import { ScratchDirectory } from "../../src/oracle/scratch-directory.ts";

const QEMU = "qemu-system-i386";
/** Why a test that asks the oracle is skipped, undefined where it is there. */
export const withoutQemu: string | undefined = ((found) => ("absent" in found ? found.absent : undefined))(findProgram(QEMU));

/** Runs a guest on QEMU; the capture's output is what COM1 received, lines ended by "\n". */
export async function onQemu(guest: OwnGuestName | OwnGuest, parameters: (file: string) => string[], enough?: (serial: string) => boolean): Promise<Capture> {
  using scratch = new ScratchDirectory("own-guest");
  const file = join(scratch.path, "image"), qemu = findProgram(QEMU);
  writeFileSync(file, (typeof guest === "string" ? ownGuests[guest] : guest).assemble());
  if ("absent" in qemu) throw new Error(qemu.absent);
  // What the serial port has not passed on when a guest ends QEMU is lost: a file takes each byte at once, standard output may let it wait.
  const serial = join(scratch.path, "serial");
  const fixed = ["-accel", "tcg", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none", "-vga", "std", "-serial", enough ? "stdio" : `file:${serial}`, "-device", "isa-debug-exit,iobase=0xf4,iosize=4"];
  const capture = await captureProcess(qemu.path, [...fixed, ...parameters(file)], { directory: scratch.path, seconds: 60, enough: enough ?? (() => false) });
  const output = enough ? capture.output : readFileSync(serial, "latin1");
  return { ...capture, output: output.replaceAll("\r\n", "\n") };
}

function goldenFile(name: string): string { return fileURLToPath(new URL(`golden/${name}.txt`, import.meta.url)); }
/** What QEMU printed when the golden was last accepted. */
export function golden(name: string): string { return readFileSync(goldenFile(name), "utf8"); }
/** QEMU's output is to be compared with the golden; under `npm run accept` it becomes the golden. */
export function goldenOr(name: string, output: string): string {
  if (process.env["RINGZERO_ACCEPT"] === "1") writeFileSync(goldenFile(name), output);
  return golden(name);
}
