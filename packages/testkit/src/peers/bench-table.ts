/** What one engine reached on one loop. */
export interface Measurement {
  /** Name of the loop. */
  readonly loop: string;
  /** Name of the engine. */
  readonly peer: string;
  /** Guest instructions per microsecond, one number a round. */
  readonly mips: readonly number[];
}

interface Named {
  readonly name: string;
}

/** The table of figures (best and median of the rounds), and for each peer that is not ours the table of ratios of the best rounds to its. */
export function formatTables(loops: readonly Named[], peers: readonly Named[], measurements: readonly Measurement[]): string {
  const mips = (loop: Named, peer: Named): readonly number[] =>
    measurements.find((m) => m.loop === loop.name && m.peer === peer.name)?.mips ?? [];
  const figures = table(
    ['MIPS, best (median)', ...peers.map(({ name }) => name)],
    loops.map((loop) => [loop.name, ...peers.map((peer) => figure(mips(loop, peer)))]),
  );
  const ratios = peers
    .filter(({ name }) => !name.startsWith('ours'))
    .map((base) => {
      const others = peers.filter((peer) => peer !== base);
      return table(
        [`ratio to ${base.name}`, ...others.map(({ name }) => name)],
        loops.map((loop) => [loop.name, ...others.map((peer) => ratio(best(mips(loop, peer)), best(mips(loop, base))))]),
      );
    });
  return [figures, ...ratios].join('\n\n');
}

function best(values: readonly number[]): number {
  return Math.max(...values);
}

/** The middle of the sorted values; of an even number, the upper of the two. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function figure(values: readonly number[]): string {
  return values.length === 0 ? '-' : `${rounded(best(values))} (${rounded(median(values))})`;
}

function rounded(value: number): string {
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

function ratio(value: number, base: number): string {
  return Number.isFinite(value) && Number.isFinite(base) ? `${(value / base).toFixed(2)}x` : '-';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
