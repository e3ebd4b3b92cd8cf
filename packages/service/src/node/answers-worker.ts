// The module that a student's functions run on, and nothing else.
import { serveAnswers } from "@ringzero/contrast";
import { workerPort } from "@ringzero/host/node";

await serveAnswers(await workerPort());
