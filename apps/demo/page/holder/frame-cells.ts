import { CHART_OWNER, CHART_SHARED, CHART_TABLE, type FramePool } from "@ringzero/machine";

/** Cells that a machine is drawn in, at most. */
const CELLS = 8192;
/** The number that stands for the pool's own tables in a cell; no owner has it. */
export const TABLE_OWNER: number = 0x7ff;

/** The least that is drawn, in frames: 64 MiB. */
const LEAST = 16_384;

/** Neighbouring frames summed up, and how many each cell stands for. */
export interface Cells {
  /** Owner | filled << 16 | shared << 24, both in 255ths of the cell. */
  readonly cells: Uint32Array;
  readonly framesPerCell: number;
}

/** A chart of frames summed up in cells: whoever holds most of a cell gives it its colour. What the machine has never grown to is left out, so that a large machine is not a large empty map. */
export class FrameCells {
  readonly #pool: FramePool;
  readonly #chart: Uint16Array;

  constructor(pool: FramePool) {
    this.#pool = pool;
    this.#chart = new Uint16Array(pool.capacity);
  }
  /** The cells of the frames below a power of two that covers `committed` frames, now. */
  read(committed: number): Cells {
    this.#pool.chart(this.#chart);
    const covered = Math.min(this.#chart.length, Math.max(LEAST, 2 ** Math.ceil(Math.log2(committed)))), per = Math.max(1, Math.ceil(covered / CELLS));
    const chart = this.#chart.subarray(0, covered), cells = new Uint32Array(Math.ceil(covered / per));
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
    return { cells, framesPerCell: per };
  }
}
