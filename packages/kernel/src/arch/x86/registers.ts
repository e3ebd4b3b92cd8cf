/** The processor's registers by name, for what in the kernel must know them. */
export { GPR, SREG, type Registers } from "@ringzero/x86";
