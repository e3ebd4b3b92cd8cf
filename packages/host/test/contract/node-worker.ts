import { workerPort } from "../../src/node/index.ts";
import { workerMain } from "./worker-main.ts";

workerMain(await workerPort());
