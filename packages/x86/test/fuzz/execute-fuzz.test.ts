import { testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(60, "interpreter");
