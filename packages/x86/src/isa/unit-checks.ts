import type { InstructionBuilder } from "./instruction-builder.ts";
import { raisePendingX87 } from "./x87/status.ts";

/** What precedes the body of an instruction of a unit that may be absent, unavailable or waiting to report an exception. */
export function unitCheck(m: InstructionBuilder, unit: "x87" | "x87-nowait" | "mmx" | "sse"): void {
  if (unit === "x87" || unit === "mmx") raisePendingX87(m);
}
