import { testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(2000, "interpreter");
testRandomPrograms(200, "interpreter", 20_000);
testRandomPrograms(500, "jit", 2000);
