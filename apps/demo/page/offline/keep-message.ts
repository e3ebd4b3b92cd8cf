/** Asks the service worker to copy what the server has. */
export const KEEP = "keep";
/** Where the service worker's module is served: its folder is what it answers for. */
export const SERVICE_WORKER_PATH = "/service-worker.js";
/** Says of an answer that it comes from the copy. */
export const KEPT_HEADER = "X-Ringzero-Kept";
