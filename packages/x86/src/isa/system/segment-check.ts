import { I32, I64, routine, type Routine } from "../../ir/routine.ts";
export const segmentLinear: Routine = routine("segmentLinear", { params: [I32, I64, I32], results: [I64], mayFault: true }, (m, _segment, offset) => { m.return(offset!); });
