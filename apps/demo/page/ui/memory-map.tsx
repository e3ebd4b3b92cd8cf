import { useEffect, useRef, useState } from "preact/hooks";
import type { JSX } from "preact";
import type { MachineView, OwnerLine } from "../holder/messages.ts";
import { TABLE_OWNER } from "../holder/frame-cells.ts";
import type { MachineClient } from "../state/client.ts";
import { bytes, frames } from "../state/format.ts";
import { channels, KERNEL_COLOUR, OTHER_COLOUR, TABLE_COLOUR } from "../state/palette.ts";

/** A line of the legend: one tenant's memory, or what belongs to no tenant of the page. */
interface Line { readonly key: string; readonly name: string; readonly colour: string; readonly private: number; readonly shared: number; readonly saved: number; readonly side: "vm" | "container" | "machine" }

/** The colour of an owner: its tenant's, paler for the engine's structures that serve it. */
function colourOf(client: MachineClient, owner: OwnerLine): string {
  const tile = client.tileOf(owner);
  if (tile) return tile.colour;
  if (owner.kind === "kernel" || owner.kind === "cache" || owner.kind === "sharing") return KERNEL_COLOUR;
  return OTHER_COLOUR;
}

/** The machine's frames, drawn by who pays for them. */
export function MemoryMap({ client }: { readonly client: MachineClient }): JSX.Element {
  const view = client.view.value, lines = view ? legend(client, view) : [];
  const [lit, light] = useState<string | undefined>(undefined);
  const f = view?.frames;
  return (
    <section class="memory" aria-labelledby="memory-title">
      <div class="section-head">
        <h2 id="memory-title">The machine's memory</h2>
        <p>{f && <><b>{frames(f.inUse)}</b> of {bytes(f.capacity * 4096)} in use · at most {frames(f.highWater)} so far · <b>{frames(view.saved)}</b> saved by sharing</>}</p>
      </div>
      <FrameCanvas client={client} view={view} lit={lit} />
      <ul class="legend" aria-label="Memory by owner">
        {lines.map((line) => (
          <li key={line.key} class={line.side} style={`--hue:${line.colour}`} onMouseEnter={() => light(line.name)} onMouseLeave={() => light(undefined)}>
            <i aria-hidden="true" /><b>{line.name}</b>
            <span title="frames that nobody else references">{frames(line.private)} private</span>
            {line.shared > 0 && <span title="frames that others reference too">{frames(line.shared)} shared</span>}
            {line.saved > 0 && <span title="shared frames that another owner pays for">{frames(line.saved)} saved</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function legend(client: MachineClient, view: MachineView): readonly Line[] {
  const lines = new Map<string, Line>();
  for (const owner of view.owners) {
    const tile = client.tileOf(owner), key = tile ? `tile ${tile.id}` : `${owner.kind} ${owner.kind === "engine" ? owner.of : ""}`;
    const name = tile?.name ?? { kernel: "shared kernel", cache: "file pages", sharing: "shared frames", engine: `${owner.name}` }[owner.kind] ?? owner.name;
    const old = lines.get(key) ?? { private: 0, shared: 0, saved: 0 };
    lines.set(key, { key, name, colour: colourOf(client, owner), side: tile?.side ?? "machine", private: old.private + owner.private, shared: old.shared + owner.shared, saved: old.saved + owner.saved });
  }
  lines.set("tables", { key: "tables", name: "frame tables", colour: TABLE_COLOUR, side: "machine", private: view.frames.tables, shared: 0, saved: 0 });
  return [...lines.values()];
}

/** The canvas: a cell for each few neighbouring frames, its strength is how full it is; shared frames are striped. */
function FrameCanvas({ client, view, lit }: { readonly client: MachineClient; readonly view: MachineView | undefined; readonly lit: string | undefined }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null), [width, setWidth] = useState(0);
  useEffect(() => {
    const watcher = new ResizeObserver(([entry]) => setWidth(Math.floor(entry!.contentRect.width)));
    watcher.observe(canvas.current!.parentElement!);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => { if (view && width > 0) draw(canvas.current!, view, width, client, lit); }, [view, width, lit]);
  const [at, setAt] = useState<string | undefined>(undefined);
  const point = (event: MouseEvent): void => {
    const g = geometry(width, view?.cells.length ?? 0), column = Math.floor(event.offsetX / g.pitch), row = Math.floor(event.offsetY / g.pitch), cell = row * g.columns + column;
    if (!view || column >= g.columns || cell >= view.cells.length) return setAt(undefined);
    const entry = view.cells[cell]!, who = entry & 0x7ff, owner = view.owners.find((o) => o.id === who), first = cell * view.framesPerCell;
    setAt(`frames ${first} to ${first + view.framesPerCell - 1}: ${entry === 0 ? "free" : `${who === TABLE_OWNER ? "frame tables" : (owner?.name ?? "free")}, ${Math.round((((entry >> 16) & 255) / 255) * 100)} % used${entry >>> 24 ? `, ${Math.round(((entry >>> 24) / 255) * 100)} % shared` : ""}`}`);
  };
  return (
    <div class="frames">
      <canvas ref={canvas} role="img" aria-label="Map of the machine's frames by owner" onMouseMove={point} onMouseLeave={() => setAt(undefined)} />
      <div class="frame-tip" aria-hidden="true">{at ?? (view ? `each square: ${view.framesPerCell} neighbouring frames of 4 KiB${covered(view) < view.frames.capacity ? `; the first ${bytes(covered(view) * 4096)}, nothing beyond was ever used` : ""}` : "")}</div>
    </div>
  );
}

/** Frames that the map covers. */
function covered(view: MachineView): number { return Math.min(view.frames.capacity, view.cells.length * view.framesPerCell); }
/** Cells in rows of a width. */
function geometry(width: number, cells: number): { readonly columns: number; readonly rows: number; readonly pitch: number } {
  const pitch = width > 1200 ? 5 : 4, columns = Math.max(1, Math.floor(width / pitch));
  return { columns, rows: Math.ceil(cells / columns), pitch };
}

function draw(canvas: HTMLCanvasElement, view: MachineView, width: number, client: MachineClient, lit: string | undefined): void {
  const { columns, rows, pitch } = geometry(width, view.cells.length), scale = Math.max(1, Math.round(devicePixelRatio)), side = (pitch - 1) * scale;
  const w = columns * pitch * scale, h = rows * pitch * scale;
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
    canvas.style.width = `${w / scale}px`;
    canvas.style.height = `${h / scale}px`;
  }
  const context = canvas.getContext("2d")!, image = context.createImageData(w, h), pixels = new Uint32Array(image.data.buffer);
  const style = getComputedStyle(canvas), empty = channels(style.getPropertyValue("--cell").trim() || "#dddddd"), rgb = new Map<number, readonly [number, number, number]>();
  const pale = new Set<number>();
  for (const owner of view.owners) {
    const colour = channels(colourOf(client, owner)), tile = client.tileOf(owner);
    rgb.set(owner.id, colour);
    if (owner.kind === "engine" || (lit !== undefined && tile?.name !== lit)) pale.add(owner.id);
  }
  rgb.set(TABLE_OWNER, channels(TABLE_COLOUR));
  const pack = (c: readonly [number, number, number], strength: number): number => {
    const mix = (i: 0 | 1 | 2): number => Math.round(empty[i] + (c[i] - empty[i]) * strength);
    return (0xff000000 | (mix(2) << 16) | (mix(1) << 8) | mix(0)) >>> 0;
  };
  view.cells.forEach((entry, cell) => {
    const who = entry & 0x7ff, filled = ((entry >> 16) & 255) / 255, shared = (entry >>> 24) / 255, colour = rgb.get(who);
    const strength = colour && filled > 0 ? (0.35 + 0.65 * filled) * (pale.has(who) ? 0.45 : 1) : 0;
    const full = pack(colour ?? empty, strength), stripe = shared > 0.25 ? pack(colour ?? empty, strength * 0.3) : full;
    const left = (cell % columns) * pitch * scale, top = Math.floor(cell / columns) * pitch * scale;
    for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) pixels[(top + y) * w + left + x] = ((x + y) / scale) % 2 < 1 ? full : stripe;
  });
  context.putImageData(image, 0, 0);
}
