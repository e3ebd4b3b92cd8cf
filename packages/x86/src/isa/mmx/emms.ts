import { STATE } from "../../state/state.ts";
import { instruction, type Instruction } from "../instruction.ts";
import { enterMmx } from "../x87/mmx-registers.ts";

/** EMMS: marks every x87 register as empty; TOP becomes 0 as with every MMX instruction (the silicon's answer; SDM leaves TOP out). */
export const EMMS: Instruction = instruction("EMMS", {
  forms: ["NP 0F 77  EMMS"], feature: "mmx", unit: "mmx", title: "EMMS—Empty MMX Technology State",
  execute(m) {
    enterMmx(m);
    m.setState(STATE.ftw, m.i32(0));
  },
});
