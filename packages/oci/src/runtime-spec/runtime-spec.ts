import { DEFAULT_PATH } from "../build/busybox-image.ts";
import type { ImageConfig } from "../schema/image-config.ts";
import { DEFAULT_CAPABILITIES, DEFAULT_MOUNTS, DEFAULT_NAMESPACES, MASKED_PATHS, READONLY_PATHS } from "./defaults.ts";
import type { RuntimeMount, RuntimeResources, RuntimeSpec, RuntimeUser } from "./schema.ts";

/** A directory of the host in a container. */
export interface BindMount {
  /** Absolute path on the host. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly destination: string;
  /** Whether it cannot be written to through the mount. */
  readonly readonly?: boolean;
}

/** What a container is asked for, beside what its image says. */
export interface RuntimeSpecOptions {
  /** Of the image. */
  readonly config: ImageConfig;
  /** Instead of the image's Cmd; they follow its Entrypoint. */
  readonly args?: readonly string[];
  /** Instead of the image's Entrypoint; its Cmd then does not count either. */
  readonly entrypoint?: readonly string[];
  /** `NAME=VALUE`: wins over the image's variable of the same name. */
  readonly env?: readonly string[];
  /** Instead of the image's WorkingDir. */
  readonly cwd?: string;
  /** Instead of the image's User; needed where that has names, which only the container's /etc/passwd knows. */
  readonly user?: RuntimeUser;
  /** Gives the program a terminal of that size. */
  readonly terminal?: {
    /** Characters of a line. */
    readonly columns: number;
    /** Lines. */
    readonly rows: number;
  };
  /** What uname(2) says. Default: nothing, and the runtime decides. */
  readonly hostname?: string;
  /** memory.max in bytes. */
  readonly memory?: number;
  /** pids.max. */
  readonly pids?: number;
  /** Directories of the host. */
  readonly mounts?: readonly BindMount[];
  /** Whether the root cannot be written to. */
  readonly readonly?: boolean;
  /** Where the root file system lies. Default: `rootfs` in the bundle. */
  readonly rootPath?: string;
}

/**
 * The `config.json` of a container. OCI image specification, "Conversion to OCI Runtime Configuration". Throws an Error where there is nothing to run, or the image's User has
 * names and `user` is not given.
 */
export function runtimeSpec(options: RuntimeSpecOptions): RuntimeSpec {
  const { config, terminal, hostname, memory, pids } = options, run = config.config ?? {};
  const entrypoint = options.entrypoint ?? run.Entrypoint ?? [], args = [...entrypoint, ...(options.args ?? (options.entrypoint ? [] : (run.Cmd ?? [])))];
  if (args.length === 0) throw new Error("The image has neither Entrypoint nor Cmd: say which program to run.");
  const resources: RuntimeResources = { ...(memory === undefined ? {} : { memory: { limit: memory } }), ...(pids === undefined ? {} : { pids: { limit: pids } }) };
  const sets = { bounding: DEFAULT_CAPABILITIES, effective: DEFAULT_CAPABILITIES, permitted: DEFAULT_CAPABILITIES };
  const user = options.user ?? numericUser(run.User ?? "");
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: terminal !== undefined, ...(terminal ? { consoleSize: { height: terminal.rows, width: terminal.columns } } : {}), user, args,
      env: environment(run.Env ?? [], options.env ?? [], terminal !== undefined), cwd: options.cwd ?? (run.WorkingDir || "/"),
      // Who is not root has rights only where a program's file gives them.
      capabilities: user.uid === 0 ? sets : { bounding: DEFAULT_CAPABILITIES },
    },
    root: { path: options.rootPath ?? "rootfs", readonly: options.readonly ?? false },
    ...(hostname === undefined ? {} : { hostname }),
    mounts: [...DEFAULT_MOUNTS, ...volumes(run.Volumes ?? {}, options.mounts ?? []), ...(options.mounts ?? []).map(bind)],
    linux: { namespaces: DEFAULT_NAMESPACES, resources, maskedPaths: MASKED_PATHS, readonlyPaths: READONLY_PATHS },
    annotations: annotationsOf(config),
  };
}

function numericUser(user: string): RuntimeUser {
  if (user === "") return { uid: 0, gid: 0 };
  const match = /^(\d{1,9})(?::(\d{1,9}))?$/.exec(user);
  if (!match) throw new Error(`The image runs as the user ${JSON.stringify(user.slice(0, 100))}, whose numbers its /etc/passwd has: give them.`);
  return { uid: Number(match[1]), gid: Number(match[2] ?? 0) };
}
/** Variables of the image, then those that were asked for; a later one replaces an earlier one in its place. */
function environment(image: readonly string[], asked: readonly string[], terminal: boolean): string[] {
  const variables = new Map<string, string>();
  for (const variable of [...image, ...asked]) variables.set(variable.slice(0, variable.indexOf("=")), variable);
  if (!variables.has("PATH")) variables.set("PATH", DEFAULT_PATH);
  if (terminal && !variables.has("TERM")) variables.set("TERM", "TERM=xterm");
  return [...variables.values()];
}
/** What the container writes into an image's volumes does not belong to its root. */
function volumes(paths: { readonly [path: string]: unknown }, mounts: readonly { readonly destination: string }[]): RuntimeMount[] {
  return Object.keys(paths).filter((path) => path.startsWith("/") && !mounts.some((mount) => mount.destination === path))
    .map((destination) => ({ destination, type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=755", "tmpcopyup"] }));
}
function bind({ source, destination, readonly }: BindMount): RuntimeMount {
  return { destination, type: "bind", source, options: ["rbind", "rprivate", readonly ? "ro" : "rw"] };
}
/** What the image says of itself; its labels win. */
function annotationsOf({ os, architecture, variant, author, created, config = {} }: ImageConfig): { readonly [key: string]: string } {
  const said = { os, architecture, variant, author, created, stopSignal: config.StopSignal, exposedPorts: config.ExposedPorts && Object.keys(config.ExposedPorts).join(",") };
  return { ...Object.fromEntries(Object.entries(said).flatMap(([key, value]) => (value ? [[`org.opencontainers.image.${key}`, value]] : []))), ...config.Labels };
}
