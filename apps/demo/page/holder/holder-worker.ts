// The module that the page's holder of the machine runs.
import { browserHost, workerPort } from "@ringzero/host/browser";
import { Holder } from "./holder.ts";
import type { HolderData, ToHolder } from "./messages.ts";

// The port first: what a worker is started with comes as a message, lost where nobody listens by the time that the module waits for something.
const waiting = workerPort(), host = await browserHost(), port = await waiting;
const holder = await Holder.create(host, port.data as HolderData, (message, transfer) => port.post(message, transfer));
port.onMessage((message) => void holder?.answer(message as ToHolder));
