// The module that a virtual machine's worker runs in a browser.
import { browserHost, workerPort } from "@ringzero/host/browser";
import { serveVirtualMachine } from "./serve.ts";

await serveVirtualMachine(await browserHost(), await workerPort());
