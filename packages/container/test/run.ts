import type { ContainerSpec, Process, Runtime } from "../src/index.ts";

/** What a process has written so far, both streams in one. */
export function listen(process: Process): () => string {
  let text = "";
  process.onOutput((_, bytes) => { text += Buffer.from(bytes).toString("latin1"); });
  return () => text;
}
/** Runs a container of busybox, or as the specification says, to its end. */
export async function run(runtime: Runtime, spec: Omit<ContainerSpec, "image"> & { readonly image?: string | undefined }): Promise<{ readonly code: number; readonly text: string }> {
  const { image = spec.rootfs === undefined ? "busybox" : undefined, ...rest } = spec, container = await runtime.create({ ...rest, ...(image === undefined ? {} : { image }) }), text = listen(container.init);
  await container.start();
  const code = await container.wait();
  await container.delete();
  return { code, text: text() };
}
