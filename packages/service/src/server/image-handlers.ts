import type { Host } from "@ringzero/host";
import { builtInImages, Images, parseReference } from "@ringzero/oci";
import type { ImageLine } from "../protocol/container-calls.ts";
import { CHANNEL } from "../protocol/messages.ts";
import type { Handlers } from "./handlers.ts";

type ImageCall = "image.list" | "image.pull" | "image.remove" | "image.tag" | "image.load" | "image.save";

/** Answers calls about images, which are in the host's store. */
export function imageHandlers(host: Host): Pick<Handlers, ImageCall> {
  const images = new Images(host);
  const list = async (): Promise<ImageLine[]> => {
    const there = await images.list(), lines = there.map(({ reference: _, ...line }): ImageLine => ({ ...line, absent: false }));
    for (const name of Object.keys(builtInImages)) {
      if (!there.some(({ reference }) => reference === name)) lines.push({ name: parseReference(name).familiar, digest: "", platforms: [], size: 0, absent: true });
    }
    return lines;
  };
  return {
    "image.list": list,
    "image.pull": async ({ image }, context) => {
      await images.resolve(image, undefined, (step, done, all) => context.event({ kind: "progress", step, done, all }));
      const name = parseReference(image).familiar;
      return (await list()).filter((line) => line.name === name);
    },
    "image.remove": async ({ image }) => { await images.remove(image); return {}; },
    "image.tag": async ({ image, name }) => { await images.tag(image, name); return {}; },
    "image.load": async ({ size, name }, context) => await images.load(await context.file(CHANNEL.archive, size), name),
    "image.save": async ({ images: names }, context) => {
      const archive = await images.save(names);
      for (let at = 0; at < archive.length; at += 1 << 20) {
        context.send(CHANNEL.output, archive.subarray(at, at + (1 << 20)));
        await context.drained();
      }
      return {};
    },
  };
}
