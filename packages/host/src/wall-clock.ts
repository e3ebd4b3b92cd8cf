/** Real time. Guests never see it: a tenant's own clock is virtual, see `@ringzero/machine`. */
export interface WallClock {
  /** Nanoseconds since an origin of its own, never less than before, whole or not as the platform measures. */
  now(): number;
  /** The date: milliseconds since 1970-01-01T00:00:00Z. It may jump, as when the user sets the clock. */
  unixMilliseconds(): number;
  /** Resolves when so many nanoseconds have passed, at the earliest; rejects with the signal's reason when it is aborted. */
  sleep(nanoseconds: number, signal?: AbortSignal): Promise<void>;
}
