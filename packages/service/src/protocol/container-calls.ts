import * as z from "zod";
import { tenantName } from "./vm-calls.ts";

/** A program to run in a container. */
export interface ProcessArgs {
  readonly args?: readonly string[] | undefined;
  /** "NAME=value". */
  readonly env?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly user?: string | undefined;
  /** A terminal of so many characters; without it three streams apart. */
  readonly terminal?: { readonly columns: number; readonly rows: number } | undefined;
  /** Whether standard input stays open. */
  readonly stdin?: boolean | undefined;
}
/** A container to make. */
export interface ContainerCreate extends ProcessArgs {
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  /** Absolute path of a directory on the host, in place of an image. */
  readonly rootfs?: string | undefined;
  readonly platform?: "linux/amd64" | "linux/386" | undefined;
  readonly hostname?: string | undefined;
  /** Bytes. */
  readonly memory?: number | undefined;
  readonly pids?: number | undefined;
  readonly mounts?: readonly { readonly source: string; readonly destination: string; readonly readonly?: boolean | undefined }[] | undefined;
  readonly readonly?: boolean | undefined;
  /** Whether it is removed when its program has ended. */
  readonly remove: boolean;
}
/** Which one, once it has been made. */
export interface ContainerMade { readonly id: string; readonly name: string }
/** A container by its name, its id, or the beginning of its id. */
export interface ByContainer { readonly container: string }
/** Connects to a container's first program; the call ends with it. */
export interface ContainerAttach extends ByContainer {
  /** Whether what it has written so far comes first. */
  readonly logs: boolean;
}
/** Starts a program beside the first one; the call ends with it, or at once where nobody is to hear of it. */
export interface ContainerExec extends ByContainer { readonly process: ProcessArgs; readonly detach: boolean }
/** How a program ended, as a shell sees it. */
export interface ProgramEnd {
  readonly exitCode: number;
  /** What went wrong where it went down with its kernel. */
  readonly failure?: string | undefined;
}
/** What is said to whoever is connected to a program. */
export interface ProgramEvent {
  readonly kind: "attached";
  /** Names it for `container.resize`. */
  readonly process: number;
}
/** A line of `logs` is so old at least that it counts. */
export interface ContainerLogs extends ByContainer {
  readonly follow: boolean;
  /** Lines from the end; undefined = all. */
  readonly tail?: number | undefined;
  readonly timestamps: boolean;
}
/** What can be seen of a container. */
export interface ContainerLine {
  readonly id: string;
  readonly name: string;
  readonly image?: string | undefined;
  readonly rootfs?: string | undefined;
  readonly args: readonly string[];
  readonly status: "created" | "running" | "stopped";
  readonly pid: number;
  /** Whether its first program has a terminal, and whether its standard input is open. */
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly exitCode?: number | undefined;
  readonly outOfMemory: boolean;
  /** Milliseconds since 1970. */
  readonly created: number;
  readonly startedAt?: number | undefined;
  readonly finishedAt?: number | undefined;
  /** Its limits, as they were asked for. */
  readonly memoryLimit?: number | undefined;
  readonly pidsLimit?: number | undefined;
  readonly tasks: number;
  /** Bytes of its frames: charged to it now and at the most, and those of the ledger. */
  readonly memory: number;
  readonly memoryPeak: number;
  readonly private: number;
  readonly shared: number;
  readonly instructions: number;
  readonly systemCalls: number;
  readonly pageFaults: number;
  readonly contextSwitches: number;
  readonly signals: number;
}
/** An image. */
export interface ImageLine {
  readonly name: string;
  readonly digest: string;
  readonly platforms: readonly string[];
  /** RFC 3339. */
  readonly created?: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** One that is made when it is first used, and has not been. */
  readonly absent: boolean;
}

