import type { LockedPackage } from "./lock-file.ts";

/** The packages that guests are made of. `npm run guests:update` records newer ones where the archive has moved on. */
export const LOCKED_PACKAGES: readonly LockedPackage[] = [
  { name: "busybox-static", architecture: "amd64", version: "1:1.35.0-4+deb12u1+b1", sha256: "3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744" },
  { name: "busybox-static", architecture: "i386", version: "1:1.35.0-4+deb12u1+b1", sha256: "725ef9e6fbac4ab79b353165b05005e8c140d6e42177ebbc202ff1e13ded8b7c" },
  { name: "linux-image-6.1.0-50-686", architecture: "i386", version: "6.1.176-1", sha256: "526c469c5148a2b61c4241c3f6575427096575e0ffef9541b6729351c600b3e4" },
];
