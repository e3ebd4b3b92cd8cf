import { writeFile } from "node:fs/promises";
import { CHANNEL } from "@ringzero/service";
import { fileOf } from "../arguments/parse.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure } from "../failure.ts";
import { Progress } from "../output/progress.ts";
import { duration, size, table } from "../output/table.ts";

/** `ringzero images`. Returns the exit status. */
export async function images(context: CommandContext, { quiet, json }: { readonly quiet?: boolean; readonly json?: boolean }): Promise<number> {
  const client = await context.client(), lines = await client.ask("image.list", {});
  if (json) console.log(JSON.stringify(lines, undefined, 2));
  else if (quiet) for (const { name, absent } of lines) { if (!absent) console.log(name); }
  else {
    process.stdout.write(table(["IMAGE", "DIGEST", "PLATFORMS", "CREATED", "SIZE"], lines.map((line) => [
      line.name, line.absent ? "-" : line.digest.replace(/^sha256:/, "").slice(0, 12), line.absent ? "made when first used" : line.platforms.join(" "),
      line.created === undefined ? "" : age(line.created), line.absent ? "" : size(line.size),
    ])));
  }
  return 0;
}
function age(created: string): string {
  const time = Date.parse(created);
  // What is built to be the same bytes each time has no date of its own.
  return Number.isNaN(time) || time <= 0 ? "" : `${duration(Date.now() - time)} ago`;
}

/** `ringzero pull`: makes an image that is made when it is first used. Returns the exit status. */
export async function pull(context: CommandContext, image: string): Promise<number> {
  const client = await context.client(), progress = new Progress();
  try {
    for (const line of await client.ask("image.pull", { image }, { onEvent: (event) => progress.show(event) })) console.log(`${line.name} ${line.digest}`);
  } finally {
    progress.stop();
  }
  return 0;
}
/** `ringzero rmi`. Returns the exit status. */
export async function removeImages(context: CommandContext, names: readonly string[]): Promise<number> {
  const client = await context.client();
  for (const image of names) {
    await client.ask("image.remove", { image });
    console.log(`Untagged: ${image}`);
  }
  return 0;
}
/** `ringzero tag`. Returns the exit status. */
export async function tag(context: CommandContext, image: string, name: string): Promise<number> {
  await (await context.client()).ask("image.tag", { image, name });
  return 0;
}
/** `ringzero load`: images of an archive. Returns the exit status. */
export async function load(context: CommandContext, { input }: { readonly input?: string }): Promise<number> {
  if (input === undefined && process.stdin.isTTY) throw new CommandFailure("Give an archive with -i, or on standard input.");
  const archive = await fileOf(input ?? "/dev/stdin", "archive", 2 ** 31), client = await context.client(), call = client.call("image.load", { size: archive.length });
  await Promise.race([call.write(CHANNEL.archive, archive), call.result]);
  call.end(CHANNEL.archive);
  for (const name of await call.result) console.log(`Loaded image: ${name}`);
  return 0;
}
/** `ringzero save`: images as an archive. Returns the exit status. */
export async function save(context: CommandContext, images: readonly string[], { output }: { readonly output?: string }): Promise<number> {
  if (output === undefined && process.stdout.isTTY) throw new CommandFailure("An archive is nothing for a terminal: give a file with -o, or redirect standard output.");
  const pieces: Uint8Array[] = [], client = await context.client();
  await client.ask("image.save", { images }, { onBytes: (_channel, bytes) => { pieces.push(bytes); } });
  const archive = Buffer.concat(pieces);
  if (output === undefined) await new Promise<void>((resolve) => process.stdout.write(archive, () => resolve()));
  else await writeFile(output, archive).catch((cause: Error) => { throw new CommandFailure(`${output} could not be written: ${cause.message}.`, 1, { cause }); });
  return 0;
}
