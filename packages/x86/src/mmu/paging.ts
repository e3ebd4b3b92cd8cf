/** Values of STATE.paging: what tables CR3 refers to. */
export const PAGING = { none: 0, legacy: 1, pae: 2, fourLevel: 3, process: 4 } as const;
