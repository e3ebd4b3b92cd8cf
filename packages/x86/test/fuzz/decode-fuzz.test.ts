import { CpuModel } from "../../src/model/cpu-model.ts";
import { testRandomStrings } from "./decode-strings.ts";

testRandomStrings(30_000, [CpuModel.max, CpuModel.i486]);
