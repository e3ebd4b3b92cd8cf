/**
 * floor(value × numerator / denominator), exact: only the remainder is multiplied, so that nanoseconds up to 2^53 may be scaled by terms whose
 * product stays below 2^53. The result must be a safe integer.
 */
export function scaleDown(value: number, numerator: number, denominator: number): number {
  const whole = Math.floor(value / denominator);
  return whole * numerator + Math.floor(((value - whole * denominator) * numerator) / denominator);
}
/** As `scaleDown`, rounded up: the first moment at which so many ticks have passed. */
export function scaleUp(value: number, numerator: number, denominator: number): number {
  const whole = Math.floor(value / denominator);
  return whole * numerator + Math.ceil(((value - whole * denominator) * numerator) / denominator);
}
