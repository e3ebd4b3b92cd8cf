// Guests: `node scripts/guests.ts prepare [NAME…]` downloads and unpacks those of distribution packages, `update` records newer versions, `own [FOLDER]` writes our own small ones as files.
import { mkdirSync, writeFileSync } from "node:fs";
import { nodeHost } from "@ringzero/host/node";
import { Guests, lockTable, newestPackages, ownGuests, type GuestName } from "@ringzero/guests";

const NAMES: readonly GuestName[] = ["linux-i386", "busybox-i386", "busybox-amd64"];
const [verb = "prepare", ...names] = process.argv.slice(2);
const host = nodeHost({ storeDirectory: new URL("../.cache/store", import.meta.url).pathname });
if (verb === "update") {
  writeFileSync(new URL("../packages/guests/src/lock.table.ts", import.meta.url), lockTable(await newestPackages(host)));
  console.log("packages/guests/src/lock.table.ts");
} else if (verb === "own") {
  const folder = names[0] ?? new URL("../.cache/own-guests", import.meta.url).pathname;
  mkdirSync(folder, { recursive: true });
  console.log(`In ${folder}:`);
  for (const [name, { description, assemble }] of Object.entries(ownGuests)) {
    writeFileSync(`${folder}/${name}`, assemble(), { mode: 0o755 });
    console.log(`${name}: ${description}`);
  }
} else {
  for (const name of names.length > 0 ? (names as GuestName[]) : NAMES) {
    const guest = await new Guests(host).prepare(name, (step, done, all) => console.log(`${name}: ${step} (${done}/${all})`));
    console.log(`${name}: ${Object.entries(guest).map(([f, b]) => `${f} ${(b as Uint8Array).length}`).join(", ")}`);
  }
}
