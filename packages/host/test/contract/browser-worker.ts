import { workerPort } from "../../src/browser/index.ts";
import { workerMain } from "./worker-main.ts";

workerMain(await workerPort());
