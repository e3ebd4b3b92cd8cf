// The module that a comparison on one worker runs.
import { serveComparison } from "@ringzero/contrast";
import { nodeHost, workerPort } from "@ringzero/host/node";

await serveComparison(nodeHost(), await workerPort());
