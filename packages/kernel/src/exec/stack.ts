import { AT_BASE, AT_CLKTCK, AT_EGID, AT_ENTRY, AT_EUID, AT_EXECFN, AT_FLAGS, AT_GID, AT_HWCAP, AT_NULL, AT_PAGESZ, AT_PHDR, AT_PHENT, AT_PHNUM, AT_PLATFORM, AT_RANDOM, AT_SECURE, AT_UID, E2BIG } from "@ringzero/linux-abi";
import { bytesOf, type Credentials } from "@ringzero/vfs";
import type { UserMemory } from "../memory/user-memory.ts";
import type { ElfImage } from "./elf.ts";

/** What a new program finds on its stack. */
export interface ProgramArguments {
  /** As byte strings. */
  readonly path: string;
  /** argv, byte strings. */
  readonly arguments: readonly string[];
  /** envp, byte strings. */
  readonly environment: readonly string[];
}
/** What the auxiliary vector tells besides. */
export interface LoadedProgram {
  /** What its header says. */
  readonly image: ElfImage;
  /** How much the program was moved. */
  readonly base: number;
  /** How much the dynamic linker was moved; 0 where there is none. */
  readonly linkerBase: number;
  /** For AT_UID and its kind. */
  readonly credentials: Credentials;
  /** 16 bytes. */
  readonly random: Uint8Array;
  /** CPUID 1 EDX: AT_HWCAP. */
  readonly capabilities: number;
}

/** Writes strings, vectors and argument count. Returns the stack pointer and where the strings of arguments and environment lie. System V AMD64 psABI, "Process Initialization". */
export function buildStack(memory: UserMemory, top: number, program: ProgramArguments, loaded: LoadedProgram): { readonly pointer: number; readonly argumentsStart: number; readonly argumentsEnd: number; readonly environmentEnd: number } {
  const wide = memory.space.abi === "x86_64", word = wide ? 8 : 4;
  let at = top - word;
  const push = (bytes: Uint8Array): number => {
    at -= bytes.length;
    memory.write(at, bytes);
    return at;
  };
  const string = (text: string): number => push(bytesOf(`${text}\0`));
  const total = [...program.arguments, ...program.environment].reduce((sum, s) => sum + s.length + 1 + word, 0);
  if (total > 2 << 20) throw E2BIG;
  const name = string(program.path);
  const environment = program.environment.toReversed().map(string).reverse();
  const environmentStart = at;
  const args = program.arguments.toReversed().map(string).reverse();
  const argumentsStart = at;
  at -= at % 16;
  const platform = string(wide ? "x86_64" : "i686");
  const random = push(loaded.random);
  const { image, base, linkerBase, credentials } = loaded;
  const auxiliary: readonly (readonly [number, number])[] = [
    [AT_HWCAP, loaded.capabilities], [AT_PAGESZ, 4096], [AT_CLKTCK, 100], [AT_PHDR, base + image.headers.address], [AT_PHENT, image.headers.size], [AT_PHNUM, image.headers.count], [AT_BASE, linkerBase], [AT_FLAGS, 0],
    [AT_ENTRY, base + image.entry], [AT_UID, credentials.uid], [AT_EUID, credentials.uid], [AT_GID, credentials.gid], [AT_EGID, credentials.gid], [AT_SECURE, 0], [AT_RANDOM, random], [AT_EXECFN, name], [AT_PLATFORM, platform], [AT_NULL, 0],
  ];
  const words = [args.length, ...args, 0, ...environment, 0, ...auxiliary.flat()];
  at = at - (at % 16) - words.length * word;
  at -= at % 16;
  const view = new DataView(new ArrayBuffer(words.length * word));
  words.forEach((value, i) => {
    view.setUint32(i * word, value, true);
    if (wide) view.setUint32(i * word + 4, Math.floor(value / 0x1_0000_0000), true);
  });
  memory.write(at, new Uint8Array(view.buffer));
  return { pointer: at, argumentsStart, argumentsEnd: environmentStart, environmentEnd: name };
}
