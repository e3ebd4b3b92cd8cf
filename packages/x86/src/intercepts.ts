export const INTERCEPT_NAMES = [] as const;
