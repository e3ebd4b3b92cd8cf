import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { ContainerCreate, ProcessArgs } from "@ringzero/service";
import { CommandFailure, EXIT_USAGE } from "../failure.ts";

/** Options about a program, of `run`, `create` and `exec`. */
export interface ProcessOptions {
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: readonly string[];
  readonly envFile?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
}
/** Options of `run` and `create`. */
export interface CreateOptions extends ProcessOptions {
  readonly name?: string;
  readonly hostname?: string;
  readonly volume?: readonly string[];
  readonly memory?: number;
  readonly pidsLimit?: number;
  readonly platform?: "linux/amd64" | "linux/386";
  readonly rootfs?: string;
  readonly readOnly?: boolean;
  readonly rm?: boolean;
}

/** What a program is started with. A terminal has the size of the one in front of the user. */
export function processArgs(options: ProcessOptions, args: readonly string[]): ProcessArgs {
  const env = environment(options);
  return {
    ...(args.length > 0 && { args }), ...(env.length > 0 && { env }), ...(options.workdir !== undefined && { cwd: directory(options.workdir) }), ...(options.user !== undefined && { user: options.user }),
    ...(options.tty && { terminal: terminalSize() }), stdin: options.interactive === true,
  };
}
/** What a container is made with: `operands` are the image and the command, or the command alone where there is a directory. */
export function containerCreate(options: CreateOptions, operands: readonly string[]): ContainerCreate {
  const { rootfs, name, hostname, platform } = options, image = rootfs === undefined ? operands[0] : undefined, rest = rootfs === undefined ? operands.slice(1) : operands;
  if (rootfs === undefined && image === undefined) throw new CommandFailure("Give an image, such as busybox, or --rootfs with a directory.", EXIT_USAGE);
  if (rootfs !== undefined && rest.length === 0) throw new CommandFailure("A directory says no command of its own: give one behind --rootfs.", EXIT_USAGE);
  return {
    ...processArgs(options, rest), remove: options.rm === true,
    ...(image !== undefined && { image }), ...(rootfs !== undefined && { rootfs: hostPath(rootfs, "--rootfs") }), ...(name !== undefined && { name }), ...(hostname !== undefined && { hostname }), ...(platform && { platform }),
    ...(options.memory !== undefined && { memory: options.memory }), ...(options.pidsLimit !== undefined && { pids: options.pidsLimit }), ...(options.readOnly && { readonly: true }),
    ...(options.volume && { mounts: options.volume.map(mount) }),
  };
}
/** The size of the terminal in front of the user; 80 by 24 where there is none. */
export function terminalSize(): { readonly columns: number; readonly rows: number } { return { columns: process.stdout.columns || 80, rows: process.stdout.rows || 24 }; }

function hostPath(path: string, what: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new CommandFailure(`${what}: there is no ${absolute} on this computer.`, EXIT_USAGE);
  return absolute;
}
function directory(path: string): string {
  if (!path.startsWith("/")) throw new CommandFailure(`The working directory "${path}" is not absolute: begin it with a slash.`, EXIT_USAGE);
  return path;
}
/** `HOST:GUEST[:ro]`. docker-run(1), "--volume". */
function mount(text: string): { source: string; destination: string; readonly: boolean } {
  const [host, guest, mode = "rw", ...more] = text.split(":");
  if (!host || !guest || more.length > 0 || (mode !== "ro" && mode !== "rw")) throw new CommandFailure(`"${text}" is no volume: give HOST:GUEST, HOST:GUEST:ro or HOST:GUEST:rw.`, EXIT_USAGE);
  if (!host.includes("/") && host !== "." && host !== "..") throw new CommandFailure(`"${host}" is a volume's name, and there are no named volumes: give a path, such as ./${host}.`, EXIT_USAGE);
  if (!guest.startsWith("/")) throw new CommandFailure(`"${guest}" in "${text}" is not absolute: begin it with a slash.`, EXIT_USAGE);
  return { source: hostPath(host, "-v"), destination: guest, readonly: mode === "ro" };
}
/** `-e` and `--env-file`: a name without a value takes this command's own, where it has one. docker-run(1), "--env". */
function environment({ env = [], envFile = [] }: ProcessOptions): string[] {
  const lines = envFile.flatMap((file) => {
    try {
      return readFileSync(file, "utf8").split(/\r?\n/).map((line) => line.trimStart()).filter((line) => line !== "" && !line.startsWith("#"));
    } catch (cause) {
      throw new CommandFailure(`--env-file ${file} could not be read: ${(cause as Error).message}.`, EXIT_USAGE, { cause });
    }
  });
  return [...lines, ...env].flatMap((entry) => {
    if (entry.startsWith("=") || entry === "") throw new CommandFailure(`"${entry}" is no variable: give NAME=VALUE.`, EXIT_USAGE);
    if (entry.includes("=")) return [entry];
    const value = process.env[entry];
    return value === undefined ? [] : [`${entry}=${value}`];
  });
}
