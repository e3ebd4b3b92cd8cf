import type { Host } from "@ringzero/host";
import { busyboxApplets } from "./applets.ts";
import { PrivateApt } from "./apt.ts";
import { packageFile, unpackDeb, type PackageFile } from "./deb.ts";
import { busyboxInitramfs } from "./initramfs.ts";
import { INTERPRETERS, interpretersRoot } from "./interpreters.ts";
import { lockedPackage, type LockedPackage } from "./lock-file.ts";
import { LOCKED_PACKAGES } from "./lock.table.ts";

/** Guests made of a distribution's packages. */
export type GuestName = "linux-i386" | "linux-amd64" | "busybox-i386" | "busybox-amd64" | "interpreters-i386" | "interpreters-amd64";

/** What a guest consists of: each name is a file of it. */
export interface Guest {
  /** A bzImage. */
  readonly kernel?: Uint8Array;
  /** A cpio archive. */
  readonly initrd?: Uint8Array;
  /** The program itself, a static ELF executable. */
  readonly busybox?: Uint8Array;
  /** The names that it goes by. */
  readonly applets?: readonly string[];
  /** A root directory with lua5.4, python3.11 and the libraries that they are linked with, as a cpio archive. */
  readonly root?: Uint8Array;
}

/** Told how far a preparation is: a sentence, and done of all steps. */
export type Progress = (step: string, done: number, all: number) => void;

/** Files of each guest as they are kept. */
const FILES: { readonly [name in GuestName]: readonly (keyof Guest)[] } = {
  "linux-i386": ["kernel", "initrd"], "linux-amd64": ["kernel", "initrd"], "busybox-i386": ["busybox"], "busybox-amd64": ["busybox"], "interpreters-i386": ["root"], "interpreters-amd64": ["root"],
};

/**
 * Prepared guests, kept in the host's store under the versions of the packages that they are made of: prepared once, offline afterwards.
 */
export class Guests {
  readonly #host: Host;
  readonly #packages: readonly LockedPackage[];
  constructor(host: Host, packages: readonly LockedPackage[] = LOCKED_PACKAGES) {
    this.#host = host;
    this.#packages = packages;
  }

  #needed(name: GuestName): readonly LockedPackage[] {
    const architecture = name.endsWith("-amd64") ? "amd64" : "i386", packages = name.startsWith("interpreters-") ? INTERPRETERS : name.startsWith("linux-") ? ["busybox-static", "linux-image-"] : ["busybox-static"];
    return packages.map((p) => lockedPackage(this.#packages, p, architecture));
  }
  /** Key of a guest's file: it changes with any package of it. */
  #key(name: GuestName, file: string): string { return `guests/${name}/${this.#needed(name).map((p) => p.sha256.slice(0, 12)).join("-")}/${file}`; }

  /** Where a guest's files are in the store, or will be once it is prepared. */
  keys(name: GuestName): { readonly [file in keyof Guest]?: string } {
    return Object.fromEntries(FILES[name].map((file) => [file, this.#key(name, file)]));
  }
  /** A prepared guest, undefined where it has not been prepared. */
  async get(name: GuestName): Promise<Guest | undefined> {
    const guest: { -readonly [K in keyof Guest]: Guest[K] } = {};
    for (const file of FILES[name]) {
      const bytes = await this.#host.store.get(this.#key(name, file));
      if (!bytes) return undefined;
      guest[file as "kernel" | "initrd" | "busybox" | "root"] = bytes;
    }
    if (guest.busybox) guest.applets = busyboxApplets(guest.busybox);
    return guest;
  }

  /**
   * Prepares a guest: downloads its packages, checks their hashes, takes out what is needed. Returns at once where that has been done. Rejects with
   * an Error that says what to do where the machine has no apt, no network, or the archive has moved on.
   */
  async prepare(name: GuestName, progress: Progress = () => {}): Promise<Guest> {
    const known = await this.get(name);
    if (known) return known;
    const needed = this.#needed(name), all = needed.length * 2 + 2;
    let done = 0;
    const step = (text: string): void => progress(text, done++, all);
    step("reading the package lists");
    const apt = await PrivateApt.open(this.#host, needed[0]!.architecture);
    try {
      const made: { [file: string]: Uint8Array } = {}, interpreters: PackageFile[] = [];
      let busybox: Uint8Array | undefined;
      for (const p of needed) {
        step(`downloading ${p.name}`);
        const bytes = await apt.download(p);
        step(`unpacking ${p.name}`);
        if (FILES[name].includes("root")) {
          interpreters.push(...await unpackDeb(bytes));
          continue;
        }
        const kernel = p.name.startsWith("linux-image-");
        const files = await unpackDeb(bytes, (path) => path === "/bin/busybox" || path.startsWith("/boot/vmlinuz-"));
        if (kernel) made["kernel"] = packageFile(files, files.find((f) => f.path.startsWith("/boot/vmlinuz-"))?.path ?? "/boot/vmlinuz");
        else busybox = packageFile(files, "/bin/busybox");
      }
      step("making file systems");
      if (FILES[name].includes("root")) made["root"] = interpretersRoot(interpreters);
      else if (FILES[name].includes("initrd")) made["initrd"] = busyboxInitramfs(busybox!, busyboxApplets(busybox!));
      else made["busybox"] = busybox!;
      for (const [file, bytes] of Object.entries(made)) await this.#host.store.set(this.#key(name, file), bytes);
      progress("ready", all, all);
      return (await this.get(name))!;
    } finally {
      await apt.close();
    }
  }
}
