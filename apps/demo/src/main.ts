// `npm start`: prepares the guests, makes a snapshot of Linux at its prompt, builds the page and serves it until it is told to stop.
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
// What Node made of the sources is kept: it need not do so again at the next start. So nothing of them is imported before.
enableCompileCache(`${root}/.cache/compile`);
const { main } = await import("./start/start.ts");
await main(root, process.argv.slice(2));
