// The module that a student's functions run on in the page, and nothing else.
import { serveAnswers } from "@ringzero/contrast";
import { workerPort } from "@ringzero/host/browser";

await serveAnswers(await workerPort());
