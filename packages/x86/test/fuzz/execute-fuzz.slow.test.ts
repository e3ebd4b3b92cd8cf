import { testEnginesAgree, testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(2000, "interpreter");
testRandomPrograms(200, "interpreter", 20_000);
testRandomPrograms(500, "jit", 2000);
testEnginesAgree(1000, ["interpreter", "jit"], 2000);
testEnginesAgree(300, ["interpreter", "reference"]);
