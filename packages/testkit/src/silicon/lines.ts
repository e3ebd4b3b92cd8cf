import type { Readable } from "node:stream";

/** Lines of a byte stream, without their line ends; an unfinished last line (a process that was stopped) is left out. */
export async function* linesOf(stream: Readable): AsyncGenerator<string[]> {
  let rest = "";
  stream.setEncoding("utf8");
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield lines;
  }
}
