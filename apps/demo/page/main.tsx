import { browserHost } from "@ringzero/host/browser";
import { render } from "preact";
import "@xterm/xterm/css/xterm.css";
import "uplot/dist/uPlot.min.css";
import { MANIFEST_PATH, type Manifest } from "../src/shared/manifest.ts";
import holderUrl from "./holder/holder-worker.ts?worker&url";
import vmUrl from "./holder/vm-worker.ts?worker&url";
import runtimeUrl from "./holder/runtime-worker.ts?worker&url";
import { connect, MachineClient } from "./state/client.ts";
import { Page } from "./ui/page.tsx";
import { Trouble } from "./ui/trouble.tsx";

const here = (url: string): string => new URL(url, location.href).href, root = document.querySelector("#page")!;
/** MiB of the machine: `?memory=` chooses. */
const memory = Number(new URLSearchParams(location.search).get("memory")) || 1024, cold = new URLSearchParams(location.search).has("cold");

/** What the page begins with: a Linux virtual machine and two containers, or guests of our own. */
function populate(client: MachineClient): void {
  if (client.manifest.linux) client.addVm("linux", cold);
  else client.addVm("ring-tour");
  for (const { platform } of client.manifest.images) client.addContainer(platform);
  if (client.manifest.images.length === 0) for (let n = 0; n < 2; n++) client.addContainer("own");
}

try {
  const manifest = (await (await fetch(MANIFEST_PATH)).json()) as Manifest, host = await browserHost();
  const client: MachineClient = await connect(host.workers, new URL(here(holderUrl)), { memory, modules: { vm: here(vmUrl), runtime: here(runtimeUrl) }, manifest }, () => populate(client));
  document.addEventListener("visibilitychange", () => client.watch(document.hidden ? 0 : 250));
  render(<Page client={client} />, root);
} catch (error) {
  render(<Trouble message={`The page could not start: ${error instanceof Error ? error.message : String(error)}`} />, root);
}
