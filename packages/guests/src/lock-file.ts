/** One package of a distribution, pinned. */
export interface LockedPackage {
  /** Package name. */
  readonly name: string;
  /** Debian's name of the architecture. */
  readonly architecture: "i386" | "amd64";
  /** deb-version(7). */
  readonly version: string;
  /** SHA-256 of the package file, in hexadecimal. */
  readonly sha256: string;
}

/** The pinned package of a name; `linux-image-` stands for whichever kernel is pinned. Throws an Error where there is none. */
export function lockedPackage(packages: readonly LockedPackage[], prefix: string, architecture: LockedPackage["architecture"]): LockedPackage {
  const found = packages.find((p) => p.name.startsWith(prefix) && p.architecture === architecture);
  if (!found) throw new Error(`No package "${prefix}" for ${architecture} is pinned: record it with \`npm run guests:update\`.`);
  return found;
}
