// A student's answers, of which some never return. They are no test's own: they run on a worker.
export default {
  writes(): number { for (;;); },
  vmCrossings(): number { throw new Error("oh"); },
  vmExits(): number { for (;;); },
  containerCrossings: "not a function",
};
