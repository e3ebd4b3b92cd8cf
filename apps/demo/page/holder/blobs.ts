import { blobPath } from "../../src/shared/manifest.ts";

/** Fetches a blob of the local server's store. Rejects with an Error that says what to do. */
export async function fetchBlob(key: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(blobPath(key)).catch((cause: unknown) => { throw new Error("The page's server does not answer. Start it again with npm start.", { cause }); });
  if (!response.ok) throw new Error(`The page's server has no "${key}" (${response.status}). Start it again with npm start.`);
  return new Uint8Array(await response.arrayBuffer());
}
