/** Signals that the command hears instead of ending. */
export type HeardSignal = "SIGINT" | "SIGTERM" | "SIGHUP" | "SIGQUIT" | "SIGUSR1" | "SIGUSR2";

/** A signal from the terminal reaches the command and whoever started it, who hands it on: what comes so soon after the same is the same. */
const SAME = 250;

/**
 * Calls `listener` with each signal that this process gets, or that the program that started it by `npx` got. Returns what ends that.
 */
export function onSignal(signals: readonly HeardSignal[], listener: (signal: HeardSignal) => void): () => void {
  const last = new Map<HeardSignal, number>();
  const hear = (signal: HeardSignal): void => {
    const now = performance.now();
    if (now - (last.get(signal) ?? Number.NEGATIVE_INFINITY) < SAME) return;
    last.set(signal, now);
    listener(signal);
  };
  const ends = signals.map((signal) => {
    const heard = (): void => hear(signal);
    process.on(signal, heard);
    return () => { process.off(signal, heard); };
  });
  return () => { for (const end of ends) end(); };
}
