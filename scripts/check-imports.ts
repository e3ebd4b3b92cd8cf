// The import rules of the architecture: a package imports only packages of a lower layer, only those listed, only through their
// `exports`; `node:*` and DOM globals appear only where the platform may.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each package may import at run time; `testkit` is for development and may import any. */
const MAY_IMPORT: { readonly [name: string]: readonly string[] } = {
  bits: [], wasm: [], host: [],
  machine: ["bits", "host"], "linux-abi": ["bits"],
  x86: ["bits", "wasm", "machine"], devices: ["bits", "machine", "host"], vfs: ["bits", "linux-abi", "machine", "host"], net: ["bits", "machine", "host"],
  guests: ["bits", "host", "vfs", "x86"], hypervisor: ["bits", "host", "machine", "x86", "devices", "vfs", "net"],
  kernel: ["bits", "machine", "x86", "linux-abi", "vfs", "net"],
  oci: ["bits", "host", "vfs", "guests"], container: ["host", "machine", "linux-abi", "vfs", "kernel", "oci"],
  contrast: ["host", "machine", "hypervisor", "container", "guests"],
  service: ["host", "machine", "hypervisor", "container", "contrast", "guests", "oci", "net"], cli: ["host", "service"],
};
/** Folders in which `node:*` may be imported. */
const NODE_ALLOWED = /^packages\/(?:host\/src\/node|service\/src\/node|cli|testkit)\/|^apps\//;

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) { if (entry.name !== "node_modules" && entry.name !== "dist") yield* sources(path); }
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

const problems: string[] = [];
let files = 0;
for (const name of readdirSync(join(root, "packages"))) {
  const src = `packages/${name}/src`;
  if (!existsSync(join(root, src))) continue;
  const allowed = name === "testkit" ? undefined : MAY_IMPORT[name];
  if (name !== "testkit" && !allowed) problems.push(`packages/${name}: not in the table of scripts/check-imports.ts`);
  const exportsOf = (other: string): { [key: string]: unknown } => (JSON.parse(readFileSync(join(root, `packages/${other}/package.json`), "utf8")) as { exports: { [key: string]: unknown } }).exports;
  for (const file of sources(src)) {
    files++;
    const text = readFileSync(join(root, file), "utf8");
    for (const match of text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)["']([^"']+)["']/g)) {
      const target = match[1]!;
      const own = /^@ringzero\/([^/]+)(\/.*)?$/.exec(target);
      if (own) {
        const [, other = "", sub = ""] = own;
        if (allowed && !allowed.includes(other)) problems.push(`${file}: imports ${target}, which ${name} may not`);
        else if (existsSync(join(root, `packages/${other}`)) && !(`.${sub}` in exportsOf(other))) problems.push(`${file}: ${target} is not among that package's exports`);
        if (sub === "/internals" && name !== "testkit") problems.push(`${file}: ${target} is for tests and tools only`);
      } else if (target.startsWith("node:")) {
        if (!NODE_ALLOWED.test(file)) problems.push(`${file}: imports ${target}; the platform is reached through @ringzero/host`);
      } else if (target.startsWith(".") && target.split("/").filter((p) => p === "..").length >= file.split("/").length - 2) problems.push(`${file}: ${target} leaves the package`);
    }
    if (/\.hot\.ts$/.test(file) && /\bnew\s|\bfor\s*\(\s*(?:const|let)[^;]*\bof\b|\basync\b|\btry\b/.test(text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ""))) problems.push(`${file}: a hot file must not allocate, iterate, await or catch`);
  }
}
for (const p of problems) console.error(p);
console.log(`imports: ${files} files, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
