// The page's service worker: while the server answers it changes nothing; when it is away, the copy of the last build does, or a page of one sentence. Service Workers, W3C.
import { keepCopy, keptAnswer } from "./kept-copy.ts";
import { KEEP } from "./keep-message.ts";

/** The parts of a service worker's scope that are used: this folder is compiled for pages, whose scope is another. */
interface ServiceWorkerScope {
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: "install" | "activate", listener: (event: LongEvent) => void): void;
  addEventListener(type: "message", listener: (event: LongEvent & { readonly data: unknown }) => void): void;
  addEventListener(type: "fetch", listener: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
}
interface LongEvent { waitUntil(work: Promise<unknown>): void }

const scope = globalThis as unknown as ServiceWorkerScope;
/** What is shown where there is neither a server nor a copy. */
const SORRY = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Ring Zero</title>
<body style="font:16px/1.5 system-ui,sans-serif;max-width:42rem;margin:12vh auto;padding:0 24px"><h1>Ring Zero</h1>
<p role="alert">The page's server is not running. Start it again with <code>npm start</code> in the checkout, then reload this page.</p>`;

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
let keeping: Promise<void> | undefined;
scope.addEventListener("message", (event) => {
  if (event.data !== KEEP) return;
  keeping ??= keepCopy().catch(() => {}).finally(() => { keeping = undefined; });
  event.waitUntil(keeping);
});
scope.addEventListener("fetch", (event) => {
  const { request } = event, { origin, pathname } = new URL(request.url);
  if (request.method === "GET" && origin === location.origin) event.respondWith(answer(request, pathname));
});

/** The server's answer, whatever it is; the copy's where there is no server. */
async function answer(request: Request, path: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const navigation = request.mode === "navigate", kept = await keptAnswer(path, navigation).catch(() => undefined);
    if (kept) return kept;
    if (!navigation) throw error;
    return new Response(SORRY, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}
