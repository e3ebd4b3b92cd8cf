import type { Experiment, RingCrossingAnswers } from "@ringzero/contrast";

/** Ticks of the timer that came because the busy run took longer. */
function ticks({ idle, busy }: Experiment): number { return busy.vm.interrupts - idle.vm.interrupts; }

export default {
  // Both runs end by one system call, exit; the rest of the busy run's are writes.
  writes({ idle, busy }) {
    return busy.container.systemCalls - idle.container.systemCalls;
  },
  // Start and end are in both runs. Each tick of the timer crosses into ring 0 and back.
  vmCrossings(experiment) {
    const { idle, busy } = experiment;
    return busy.vm.ringCrossings - idle.vm.ringCrossings - 2 * ticks(experiment);
  },
  // Of the port accesses, one for each tick is the end of the interrupt.
  vmExits(experiment) {
    const { idle, busy } = experiment;
    return busy.vm.exits.io - idle.vm.exits.io - ticks(experiment);
  },
  // In by a trap, and back.
  containerCrossings({ idle, busy }) {
    return 2 * (busy.container.systemCalls - idle.container.systemCalls);
  },
} satisfies RingCrossingAnswers;
