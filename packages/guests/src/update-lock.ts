import type { Host } from "@ringzero/host";
import { PrivateApt } from "./apt.ts";
import { INTERPRETERS } from "./interpreters.ts";
import type { LockedPackage } from "./lock-file.ts";

/** The newest packages that the machine's archive has for the guests: Debian's kernels, and busybox, Lua and Python with their libraries, for both architectures. */
export async function newestPackages(host: Host): Promise<LockedPackage[]> {
  const locked: LockedPackage[] = [];
  for (const architecture of ["amd64", "i386"] as const) {
    const apt = await PrivateApt.open(host, architecture);
    try {
      const image = architecture === "i386" ? "linux-image-686" : "linux-image-cloud-amd64", kernel = (await apt.show(image))[0]?.depends.split(" ")[0];
      if (!kernel) throw new Error(`The archive has no ${image} for ${architecture}.`);
      const names = ["busybox-static", kernel, ...INTERPRETERS];
      for (const name of names) {
        const newest = (await apt.show(name))[0];
        if (!newest) throw new Error(`The archive has no ${name} for ${architecture}.`);
        locked.push({ name, architecture, version: newest.version, sha256: newest.sha256 });
      }
    } finally {
      await apt.close();
    }
  }
  return locked;
}

/** The text of lock.table.ts for a list of packages. */
export function lockTable(packages: readonly LockedPackage[]): string {
  const rows = packages.map((p) => `  { name: ${JSON.stringify(p.name)}, architecture: ${JSON.stringify(p.architecture)}, version: ${JSON.stringify(p.version)}, sha256: ${JSON.stringify(p.sha256)} },\n`);
  return `import type { LockedPackage } from "./lock-file.ts";\n\n/** The packages that guests are made of. \`npm run guests:update\` records newer ones where the archive has moved on. */\nexport const LOCKED_PACKAGES: readonly LockedPackage[] = [\n${rows.join("")}];\n`;
}
