import { testEnginesAgree, testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(1000, "interpreter");
testRandomPrograms(50, "interpreter", 20_000);
testRandomPrograms(200, "jit", 2000);
testEnginesAgree(400, ["interpreter", "jit"], 2000);
testEnginesAgree(100, ["interpreter", "reference"]);
