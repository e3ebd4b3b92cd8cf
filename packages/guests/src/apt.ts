import type { Host } from "@ringzero/host";
import type { LockedPackage } from "./lock-file.ts";

/** What `apt-cache show` says of a package. */
export interface AptRecord {
  /** Package name. */
  readonly name: string;
  /** deb-version(7). */
  readonly version: string;
  /** Of the package file, in hexadecimal. */
  readonly sha256: string;
  /** Of the package file, in bytes. */
  readonly size: number;
  /** What it needs, as deb-control(5) writes it. */
  readonly depends: string;
}

const decoder = new TextDecoder();

/**
 * The machine's own apt with a state of its own in a temporary directory: it uses the machine's sources and keys, needs no privileges, and
 * downloads packages of architectures that the machine does not have. apt.conf(5).
 */
export class PrivateApt {
  readonly #host: Host;
  readonly #directory: string;
  readonly #architecture: string;
  private constructor(host: Host, directory: string, architecture: string) {
    this.#host = host;
    this.#directory = directory;
    this.#architecture = architecture;
  }

  /** Makes the state and fetches the package lists. Rejects with an Error where the machine has no apt or no list can be had. */
  static async open(host: Host, architecture: "i386" | "amd64"): Promise<PrivateApt> {
    const made = await host.commands.run({ program: "mktemp", arguments: ["-d"] });
    const directory = decoder.decode(made.output).trim();
    const apt = new PrivateApt(host, directory, architecture);
    try {
      await apt.#run("mkdir", ["-p", `${directory}/lists/partial`, `${directory}/cache/archives/partial`]);
      await apt.#run("touch", [`${directory}/status`]);
      const setting = (name: string, value: string): string => `${name} "${value}";\n`;
      const configuration = setting("Dir::State", directory) + setting("Dir::State::lists", `${directory}/lists`) + setting("Dir::State::status", `${directory}/status`)
        + setting("Dir::Cache", `${directory}/cache`) + setting("APT::Architecture", architecture) + setting("APT::Architectures", architecture) + setting("Acquire::Languages", "none");
      await apt.#run("tee", [`${directory}/apt.conf`], new TextEncoder().encode(configuration));
      // Some source may be out of order: what counts is whether the packages are found.
      await host.commands.run({ program: "apt-get", arguments: ["update"], environment: apt.#environment });
      return apt;
    } catch (cause) {
      await apt.close();
      throw cause;
    }
  }
  get #environment(): { APT_CONFIG: string; LC_ALL: string } { return { APT_CONFIG: `${this.#directory}/apt.conf`, LC_ALL: "C" }; }
  async #run(program: string, args: readonly string[], input?: Uint8Array): Promise<Uint8Array> {
    const { status, output, errors } = await this.#host.commands.run({ program, arguments: args, directory: this.#directory, environment: this.#environment, ...(input ? { input } : {}) });
    if (status !== 0) throw new Error(`${program} ${args[0] ?? ""} failed: ${decoder.decode(errors).trim().split("\n").at(-1) ?? ""}`);
    return output;
  }

  /** What the archive has under a name, newest first; empty where it has nothing. */
  async show(name: string): Promise<AptRecord[]> {
    const { output } = await this.#host.commands.run({ program: "apt-cache", arguments: ["show", name], environment: this.#environment });
    return decoder.decode(output).split("\n\n").flatMap((text) => {
      const field = (key: string): string => new RegExp(`^${key}: (.*)$`, "m").exec(text)?.[1] ?? "";
      return field("Package") ? [{ name: field("Package"), version: field("Version"), sha256: field("SHA256"), size: Number(field("Size")), depends: field("Depends") }] : [];
    });
  }

  /** Downloads a pinned package and checks its SHA-256. Rejects with an Error that says what to do where the archive has it no longer. */
  async download(p: LockedPackage): Promise<Uint8Array> {
    try {
      await this.#run("apt-get", ["download", `${p.name}=${p.version}`]);
    } catch (cause) {
      throw new Error(`The archive no longer has ${p.name} ${p.version} for ${this.#architecture}: record the newer version with \`npm run guests:update\`, or use a mirror that keeps old versions.`, { cause });
    }
    const listed = decoder.decode(await this.#run("find", [".", "-maxdepth", "1", "-name", `${p.name}_*.deb`])).trim().split("\n")[0]!;
    const bytes = await this.#run("cat", [listed]);
    const hash = await sha256(bytes);
    if (hash !== p.sha256) throw new Error(`${p.name} ${p.version} has SHA-256 ${hash}, not the pinned ${p.sha256}: it was changed on its way or the lock file is wrong.`);
    return bytes;
  }
  /** Removes the state. */
  async close(): Promise<void> { await this.#host.commands.run({ program: "rm", arguments: ["-rf", this.#directory] }); }
}

/** SHA-256 in hexadecimal. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(hash), (b) => b.toString(16).padStart(2, "0")).join("");
}
