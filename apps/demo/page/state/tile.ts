import { signal, type Signal } from "@preact/signals";
import type { ContainerKind, Prompt, TenantFigures, TenantState, Trap, VmKind } from "../holder/messages.ts";
import { tenantColour } from "./palette.ts";

/** Bytes of a terminal's past that are kept until somebody shows them. */
const KEPT = 1 << 20;

/** A virtual machine or a container as the page shows it. */
export class Tile {
  readonly id: number;
  readonly side: "vm" | "container";
  readonly kind: VmKind | ContainerKind;
  readonly name: string;
  readonly colour: string;
  readonly state: Signal<TenantState> = signal("starting");
  /** The sentence that goes with the state. */
  readonly note: Signal<string | undefined> = signal(undefined);
  readonly prompt: Signal<Prompt | undefined> = signal(undefined);
  readonly figures: Signal<TenantFigures | undefined> = signal(undefined);
  /** Instructions, ring crossings, and exits with injected interrupts a second, lately. */
  readonly rates: Signal<{ readonly instructions: number; readonly crossings: number; readonly exits: number }> = signal({ instructions: 0, crossings: 0, exits: 0 });
  readonly traps: Signal<{ readonly list: readonly Trap[]; readonly counts: readonly (readonly [mnemonic: string, count: number])[]; readonly total: number }> = signal({ list: [], counts: [], total: 0 });
  #output: Uint8Array[] = [];
  #kept = 0;
  #listener: ((bytes: Uint8Array) => void) | undefined;

  /** `n` counts its side's tenants: it chooses the colour. */
  constructor(id: number, side: "vm" | "container", kind: VmKind | ContainerKind, name: string, n: number) {
    this.id = id;
    this.side = side;
    this.kind = kind;
    this.name = name;
    this.colour = tenantColour(side, n);
  }
  /** Whether it is over. */
  get ended(): boolean { return !["starting", "running", "halted", "paused"].includes(this.state.value); }

  /** Output for its terminal: shown at once, or kept until there is one. */
  hear(bytes: Uint8Array): void {
    if (this.#listener) return this.#listener(bytes);
    this.#output.push(bytes);
    this.#kept += bytes.length;
    while (this.#kept > KEPT && this.#output.length > 1) this.#kept -= this.#output.shift()!.length;
  }
  /** Shows it: what was kept first. */
  show(listener: (bytes: Uint8Array) => void): void {
    for (const bytes of this.#output.splice(0)) listener(bytes);
    this.#kept = 0;
    this.#listener = listener;
  }
}

/** What a kind is called. */
export const KIND_NAMES: { readonly [kind in VmKind | ContainerKind]: string } = {
  linux: "Debian Linux 6.1", "ring-tour": "our ring tour", "ring-tour-deprivileged": "our ring tour, deprivileged", "boot-sector": "our boot sector",
  "linux/386": "busybox, linux/386", "linux/amd64": "busybox, linux/amd64", own: "a program of our own",
};
