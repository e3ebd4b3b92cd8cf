/** Frames of 4 KiB as MiB or KiB. */
export function frames(count: number): string { return bytes(count * 4096); }
/** Bytes in the unit that keeps three digits. */
export function bytes(count: number): string {
  if (count >= 2 ** 30) return `${(count / 2 ** 30).toPrecision(3)} GiB`;
  if (count >= 2 ** 20) return `${short(count / 2 ** 20)} MiB`;
  return `${Math.round(count / 1024)} KiB`;
}
/** A count in thousands, millions, … with three digits. */
export function count(n: number): string {
  for (const [unit, size] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) if (n >= size) return `${short(n / size)} ${unit}`;
  return String(Math.round(n));
}
/** Milliseconds as people say them. */
export function duration(milliseconds: number): string { return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${short(milliseconds / 1000)} s`; }
function short(n: number): string { return n >= 100 ? String(Math.round(n)) : n >= 10 ? n.toFixed(1) : n.toFixed(2); }
