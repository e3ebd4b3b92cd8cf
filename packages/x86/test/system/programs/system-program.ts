import type { Snippets } from "../snippets.ts";

/** What an oracle prints for a snippet where it is not what the architecture has. */
export interface Deviation {
  /** The oracle's outcome; `lost` where it gets no further: it hangs, shuts down, resets or runs wild, and the snippets behind are run in another image, without this one. */
  readonly says: string;
  /** Who is right and why, with the section of the manual. */
  readonly why: string;
}

/** Deviations by the snippet's name. */
export interface Deviations { readonly [snippet: string]: Deviation }

/** A program of snippets for the processor's privileged behaviour, what it prints on the architecture, and where Bochs 2.7 and QEMU 7.2 print something else. */
export interface SystemProgram {
  readonly name: string;
  /** The code of each snippet, in the order in which they run: later ones may build on what earlier ones left. */
  readonly snippets: Snippets;
  /** The program's text with some of its snippets. */
  build(snippets: Snippets): string;
  /** What each snippet prints: the architecture's outcome, AMD's where the vendors differ. */
  readonly expected: { readonly [snippet: string]: string };
  readonly deviations: { readonly bochs: Deviations; readonly qemu: Deviations };
}

/** The same deviation of several snippets: what the oracle says of each, and the one reason. */
export function because(why: string, says: { readonly [snippet: string]: string }): Deviations {
  return Object.fromEntries(Object.entries(says).map(([snippet, text]) => [snippet, { says: text, why }]));
}

/** The whole program's text. */
export function sourceOf(program: SystemProgram): string {
  return program.build(program.snippets);
}
