// The module that a runtime's worker runs on Node.
import { nodeHost, workerPort } from "@ringzero/host/node";
import type { WorkerData } from "./messages.ts";
import { serveRuntime } from "./serve.ts";

const port = await workerPort(), { storeDirectory } = (port.data as WorkerData).options;
await serveRuntime(nodeHost(storeDirectory === undefined ? {} : { storeDirectory }), port);
