import { z } from "zod";
import { orNull, parseDocument } from "../schema/json.ts";

/** Who a process runs as. OCI runtime specification, "Configuration", "User". */
export interface RuntimeUser {
  /** Of the user. */
  readonly uid: number;
  /** Of the group. */
  readonly gid: number;
  /** Supplementary groups. */
  readonly additionalGids?: readonly number[] | undefined;
  /** File mode creation mask. */
  readonly umask?: number | undefined;
}

/** Sets of capabilities by name, as `CAP_KILL`. OCI runtime specification, "Linux Process". */
export interface RuntimeCapabilities {
  /** Most that any program can get. */
  readonly bounding?: readonly string[] | undefined;
  /** What counts. */
  readonly effective?: readonly string[] | undefined;
  /** What may be made effective. */
  readonly permitted?: readonly string[] | undefined;
  /** What outlives execve(2) of a program that has file capabilities. */
  readonly inheritable?: readonly string[] | undefined;
  /** What outlives execve(2) of any program. */
  readonly ambient?: readonly string[] | undefined;
}

/** Size of a terminal in characters. */
export interface RuntimeConsoleSize {
  /** Lines. */
  readonly height: number;
  /** Characters of a line. */
  readonly width: number;
}
/** One limit of setrlimit(2). */
export interface RuntimeLimit {
  /** As `RLIMIT_NOFILE`. */
  readonly type: string;
  /** What holds. */
  readonly soft: number;
  /** What it may be raised to. */
  readonly hard: number;
}

/** The first program. OCI runtime specification, "Configuration", "Process". */
export interface RuntimeProcess {
  /** Whether it has a terminal. */
  readonly terminal?: boolean | undefined;
  /** Size of its terminal in characters. */
  readonly consoleSize?: RuntimeConsoleSize | undefined;
  /** Who it runs as. */
  readonly user: RuntimeUser;
  /** The program and its arguments. */
  readonly args: readonly string[];
  /** `NAME=VALUE`. */
  readonly env?: readonly string[] | undefined;
  /** Working directory, absolute. */
  readonly cwd: string;
  /** Its rights. */
  readonly capabilities?: RuntimeCapabilities | undefined;
  /** Limits of setrlimit(2). */
  readonly rlimits?: readonly RuntimeLimit[] | undefined;
  /** No program that it executes gives it more rights. */
  readonly noNewPrivileges?: boolean | undefined;
}

/** A file system on the root. OCI runtime specification, "Configuration", "Mounts". */
export interface RuntimeMount {
  /** Absolute path in the container. */
  readonly destination: string;
  /** As mount(2) has it; `bind` for a directory of the host. */
  readonly type?: string | undefined;
  /** What is mounted. */
  readonly source?: string | undefined;
  /** As mount(8) has them. */
  readonly options?: readonly string[] | undefined;
}

/** What the container has to itself. OCI runtime specification, "Linux Container Configuration", "Namespaces". */
export interface RuntimeNamespace {
  /** Which. */
  readonly type: "pid" | "network" | "mount" | "ipc" | "uts" | "user" | "cgroup" | "time";
  /** One that is there, to be joined. */
  readonly path?: string | undefined;
}

/** A rule for devices: those that fit are allowed or denied, the last rule wins. */
export interface RuntimeDeviceRule {
  /** Which of both. */
  readonly allow: boolean;
  /** `c`, `b` or `a` for all. */
  readonly type?: string | undefined;
  /** Driver; left out = all. */
  readonly major?: number | undefined;
  /** Unit; left out = all. */
  readonly minor?: number | undefined;
  /** Some of `r`, `w`, `m` (mknod). */
  readonly access?: string | undefined;
}

/** Limits. OCI runtime specification, "Linux Container Configuration", "Control groups". */
export interface RuntimeResources {
  /** Of memory. */
  readonly memory?: {
    /** Bytes. */
    readonly limit?: number | undefined;
  } | undefined;
  /** Of tasks. */
  readonly pids?: {
    /** How many. */
    readonly limit: number;
  } | undefined;
  /** Devices that may be opened; the first rule denies all. */
  readonly devices?: readonly RuntimeDeviceRule[] | undefined;
}