const path = z.string().min(1).max(4096).regex(/^[^\0]*$/, "no zero bytes in a path"), text = z.string().max(131_072).regex(/^[^\0]*$/, "no zero bytes"), reference = z.string().max(300), counter = z.number().min(0);
const terminal = z.object({ columns: z.int().min(0).max(10_000), rows: z.int().min(0).max(10_000) });
const process = { args: z.array(text).max(10_000).optional(), env: z.array(text).max(10_000).optional(), cwd: path.optional(), user: z.string().max(256).optional(), terminal: terminal.optional(), stdin: z.boolean().optional() };

/** Schemas of the calls' arguments, results and events. */
export const containerCreate: z.ZodType<ContainerCreate> = z.object({
  ...process, name: tenantName.optional(), image: reference.optional(), rootfs: path.optional(), platform: z.enum(["linux/amd64", "linux/386"]).optional(), hostname: z.string().min(1).max(64).optional(),
  memory: z.int().min(1).optional(), pids: z.int().min(1).optional(), readonly: z.boolean().optional(), remove: z.boolean(),
  mounts: z.array(z.object({ source: path, destination: path, readonly: z.boolean().optional() })).max(1000).optional(),
});
export const containerMade: z.ZodType<ContainerMade> = z.object({ id: z.string(), name: z.string() });
export const byContainer: z.ZodType<ByContainer> = z.object({ container: reference });
export const containerAttach: z.ZodType<ContainerAttach> = z.object({ container: reference, logs: z.boolean() });
export const containerExec: z.ZodType<ContainerExec> = z.object({ container: reference, process: z.object(process), detach: z.boolean() });
export const programEnd: z.ZodType<ProgramEnd> = z.object({ exitCode: z.int(), failure: z.string().optional() });
export const programEvent: z.ZodType<ProgramEvent> = z.object({ kind: z.literal("attached"), process: z.int() });
export const containerLogs: z.ZodType<ContainerLogs> = z.object({ container: reference, follow: z.boolean(), tail: z.int().min(0).optional(), timestamps: z.boolean() });
export const containerKill: z.ZodType<ByContainer & { readonly signal: string }> = z.object({ container: reference, signal: z.string().max(32) });
export const containerStop: z.ZodType<ByContainer & { readonly seconds: number }> = z.object({ container: reference, seconds: z.number().min(0).max(1e6) });
export const containerRemove: z.ZodType<ByContainer & { readonly force: boolean }> = z.object({ container: reference, force: z.boolean() });
export const resize: z.ZodType<{ readonly process: number; readonly columns: number; readonly rows: number }> = z.object({ process: z.int(), columns: terminal.shape.columns, rows: terminal.shape.rows });
export const containerLines: z.ZodType<readonly ContainerLine[]> = z.array(z.object({
  id: z.string(), name: z.string(), image: z.string().optional(), rootfs: z.string().optional(), args: z.array(z.string()), status: z.enum(["created", "running", "stopped"]), pid: z.int(), tty: z.boolean(), stdin: z.boolean(), exitCode: z.int().optional(), outOfMemory: z.boolean(),
  created: counter, startedAt: counter.optional(), finishedAt: counter.optional(), memoryLimit: counter.optional(), pidsLimit: counter.optional(), tasks: counter, memory: counter, memoryPeak: counter, private: counter, shared: counter,
  instructions: counter, systemCalls: counter, pageFaults: counter, contextSwitches: counter, signals: counter,
}));
export const byImage: z.ZodType<{ readonly image: string }> = z.object({ image: reference });
export const imageLoad: z.ZodType<{ readonly size: number; readonly name?: string | undefined }> = z.object({ size: z.int().min(0).max(2 ** 31), name: reference.optional() });
export const imageSave: z.ZodType<{ readonly images: readonly string[] }> = z.object({ images: z.array(reference).min(1).max(100) });
export const imageTag: z.ZodType<{ readonly image: string; readonly name: string }> = z.object({ image: reference, name: reference });
export const imageNames: z.ZodType<readonly string[]> = z.array(z.string());
export const imageLines: z.ZodType<readonly ImageLine[]> = z.array(z.object({ name: z.string(), digest: z.string(), platforms: z.array(z.string()), created: z.string().optional(), size: counter, absent: z.boolean() }));
