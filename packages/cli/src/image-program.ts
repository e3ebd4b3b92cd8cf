import type { Command } from "commander";
import type { CommandContext } from "./context.ts";
import type { Outcome } from "./program.ts";
import { images, load, pull, removeImages, save, tag } from "./commands/image-control.ts";

/** Adds the commands about images. */
export function addImageCommands(root: Command, context: CommandContext, outcome: Outcome): void {
  root.command("images").description("list images").option("-q, --quiet", "names only").option("--json", "as JSON").action(async (options: { quiet?: boolean; json?: boolean }) => { outcome.status = await images(context, options); });
  root.command("pull").description("make an image that is made when it is first used").argument("<image>").action(async (image: string) => { outcome.status = await pull(context, image); });
  root.command("load").description("load images from an archive of docker save, podman save or skopeo").option("-i, --input <file>", "the archive (default: standard input)").action(async (options: { input?: string }) => { outcome.status = await load(context, options); });
  root.command("save").description("write images as an archive").argument("<image...>").option("-o, --output <file>", "where to (default: standard output)").action(async (names: string[], options: { output?: string }) => { outcome.status = await save(context, names, options); });
  root.command("tag").description("give an image one more name").argument("<image>").argument("<name>").action(async (image: string, name: string) => { outcome.status = await tag(context, image, name); });
  root.command("rmi").description("remove images").argument("<image...>").action(async (names: string[]) => { outcome.status = await removeImages(context, names); });
}
