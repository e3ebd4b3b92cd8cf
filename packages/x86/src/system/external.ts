import type { OperationFamily } from "./operations.ts";
import type { Processor } from "./processor.ts";

/** Values from outside the processor. */
export const EXTERNAL_CALL_OUTS: OperationFamily = {
  rdrand: (p: Processor) => p.entropy(),
  rdseed: (p: Processor) => p.entropy(),
};
