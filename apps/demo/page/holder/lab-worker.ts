// The module that grades a lab: it runs the experiments, so that the page never blocks, and has the student's functions asked on another worker.
import { AnswersWorker, gradeLab } from "@ringzero/contrast";
import { browserHost, workerPort } from "@ringzero/host/browser";
import type { FromLab, LabWork } from "./lab-messages.ts";

// The port first: what a worker is started with comes as a message, lost where nobody listens by the time that the module waits for something.
const waiting = workerPort(), host = await browserHost(), port = await waiting, { lab, code, module } = port.data as LabWork, say = (message: FromLab): void => port.post(message);
try {
  await using answers = await AnswersWorker.start(host, { module: new URL(module), answers: URL.createObjectURL(new Blob([code], { type: "text/javascript" })) });
  say({ kind: "report", report: await gradeLab(host, lab, answers, { progress: (experiment, of) => say({ kind: "progress", experiment, of }) }) });
} catch (error) {
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
}
