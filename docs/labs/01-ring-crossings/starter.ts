import type { RingCrossingAnswers } from "@ringzero/contrast";

// Fill in the four functions, then: npm run lab -- 01 docs/labs/01-ring-crossings/starter.ts
// Each gets an experiment: `job` (what was printed), `idle` and `busy` (what was counted without and with it).
export default {
  // How often did the program call write?
  writes(_experiment) {
    return undefined!;
  },
  // How often did the virtual machine's processor change rings because of these writes?
  vmCrossings(_experiment) {
    return undefined!;
  },
  // How often did the virtual machine leave the guest for the hypervisor because of these writes?
  vmExits(_experiment) {
    return undefined!;
  },
  // How often did the container's program and the shared kernel change places because of these writes?
  containerCrossings(_experiment) {
    return undefined!;
  },
} satisfies RingCrossingAnswers;
