import { KEEP, SERVICE_WORKER_PATH } from "./keep-message.ts";

/**
 * Registers the page's service worker, so that a reload works without the server, and returns what has it copy the present build: to be called when the page has nothing more urgent to do.
 * A browser without service workers, or with none allowed, does without.
 */
export function registerServiceWorker(): () => void {
  const { serviceWorker } = navigator as { readonly serviceWorker?: ServiceWorkerContainer };
  const registered = serviceWorker?.register(SERVICE_WORKER_PATH, { updateViaCache: "none" }).then(() => serviceWorker.ready).catch(() => undefined);
  return () => void registered?.then((registration) => registration?.active?.postMessage(KEEP));
}
