import { CpuModel } from "../../src/model/cpu-model.ts";
import { testRandomStrings } from "./decode-strings.ts";

testRandomStrings(10_000_000, [CpuModel.max]);
