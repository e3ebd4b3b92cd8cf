import { CHART_OWNER, CHART_SHARED, CHART_TABLE, type FramePool } from "@ringzero/machine";

/** Cells that a machine is drawn in, at most. */
const CELLS = 8192;
/** The number that stands for the pool's own tables in a cell; no owner has it. */
export const TABLE_OWNER: number = 0x7ff;

/** A chart of frames summed up in cells: whoever holds most of a cell gives it its colour. */
export class FrameCells {
  readonly framesPerCell: number;
  readonly #pool: FramePool;
  readonly #chart: Uint16Array;

  constructor(pool: FramePool) {
    this.#pool = pool;
    this.#chart = new Uint16Array(pool.capacity);
    this.framesPerCell = Math.max(1, Math.ceil(pool.capacity / CELLS));
  }
  /** The cells now: owner | filled << 16 | shared << 24, both in 255ths of the cell. */
  read(): Uint32Array {
    this.#pool.chart(this.#chart);
    const per = this.framesPerCell, chart = this.#chart, cells = new Uint32Array(Math.ceil(chart.length / per));
    for (let cell = 0; cell < cells.length; cell++) {
      let filled = 0, shared = 0, owner = 0, votes = 0;
      // Boyer and Moore's majority vote: one pass, and near enough where no owner has the majority.
      for (let frame = cell * per; frame < Math.min(chart.length, (cell + 1) * per); frame++) {
        const entry = chart[frame]!;
        if (entry === 0) continue;
        filled++;
        if (entry & CHART_SHARED) shared++;
        const who = entry & CHART_TABLE ? TABLE_OWNER : entry & CHART_OWNER;
        if (votes === 0) owner = who;
        votes += who === owner ? 1 : -1;
      }
      cells[cell] = (owner | (Math.round((filled * 255) / per) << 16) | (Math.round((shared * 255) / per) << 24)) >>> 0;
    }
    return cells;
  }
}
