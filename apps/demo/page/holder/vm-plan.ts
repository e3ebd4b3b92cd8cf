import { ownGuests } from "@ringzero/guests";
import { decodeSnapshot, type PcOptions, type VirtualMachineSnapshot } from "@ringzero/hypervisor";
import type { Manifest } from "../../src/shared/manifest.ts";
import { linuxVm, PROMPT } from "../../src/shared/linux-vm.ts";
import { fetchBlob } from "./blobs.ts";
import type { VmKind } from "./messages.ts";

/** How a virtual machine of a kind is made. */
export interface VmPlan {
  readonly pc: PcOptions;
  /** Its ring 0 code runs in ring 3. */
  readonly deprivileged: boolean;
  /** Where it goes on, and what its console had shown; undefined = it boots. */
  readonly from: { readonly snapshot: VirtualMachineSnapshot; readonly console: Uint8Array } | undefined;
  /** What its console says when it is where a person wants it. */
  readonly prompt: RegExp;
  /** What a person types to make its kernel panic; undefined = nothing does. */
  readonly panic: string | undefined;
  /** Buffers of what was fetched for it, with what is made of them: nobody else has them. */
  readonly fetched: readonly ArrayBuffer[];
  /** The sentence that tells why it boots although a snapshot was wanted. */
  readonly note: string | undefined;
}

const MIB = 2 ** 20;
/** Interrupts what runs, then asks Linux to crash itself. Linux v6.1 Documentation/admin-guide/sysrq.rst, "c". */
const PANIC = "\u0003\recho c >/proc/sysrq-trigger\r";

/** The plan for a kind. Rejects with an Error in a sentence where its guest is not to be had. */
export async function vmPlan(kind: VmKind, manifest: Manifest, cold: boolean): Promise<VmPlan> {
  if (kind === "linux") return linuxPlan(manifest, cold);
  const bytes = ownGuests[kind === "boot-sector" ? "boot-sector" : "ring-tour"].assemble();
  if (kind === "boot-sector") return { pc: { memory: 2 * MIB, floppy: bytes }, deprivileged: false, from: undefined, prompt: /./, panic: undefined, fetched: [], note: undefined };
  return { pc: { memory: 8 * MIB, multiboot: bytes }, deprivileged: kind === "ring-tour-deprivileged", from: undefined, prompt: /tour over\s*$/, panic: undefined, fetched: [], note: undefined };
}

async function linuxPlan({ linux, missing }: Manifest, cold: boolean): Promise<VmPlan> {
  if (!linux) throw new Error(missing ?? "There is no Linux here.");
  const from = cold || !linux.snapshot ? undefined : fetchSnapshot(linux.snapshot);
  from?.catch(() => {});
  const [kernel, initrd] = await Promise.all([fetchBlob(linux.kernel), fetchBlob(linux.initrd)]), plan = { pc: linuxVm(kernel, initrd), deprivileged: false, prompt: PROMPT, panic: PANIC }, files = [kernel.buffer, initrd.buffer];
  try {
    const restored = await from;
    return { ...plan, from: restored, fetched: restored ? [...files, restored.snapshot.contents.buffer as ArrayBuffer] : files, note: undefined };
  } catch (error) {
    return { ...plan, from: undefined, fetched: files, note: `Boots cold: ${(error as Error).message}` };
  }
}
async function fetchSnapshot({ state, console: shown }: NonNullable<NonNullable<Manifest["linux"]>["snapshot"]>): Promise<NonNullable<VmPlan["from"]>> {
  const [bytes, text] = await Promise.all([fetchBlob(state), fetchBlob(shown)]);
  return { snapshot: decodeSnapshot(bytes), console: text };
}
