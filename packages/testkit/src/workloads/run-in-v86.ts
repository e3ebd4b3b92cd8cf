// Boots a kernel in v86 (npm): its serial console goes to standard output as it comes. Ends when WORKLOADS-DONE has come.
//   node run-in-v86.ts BIOS VGABIOS KERNEL INITRD COMMANDLINE MEBIBYTES
import { readFileSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DONE } from "./system-image.ts";

interface Emulator { add_listener(event: string, listener: (byte: number) => void): void }
type Constructor = new (options: { readonly [name: string]: unknown }) => Emulator;

const [bios = "", vga = "", kernel = "", initrd = "", commandLine = "", mebibytes = "512"] = process.argv.slice(2);
const module = import.meta.resolve("v86"), { V86 } = (await import(module)) as { V86: Constructor };
const blob = (path: string): { readonly buffer: ArrayBuffer } => ({ buffer: new Uint8Array(readFileSync(path)).buffer });
const emulator = new V86({
  wasm_path: fileURLToPath(new URL("v86.wasm", module)), bios: blob(bios), vga_bios: blob(vga), bzimage: blob(kernel), initrd: blob(initrd), cmdline: commandLine,
  memory_size: Number(mebibytes) * 2 ** 20, vga_memory_size: 8 << 20, autostart: true, disable_keyboard: true, disable_mouse: true, disable_speaker: true,
});
let line = "";
emulator.add_listener("serial0-output-byte", (byte) => {
  writeSync(1, Uint8Array.of(byte));
  line = byte === 10 ? "" : line + String.fromCharCode(byte);
  if (line === DONE) process.exit(0);
});
