// The module that a virtual machine's worker runs on Node.
import { nodeHost, workerPort } from "@ringzero/host/node";
import { serveVirtualMachine } from "./serve.ts";

await serveVirtualMachine(nodeHost(), await workerPort());
