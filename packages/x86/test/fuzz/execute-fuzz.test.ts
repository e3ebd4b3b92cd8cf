import { testRandomPrograms } from "./random-programs.ts";

testRandomPrograms(30, "interpreter");
