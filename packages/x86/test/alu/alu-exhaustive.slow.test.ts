import { testEveryByte } from "./every-byte.ts";

testEveryByte("jit");
