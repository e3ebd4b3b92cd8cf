/** Whether a person sits at standard input and output. */
export function isTerminal(): boolean { return process.stdin.isTTY === true && process.stdout.isTTY === true; }

/** Makes the terminal raw until the returned function is called, or the process ends in any way that lets it. */
export function rawMode(): () => void {
  const restore = (): void => {
    process.off("exit", restore);
    // The terminal may be gone.
    try { process.stdin.setRawMode(false); } catch { /* nothing to restore */ }
  };
  process.stdin.setRawMode(true);
  process.on("exit", restore);
  return restore;
}
