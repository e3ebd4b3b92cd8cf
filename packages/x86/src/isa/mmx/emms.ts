import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";

/** EMMS: marks every x87 register as empty. */
export const EMMS: Instruction = instruction("EMMS", {
  forms: ["NP 0F 77  EMMS"], feature: "mmx", unit: "mmx", title: "EMMS—Empty MMX Technology State",
  execute(m) { m.setState(STATE.ftw, m.i32(0)); },
});
