import type { LockedPackage } from "./lock-file.ts";

/** The packages that guests are made of. `npm run guests:update` records newer ones where the archive has moved on. */
export const LOCKED_PACKAGES: readonly LockedPackage[] = [
  { name: "busybox-static", architecture: "amd64", version: "1:1.35.0-4+deb12u1+b1", sha256: "3d3fdbe91d4660c873e14b092c213fe81c1da6362daa236eb25d0171eb108744" },
  { name: "linux-image-6.1.0-56-cloud-amd64", architecture: "amd64", version: "6.1.192-2", sha256: "e7d02b943971edcb8790e256c02cfab3bca6c3d37c1bf25392a57c71300615ee" },
  { name: "lua5.4", architecture: "amd64", version: "5.4.4-3+deb12u1", sha256: "8a7221aa9614911f1236cbb1ba85401bb06f9ac66b51e5f98f31fbdeeca99fa7" },
  { name: "python3.11-minimal", architecture: "amd64", version: "3.11.2-6+deb12u9", sha256: "b5f855ab922dfcd5d1a3223b2118c3dae13ffc7751b0cd5dc24740386323a33a" },
  { name: "libpython3.11-minimal", architecture: "amd64", version: "3.11.2-6+deb12u9", sha256: "69f41cfa3f4ba17284e538f843069d7529c53c207d2ae17a5b02785944870e33" },
  { name: "libc6", architecture: "amd64", version: "2.36-9+deb12u14", sha256: "ba4f88f73dbc3ae9055f3c20f4523bfdbaf1ad13ff95e258924f77d20b4fbedf" },
  { name: "libreadline8", architecture: "amd64", version: "8.2-1.3", sha256: "e02ebbd3701cf468dbf98d6d917fbe0325e881f07fe8b316150c8d2a64486e66" },
  { name: "libtinfo6", architecture: "amd64", version: "6.4-4", sha256: "072d908f38f51090ca28ca5afa3b46b2957dc61fe35094c0b851426859a49a51" },
  { name: "libexpat1", architecture: "amd64", version: "2.5.0-1+deb12u5", sha256: "cae5ded666d8573dd33060bc66fbac21eea8b101a6b56e2af8bd590fcfa65d79" },
  { name: "zlib1g", architecture: "amd64", version: "1:1.2.13.dfsg-1", sha256: "d7dd1d1411fedf27f5e27650a6eff20ef294077b568f4c8c5e51466dc7c08ce4" },
  { name: "busybox-static", architecture: "i386", version: "1:1.35.0-4+deb12u1+b1", sha256: "725ef9e6fbac4ab79b353165b05005e8c140d6e42177ebbc202ff1e13ded8b7c" },
  { name: "linux-image-6.1.0-50-686", architecture: "i386", version: "6.1.176-1", sha256: "526c469c5148a2b61c4241c3f6575427096575e0ffef9541b6729351c600b3e4" },
  { name: "lua5.4", architecture: "i386", version: "5.4.4-3+deb12u1", sha256: "efc7020950679dfed150ba0f1b01490a9dab2a5f27148710fbafc42547060084" },
  { name: "python3.11-minimal", architecture: "i386", version: "3.11.2-6+deb12u8", sha256: "fdd91419e5e70ecbc7f732f9fb1246e7395bc9ba7df03ef00e93f6a75a0b8a11" },
  { name: "libpython3.11-minimal", architecture: "i386", version: "3.11.2-6+deb12u8", sha256: "306a8ea53e09eee11168b4f482dd5fb6af68a2ba76ec757ef6317329658aa8c6" },
  { name: "libc6", architecture: "i386", version: "2.36-9+deb12u14", sha256: "76b12e06be66ec3fc2c1791d7d8cf34c2b828ed210e3913feeeb8edc9688f820" },
  { name: "libreadline8", architecture: "i386", version: "8.2-1.3", sha256: "2350f3fb02ac8f3ccc827146bfdfd2390fce544c351d679f25adbe17906b49e2" },
  { name: "libtinfo6", architecture: "i386", version: "6.4-4", sha256: "d6de1d8daeadda8ba57f86d42273919fba9e57f699036b7c51062d91778f4a16" },
  { name: "libexpat1", architecture: "i386", version: "2.5.0-1+deb12u2", sha256: "002fa75e3acfa317aee466c83e4f709db027d25110d2c548fd9483e196e3659d" },
  { name: "zlib1g", architecture: "i386", version: "1:1.2.13.dfsg-1", sha256: "3ca84a1245347652b7e1f8694db222851f7f1e7060515b21e1439b0cf84f96e1" },
];
