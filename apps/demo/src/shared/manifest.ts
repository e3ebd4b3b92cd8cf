/** What the local server has for a page: keys of its store. A page gets a blob as `/store/<key>`. */
export interface Manifest extends GuestManifest {
  /** Name of the page's build: another one for other sources. */
  readonly build: string;
  /** Paths of the build's files. */
  readonly files: readonly string[];
}
/** Guests of the store. */
export interface GuestManifest {
  /** Debian's Linux and its initial RAM disk; undefined where neither apt nor an earlier start provided them. */
  readonly linux: LinuxGuest | undefined;
  /** Container images in the store by reference, the platforms of each. */
  readonly images: readonly ImageEntry[];
  /** The sentence that says why distribution packages are missing; undefined where they are not. */
  readonly missing: string | undefined;
}

/** A Linux virtual machine's files. */
export interface LinuxGuest {
  readonly kernel: string;
  readonly initrd: string;
  /** A snapshot at the shell's prompt, and what the console had shown by then. */
  readonly snapshot: { readonly state: string; readonly console: string } | undefined;
}

/** An image that containers can be made of. */
export interface ImageEntry {
  readonly reference: string;
  readonly platform: "linux/amd64" | "linux/386";
  /** Key of the busybox that its layer is made of. */
  readonly busybox: string;
}

/** Where a page asks for the manifest. */
export const MANIFEST_PATH = "/manifest.json";
/** Where a page posts TypeScript to get JavaScript: what its own students write. */
export const STRIP_PATH = "/strip-types";
/** Where blobs of the server's store are: the key follows. */
export const STORE_PATH = "/store/";
/** Where a page asks for a blob. */
export function blobPath(key: string): string { return STORE_PATH + key.split("/").map(encodeURIComponent).join("/"); }
