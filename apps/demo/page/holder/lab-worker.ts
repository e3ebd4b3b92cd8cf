// The module that grades a lab: the student's code runs here and nowhere else, so that what never ends can be ended.
import { gradeLab } from "@ringzero/contrast";
import { browserHost, workerPort } from "@ringzero/host/browser";
import type { FromLab, LabWork } from "./lab-messages.ts";

const port = await workerPort(), { lab, code } = port.data as LabWork, say = (message: FromLab): void => port.post(message);
try {
  const module = (await import(/* @vite-ignore */ URL.createObjectURL(new Blob([code], { type: "text/javascript" })))) as { readonly default?: unknown };
  say({ kind: "report", report: await gradeLab(await browserHost(), lab, module.default ?? module, { progress: (experiment, of) => say({ kind: "progress", experiment, of }) }) });
} catch (error) {
  say({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
}
