import type { WallClock } from "../wall-clock.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** The browser's clocks. Their grain is 5 µs at best, and 0.1 ms without cross-origin isolation. */
export const browserClock: WallClock = {
  now: () => performance.now() * NANOSECONDS_PER_MILLISECOND,
  unixMilliseconds: () => Date.now(),
  sleep(nanoseconds, signal) {
    const end = performance.now() + nanoseconds / NANOSECONDS_PER_MILLISECOND;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      let timer = 0;
      const cancel = (): void => {
        clearTimeout(timer);
        reject(signal!.reason as Error);
      };
      // A timer may fire early; setTimeout(0) below a millisecond is as good as it gets.
      const wait = (): void => {
        const left = end - performance.now();
        if (left > 0) timer = setTimeout(wait, Math.ceil(left)) as unknown as number;
        else {
          signal?.removeEventListener("abort", cancel);
          resolve();
        }
      };
      signal?.addEventListener("abort", cancel, { once: true });
      wait();
    });
  },
};
