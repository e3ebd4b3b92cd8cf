import * as z from "zod";
import { tenantName } from "./vm-calls.ts";

/** A size in characters. */
export interface Size {
  /** Characters in a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}
/** A directory or file of the host inside a container. */
export interface Mount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly destination: string;
  /** Whether nothing may be written through it. */
  readonly readonly?: boolean | undefined;
}
/** A program to run in a container. */
export interface ProcessArgs {
  /** The program and its arguments. */
  readonly args?: readonly string[] | undefined;
  /** "NAME=value". */
  readonly env?: readonly string[] | undefined;
  /** Working directory. */
  readonly cwd?: string | undefined;
  /** As name or uid, with `:group`. */
  readonly user?: string | undefined;
  /** A terminal of so many characters; without it three streams apart. */
  readonly terminal?: Size | undefined;
  /** Whether standard input stays open. */
  readonly stdin?: boolean | undefined;
}
/** A container to make. */
export interface ContainerCreate extends ProcessArgs {
  /** Its name. */
  readonly name?: string | undefined;
  /** The image it is made of, as people write it. */
  readonly image?: string | undefined;
  /** Absolute path of a directory on the host, in place of an image. */
  readonly rootfs?: string | undefined;
  /** Which of the image's platforms. */
  readonly platform?: "linux/amd64" | "linux/386" | undefined;
  /** What uname(2) says. */
  readonly hostname?: string | undefined;
  /** Bytes. */
  readonly memory?: number | undefined;
  /** Limit of tasks. */
  readonly pids?: number | undefined;
  /** Directories and files of the host inside. */
  readonly mounts?: readonly Mount[] | undefined;
  /** Whether its root file system cannot be written to. */
  readonly readonly?: boolean | undefined;
  /** Whether it is removed when its program has ended. */
  readonly remove: boolean;
}
/** Which one, once it has been made. */
export interface ContainerMade {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
}
/** A container by its name, its id, or the beginning of its id. */
export interface ByContainer {
  /** Its name, its id, or the beginning of its id. */
  readonly container: string;
}
/** Connects to a container's first program; the call ends with it. */
export interface ContainerAttach extends ByContainer {
  /** Whether what it has written so far comes first. */
  readonly logs: boolean;
}
/** Starts a program beside the first one; the call ends with it, or at once where nobody is to hear of it. */
export interface ContainerExec extends ByContainer {
  /** The program. */
  readonly process: ProcessArgs;
  /** Whether nobody hears of it. */
  readonly detach: boolean;
}
/** How a program ended, as a shell sees it. */
export interface ProgramEnd {
  /** As a shell sees the end. */
  readonly exitCode: number;
  /** What went wrong where it went down with its kernel. */
  readonly failure?: string | undefined;
}
/** What is said to whoever is connected to a program. */
export interface ProgramEvent {
  /** Which event it is. */
  readonly kind: "attached";
  /** Names it for `container.resize`. */
  readonly process: number;
}
/** What of a container's output is asked for. */
export interface ContainerLogs extends ByContainer {
  /** Whether it goes on until the container ends. */
  readonly follow: boolean;
  /** Lines from the end; undefined = all. */
  readonly tail?: number | undefined;
  /** Whether each line has its time. */
  readonly timestamps: boolean;
}
/** A signal for its first program. */
export interface ContainerKill extends ByContainer {
  /** As signal(7) has it, with or without SIG, or its number. */
  readonly signal: string;
}
/** Asks its first program to end. */
export interface ContainerStop extends ByContainer {
  /** So long may it take, before it is killed. */
  readonly seconds: number;
}
/** Which one to remove. */
export interface ContainerRemove extends ByContainer {
  /** Whether one that runs is killed first. */
  readonly force: boolean;
}
/** Another size of a program's terminal. */
export interface Resize extends Size {
  /** As {@link ProgramEvent} has named the program. */
  readonly process: number;
}
/** Which image. */
export interface ByImage {
  /** As people write it. */
  readonly image: string;
}
/** An archive to come on the channel `archive`. */
export interface ImageLoad {
  /** Its bytes. */
  readonly size: number;
  /** For images in it that have no name. */
  readonly name?: string | undefined;
}
/** Images to be written as an archive. */
export interface ImageSave {
  /** Their names. */
  readonly images: readonly string[];
}
/** One more name of an image. */
export interface ImageTag extends ByImage {
  /** The new one. */
  readonly name: string;
}
/** What can be seen of a container. */
export interface ContainerLine {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** The image it is made of, as people write it. */
  readonly image?: string | undefined;
  /** The directory in place of an image. */
  readonly rootfs?: string | undefined;
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** Where it is in its life. */
  readonly status: "created" | "running" | "stopped";
  /** Its first program's number in the kernel; 0 unless it runs. */
  readonly pid: number;
  /** Whether its first program has a terminal, and whether its standard input is open. */
  readonly tty: boolean;
  /** Whether the standard input of its first program is open. */
  readonly stdin: boolean;
  /** As a shell sees the end. */
  readonly exitCode?: number | undefined;
  /** Whether its memory limit has ended a program of it. */
  readonly outOfMemory: boolean;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** Milliseconds since 1970. */
  readonly startedAt?: number | undefined;
  /** Milliseconds since 1970. */
  readonly finishedAt?: number | undefined;
  /** Its limits, as they were asked for. */
  readonly memoryLimit?: number | undefined;
  /** Limit of tasks, as it was asked for. */
  readonly pidsLimit?: number | undefined;
  /** Tasks now. */
  readonly tasks: number;
  /** Bytes of its frames: charged to it now and at the most, and those of the ledger. */
  readonly memory: number;
  /** The most bytes at once. */
  readonly memoryPeak: number;
  /** Bytes that it alone references. */
  readonly private: number;
  /** Bytes that it references together with others. */
  readonly shared: number;
  /** Instructions retired. */
  readonly instructions: number;
  /** System calls entered. */
  readonly systemCalls: number;
  /** Page faults handled. */
  readonly pageFaults: number;
  /** Changes of task. */
  readonly contextSwitches: number;
  /** Signals delivered. */
  readonly signals: number;
}
/** An image. */
export interface ImageLine {
  /** Its name. */
  readonly name: string;
  /** Of its manifest or index; empty where it is absent. */
  readonly digest: string;
  /** What it runs on. */
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
export const containerKill: z.ZodType<ContainerKill> = z.object({ container: reference, signal: z.string().max(32) });
export const containerStop: z.ZodType<ContainerStop> = z.object({ container: reference, seconds: z.number().min(0).max(1e6) });
export const containerRemove: z.ZodType<ContainerRemove> = z.object({ container: reference, force: z.boolean() });
export const resize: z.ZodType<Resize> = z.object({ process: z.int(), columns: terminal.shape.columns, rows: terminal.shape.rows });
export const containerLines: z.ZodType<readonly ContainerLine[]> = z.array(z.object({
  id: z.string(), name: z.string(), image: z.string().optional(), rootfs: z.string().optional(), args: z.array(z.string()), status: z.enum(["created", "running", "stopped"]), pid: z.int(), tty: z.boolean(), stdin: z.boolean(), exitCode: z.int().optional(), outOfMemory: z.boolean(),
  created: counter, startedAt: counter.optional(), finishedAt: counter.optional(), memoryLimit: counter.optional(), pidsLimit: counter.optional(), tasks: counter, memory: counter, memoryPeak: counter, private: counter, shared: counter,
  instructions: counter, systemCalls: counter, pageFaults: counter, contextSwitches: counter, signals: counter,
}));
export const byImage: z.ZodType<ByImage> = z.object({ image: reference });
export const imageLoad: z.ZodType<ImageLoad> = z.object({ size: z.int().min(0).max(2 ** 31), name: reference.optional() });
export const imageSave: z.ZodType<ImageSave> = z.object({ images: z.array(reference).min(1).max(100) });
export const imageTag: z.ZodType<ImageTag> = z.object({ image: reference, name: reference });
export const imageNames: z.ZodType<readonly string[]> = z.array(z.string());
export const imageLines: z.ZodType<readonly ImageLine[]> = z.array(z.object({ name: z.string(), digest: z.string(), platforms: z.array(z.string()), created: z.string().optional(), size: counter, absent: z.boolean() }));