/** Linux's part. OCI runtime specification, "Linux Container Configuration". */
export interface RuntimeLinux {
  /** What the container has to itself. */
  readonly namespaces?: readonly RuntimeNamespace[] | undefined;
  /** Limits. */
  readonly resources?: RuntimeResources | undefined;
  /** Its control group. */
  readonly cgroupsPath?: string | undefined;
  /** Paths that show nothing. */
  readonly maskedPaths?: readonly string[] | undefined;
  /** Paths that cannot be written to. */
  readonly readonlyPaths?: readonly string[] | undefined;
}

/** All about a container: `config.json` of a bundle. OCI runtime specification, "Configuration". */
export interface RuntimeSpec {
  /** Version of the specification that it follows. */
  readonly ociVersion: string;
  /** The first program. */
  readonly process: RuntimeProcess;
  /** The root file system. */
  readonly root: {
    /** From the bundle, or absolute. */
    readonly path: string;
    /** Whether it cannot be written to. */
    readonly readonly?: boolean | undefined;
  };
  /** What uname(2) says. */
  readonly hostname?: string | undefined;
  /** In the order in which they are mounted. */
  readonly mounts: readonly RuntimeMount[];
  /** Linux's part. */
  readonly linux: RuntimeLinux;
  /** For people and tools. */
  readonly annotations?: { readonly [key: string]: string } | undefined;
}

const id = z.number().int().min(0).max(0xffff_ffff), strings = z.array(z.string()), absolute = z.string().regex(/^\//, "an absolute path is needed");
const capabilities = z.array(z.string().regex(/^CAP_[A-Z_]+$/, "a capability is named CAP_…"));
const processSchema = z.looseObject({
  terminal: z.boolean().optional(), consoleSize: orNull(z.looseObject({ height: id, width: id })), user: z.looseObject({ uid: id, gid: id, additionalGids: orNull(z.array(id)), umask: id.optional() }),
  args: z.array(z.string()).min(1, "there is no program to run"), env: orNull(z.array(z.string().regex(/^[^=\0]+=[^\0]*$/, "a variable is NAME=VALUE"))), cwd: absolute,
  capabilities: orNull(z.looseObject({ bounding: orNull(capabilities), effective: orNull(capabilities), permitted: orNull(capabilities), inheritable: orNull(capabilities), ambient: orNull(capabilities) })),
  rlimits: orNull(z.array(z.looseObject({ type: z.string().regex(/^RLIMIT_[A-Z]+$/, "a limit is named RLIMIT_…"), soft: z.number().nonnegative(), hard: z.number().nonnegative() }))), noNewPrivileges: z.boolean().optional(),
});
const linuxSchema = z.looseObject({
  namespaces: orNull(z.array(z.looseObject({ type: z.enum(["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"]), path: z.string().optional() }))),
  resources: orNull(z.looseObject({
    memory: orNull(z.looseObject({ limit: orNull(z.number().int()) })), pids: orNull(z.looseObject({ limit: z.number().int() })),
    devices: orNull(z.array(z.looseObject({ allow: z.boolean(), type: z.string().optional(), major: orNull(z.number().int()), minor: orNull(z.number().int()), access: z.string().optional() }))),
  })),
  cgroupsPath: z.string().optional(), maskedPaths: orNull(strings), readonlyPaths: orNull(strings),
});

/** Checks a `config.json`. What it says beyond the fields of RuntimeSpec is kept. */
export const runtimeSpecSchema: z.ZodType<RuntimeSpec> = z.looseObject({
  ociVersion: z.string().regex(/^1\.\d+\.\d+/, "only version 1 is known"), process: processSchema, root: z.looseObject({ path: z.string().min(1), readonly: z.boolean().optional() }),
  hostname: z.string().optional(), mounts: orNull(z.array(z.looseObject({ destination: absolute, type: z.string().optional(), source: z.string().optional(), options: orNull(strings) }))).transform((mounts) => mounts ?? []),
  linux: orNull(linuxSchema).transform((linux) => linux ?? {}), annotations: orNull(z.record(z.string(), z.string())),
}) as unknown as z.ZodType<RuntimeSpec>;

/** A `config.json` of bytes. Throws an Error with one sentence where it is none. */
export function parseRuntimeSpec(bytes: Uint8Array): RuntimeSpec { return parseDocument(bytes, runtimeSpecSchema, "The bundle's config.json"); }
