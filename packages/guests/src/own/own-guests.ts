import { bootSectorSource } from "./boot-sector.asm.ts";
import { ownGuest, type OwnGuest } from "./own-guest.ts";
import { catSource } from "./programs/cat.asm.ts";
import { clockSource } from "./programs/clock.asm.ts";
import { envSource } from "./programs/env.asm.ts";
import { forkBombSource } from "./programs/fork-bomb.asm.ts";
import { helloSource } from "./programs/hello.asm.ts";
import { linuxAmd64 } from "./programs/linux-amd64.asm.ts";
import { linuxI386 } from "./programs/linux-i386.asm.ts";
import { memoryHogSource } from "./programs/memory-hog.asm.ts";
import { textRoutines } from "./programs/text.asm.ts";
import { ringTourSource } from "./ring-tour/ring-tour.ts";

/** Programs for Linux, each of which there is for both processors. */
export type OwnProgram = "hello" | "cat" | "env" | "fork-bomb" | "memory-hog" | "clock";
/** Guests that are always there. */
export type OwnGuestName = "boot-sector" | "ring-tour" | `${OwnProgram}-${"i386" | "amd64"}`;

const PROGRAMS: { readonly [name in OwnProgram]: readonly [description: string, source: string] } = {
  hello: ["says hello", helloSource],
  cat: ["copies files or standard input to standard output", catSource],
  env: ["prints its arguments, environment and auxiliary vector", textRoutines + envSource],
  "fork-bomb": ["forks for so many generations, or without end", textRoutines + forkBombSource],
  "memory-hog": ["takes so many MiB of memory, or all that it gets", textRoutines + memoryHogSource],
  clock: ["prints the time at each tenth of a second, so many times or without end", textRoutines + clockSource],
};

/** Both makes of a program: one text, two system call interfaces. */
function program(name: OwnProgram): { readonly [key: string]: OwnGuest } {
  const [description, source] = PROGRAMS[name];
  return {
    [`${name}-i386`]: ownGuest(`${name}-i386`, "elf32", `A static 32-bit program: ${description}.`, linuxI386 + source),
    [`${name}-amd64`]: ownGuest(`${name}-amd64`, "elf64", `A static 64-bit program: ${description}.`, linuxAmd64 + source),
  };
}

/** Every guest of our own. They need neither network nor packages. */
export const ownGuests: { readonly [name in OwnGuestName]: OwnGuest } = {
  "boot-sector": ownGuest("boot-sector", "boot", "A boot sector that says hello and the time by the firmware's services, on the screen and on COM1.", bootSectorSource),
  "ring-tour": ownGuest("ring-tour", "multiboot", "A kernel of two rings that prints each crossing between them; \"spin\", \"crash\" or \"scribble\" on its command line make it misbehave.", ringTourSource),
  ...Object.assign({}, ...(Object.keys(PROGRAMS) as OwnProgram[]).map(program)) as { readonly [name in `${OwnProgram}-${"i386" | "amd64"}`]: OwnGuest },
};
