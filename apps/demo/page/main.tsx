import { browserHost } from "@ringzero/host/browser";
import { effect } from "@preact/signals";
import { render } from "preact";
import "@xterm/xterm/css/xterm.css";
import "uplot/dist/uPlot.min.css";
import { MANIFEST_PATH, type Manifest } from "../src/shared/manifest.ts";
import answersUrl from "./holder/answers-worker.ts?worker&url";
import holderUrl from "./holder/holder-worker.ts?worker&url";
import labUrl from "./holder/lab-worker.ts?worker&url";
import vmUrl from "./holder/vm-worker.ts?worker&url";
import runtimeUrl from "./holder/runtime-worker.ts?worker&url";
import { KEPT_HEADER } from "./offline/keep-message.ts";
import { registerServiceWorker } from "./offline/register.ts";
import { connect, MachineClient } from "./state/client.ts";
import { LabClient } from "./state/lab.ts";
import { Page } from "./ui/page.tsx";
import { Trouble } from "./ui/trouble.tsx";

const here = (url: string): string => new URL(url, location.href).href, root = document.querySelector("#page")!;
/** MiB of the machine where nobody chose. */
const USUAL_MEMORY = 1024;
/** Milliseconds after which whoever is not at a prompt is not waited for. */
const PATIENCE = 60_000;
const query = new URLSearchParams(location.search), cold = query.has("cold");
/** MiB of the machine: `?memory=` chooses; undefined where that is no size. */
const memory = chosenMemory(query.get("memory"));
function chosenMemory(asked: string | null): number | undefined {
  if (asked === null) return USUAL_MEMORY;
  return /^[1-9]\d{0,6}$/.test(asked) ? Number(asked) : undefined;
}

/** What the page begins with: a Linux virtual machine and two containers, or guests of our own. */
function populate(client: MachineClient): void {
  if (client.manifest.linux) client.addVm("linux", cold);
  else client.addVm("ring-tour");
  for (const { platform } of client.manifest.images) client.addContainer(platform);
  if (client.manifest.images.length === 0) for (let n = 0; n < 2; n++) client.addContainer("own");
}

/** Has the build copied for a time without a server once what the page began with is at its prompts, or a while has passed. */
function keepWhenReady(client: MachineClient): void {
  const keep = registerServiceWorker();
  let kept = false;
  const once = (): void => {
    if (kept) return;
    kept = true;
    clearTimeout(timer);
    keep();
  };
  const timer = setTimeout(once, PATIENCE);
  effect(() => { if (client.tiles.value.length > 0 && client.tiles.value.every((tile) => tile.prompt.value || tile.ended)) once(); });
}

try {
  const answer = await fetch(MANIFEST_PATH), manifest = (await answer.json()) as Manifest, host = await browserHost();
  const client: MachineClient = await connect(host.workers, new URL(here(holderUrl)), { memory: memory ?? USUAL_MEMORY, modules: { vm: here(vmUrl), runtime: here(runtimeUrl) }, manifest }, () => populate(client));
  if (memory === undefined) client.note(`"${query.get("memory")}" is no size of a machine: give ?memory= a number of MiB, such as 512. This one has the usual ${USUAL_MEMORY} MiB.`);
  if (answer.headers.has(KEPT_HEADER)) client.note("The page's server is not running: this is the copy of it that your browser kept. Start it again with npm start, then reload.");
  keepWhenReady(client);
  document.addEventListener("visibilitychange", () => client.watch(document.hidden ? 0 : 250));
  render(<Page client={client} lab={new LabClient(host.workers, { lab: new URL(here(labUrl)), answers: new URL(here(answersUrl)) })} />, root);
} catch (error) {
  render(<Trouble message={`The page could not start: ${error instanceof Error ? error.message : String(error)}`} />, root);
}
