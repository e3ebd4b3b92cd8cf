/** Rows under a head, in columns three blanks apart, as docker(1) prints them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows], widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]! + 3))).join("").trimEnd()).join("\n") + "\n";
}

/** Bytes in the largest unit that keeps them above one: "12.3MiB". */
export function size(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes, unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024;
  return `${unit === 0 || value >= 100 ? Math.round(value) : Number(value.toPrecision(3))}${units[unit]}`;
}
/** A large number in short: "1.23 G". */
export function count(value: number): string {
  for (const [unit, power] of [["T", 1e12], ["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) if (value >= power) return `${Number((value / power).toPrecision(3))}${unit}`;
  return String(value);
}
/** How long ago, in docker's words: "5 seconds", "About a minute", "3 hours". */
export function duration(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000), minutes = Math.floor(seconds / 60), hours = Math.round(minutes / 60);
  if (seconds < 1) return "Less than a second";
  if (seconds < 60) return seconds === 1 ? "1 second" : `${seconds} seconds`;
  if (minutes === 1) return "About a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return "About an hour";
  if (hours < 48) return `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
