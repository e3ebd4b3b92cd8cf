/** Colours of tenants, on either side in the order in which they come: warm ones for virtual machines, cold ones for containers. */
const VM_COLOURS = ["#e07a2f", "#d9534f", "#c99a1b", "#b5527a", "#a0673b", "#e0566d"] as const;
const CONTAINER_COLOURS = ["#1f9e93", "#3d7fd6", "#5aa63c", "#7a6ff0", "#2aa3c4", "#4c9a6a"] as const;
/** Colour of the shared kernel, of the pool's own tables, and of owners that belong to nobody on the page. */
export const KERNEL_COLOUR: string = "#4a5fd0";
export const TABLE_COLOUR: string = "#8a8f99";
export const OTHER_COLOUR: string = "#9b8cae";

/** The colour of a side's nth tenant. */
export function tenantColour(side: "vm" | "container", n: number): string {
  const colours = side === "vm" ? VM_COLOURS : CONTAINER_COLOURS;
  return colours[n % colours.length]!;
}
/** Red, green and blue of "#rrggbb". */
export function channels(colour: string): readonly [number, number, number] {
  const n = Number.parseInt(colour.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}
