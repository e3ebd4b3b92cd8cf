import { readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { basename, extname, join } from "node:path";
import type { Store } from "@ringzero/host";
import { MANIFEST_PATH, STORE_PATH, STRIP_PATH, type GuestManifest, type Manifest } from "../shared/manifest.ts";
import { USUAL_PORT } from "./options.ts";

/** What is served. */
export interface Served {
  /** Directory of the built page, called as the build. */
  readonly page: string;
  readonly manifest: GuestManifest;
  readonly store: Store;
  /** Whether a key of the store may be read by a page. */
  readonly mayRead: (key: string) => boolean;
  /** Whether the page is to be cross-origin isolated. Tests of a page that is not say no. Default: yes. */
  readonly isolated?: boolean;
}

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json", ".wasm": "application/wasm",
};
/** A page with these may share memory with its workers, and asks nobody else for anything: HTML Standard, "Cross-origin opener policies"; CSP level 3. */
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin" };
const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Content-Security-Policy": "default-src 'self'; script-src 'self' blob: 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; worker-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'",
};

/** Serves the page on this computer only. Resolves when it listens; rejects with an Error where the port asked for is taken. */
export async function serve(served: Served, port: number | undefined): Promise<{ readonly url: string; close(): Promise<void> }> {
  const files = pageFiles(served.page), server = createServer((request, response) => void answer(served, files, request, response));
  const at = await listen(server, port);
  return {
    url: `http://localhost:${at}/`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The files of the page, read once: no path of a request is ever a path of the file system. */
function pageFiles(directory: string): ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }> {
  const files = new Map<string, { type: string; bytes: Uint8Array }>();
  for (const name of readdirSync(directory, { recursive: true }) as string[]) {
    const path = join(directory, name);
    if (statSync(path).isFile()) files.set(`/${name.replaceAll("\\", "/")}`, { type: TYPES[extname(name)] ?? "application/octet-stream", bytes: readFileSync(path) });
  }
  const index = files.get("/index.html");
  if (index) files.set("/", index);
  return files;
}

async function answer(served: Served, files: ReturnType<typeof pageFiles>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, type: string, body: Uint8Array | string, more: { readonly [name: string]: string } = {}): void => {
    response.writeHead(status, { ...HEADERS, ...((served.isolated ?? true) ? ISOLATION : {}), "Content-Type": type, "Content-Length": Buffer.byteLength(body), "Cache-Control": "no-cache", ...more });
    response.end(request.method === "HEAD" ? undefined : body);
  };
  try {
    // Another site's name that leads here (DNS rebinding) is none of ours.
    if (!/^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/.test(request.headers.host ?? "")) return send(403, "text/plain", "This server answers to localhost only.\n");
    if (request.method === "POST" && request.url === STRIP_PATH) return await strip(request, send);
    if (request.method !== "GET" && request.method !== "HEAD") return send(405, "text/plain", "Only GET and HEAD.\n", { Allow: "GET, HEAD" });
    const path = decodeURIComponent((request.url ?? "/").split("?")[0]!);
    if (path === MANIFEST_PATH) return send(200, TYPES[".json"]!, JSON.stringify({ ...served.manifest, build: basename(served.page), files: [...files.keys()] } satisfies Manifest));
    if (path.startsWith(STORE_PATH)) {
      const key = path.slice(STORE_PATH.length), bytes = served.mayRead(key) ? await served.store.get(key) : undefined;
      return bytes ? send(200, TYPES[".bin"] ?? "application/octet-stream", bytes) : send(404, "text/plain", "No such blob.\n");
    }
    const file = files.get(path);
    return file ? send(200, file.type, file.bytes, path.startsWith("/assets/") ? { "Cache-Control": "public, max-age=31536000, immutable" } : {}) : send(404, "text/plain", "No such page.\n");
  } catch (error) {
    if (!response.headersSent) send(error instanceof URIError ? 400 : 500, "text/plain", `${error instanceof Error ? error.message : String(error)}\n`);
    else response.destroy();
  }
}

/** Bytes of a student's module, at most. */
const MODULE_BYTES = 65_536;
/** Answers TypeScript with JavaScript: a pure function of what was sent. */
async function strip(request: IncomingMessage, send: (status: number, type: string, body: string) => void): Promise<void> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MODULE_BYTES) return send(413, "text/plain", `Your answers have more than ${MODULE_BYTES} bytes.`);
    parts.push(part);
  }
  try {
    send(200, TYPES[".js"]!, stripTypeScriptTypes(Buffer.concat(parts).toString("utf8")));
  } catch (error) {
    send(422, "text/plain; charset=utf-8", `Your answers cannot be read: ${(error as Error).message.split("\n").find((l) => l.trim() !== "") ?? "a syntax error"}.`);
  }
}

/** Listens on the port asked for, or on the usual one or the first free one after it. */
async function listen(server: Server, port: number | undefined): Promise<number> {
  for (let at = port ?? USUAL_PORT; ; at++) {
    try {
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(at, "127.0.0.1", () => { server.off("error", reject); resolve(); });
      });
      return (server.address() as { port: number }).port;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
      if (port !== undefined) throw new Error(`Port ${port} is taken or not allowed. Give another with --port, or none for the next free one.`, { cause: error });
      if (at >= USUAL_PORT + 100) throw new Error(`No port from ${USUAL_PORT} to ${at} is free. Give one with --port.`, { cause: error });
    }
  }
}
