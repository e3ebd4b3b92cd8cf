import { testEnginesAgree, testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(30, "interpreter");
testEnginesAgree(10, ["interpreter", "reference"]);
