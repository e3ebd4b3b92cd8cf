/**
 * Paging as the manuals put it into words, for comparison with the generated walker. Nothing is cached, every quantity is a bigint, and one level is written
 * below the other. SDM vol. 3A, "Paging"; APM vol. 2, "Page Translation and Protection".
 */
export interface PagingRegisters {
  readonly paging: "none" | "32-bit" | "PAE" | "4-level";
  readonly cr3: bigint;
  readonly pdptes: readonly bigint[];
  readonly pse: boolean;
  readonly wp: boolean;
  readonly smep: boolean;
  readonly smap: boolean;
  readonly nxe: boolean;
  readonly ac: boolean;
  readonly a20: boolean;
  readonly physicalBits: bigint;
  readonly pse36: boolean;
  readonly giantPages: boolean;
}
export interface AccessKind {
  readonly access: "read" | "write" | "fetch";
  /** implicit: made by the processor on its own account, with supervisor rights. */
  readonly privilege: "user" | "supervisor" | "implicit";
}
export type Translation = { readonly physical: bigint } | { readonly errorCode: number };

/** Guest-physical memory: reads of absent memory give all ones, writes to it are lost. */
export interface PhysicalMemory {
  read(address: bigint, bytes: 4 | 8): bigint;
  write(address: bigint, bytes: 4 | 8, value: bigint): void;
}

const bits = (value: bigint, high: number, low: number): bigint => (value >> BigInt(low)) & ((1n << BigInt(high - low + 1)) - 1n);
const bit = (value: bigint, n: number): boolean => bits(value, n, n) === 1n;

export function translate(r: PagingRegisters, memory: PhysicalMemory, la: bigint, kind: AccessKind): Translation {
  const line20 = (physical: bigint): bigint => (r.a20 ? physical : physical & ~(1n << 20n));
  if (r.paging === "none") return { physical: line20(la) };
  const fault = (present: boolean, reserved: boolean): Translation => ({
    errorCode: (present ? 1 : 0) | (kind.access === "write" ? 2 : 0) | (kind.privilege === "user" ? 4 : 0) | (reserved ? 8 : 0)
      | (kind.access === "fetch" && (r.smep || (r.paging !== "32-bit" && r.nxe)) ? 16 : 0),
  });

  const size: 4 | 8 = r.paging === "32-bit" ? 4 : 8;
  const read = (at: bigint): bigint => memory.read(line20(at), size);
  const mark = (at: bigint, what: bigint): void => memory.write(line20(at), size, read(at) | what);
  const A = 1n << 5n, D = 1n << 6n;
  let writable = true, user = true, noExecute = false;
  const combine = (entry: bigint): void => {
    writable &&= bit(entry, 1);
    user &&= bit(entry, 2);
    noExecute ||= size === 8 && bit(entry, 63);
  };
  /** Bits that are reserved in every 8-byte entry. */
  const reserved8 = (entry: bigint): boolean =>
    bits(entry, 51, Number(r.physicalBits)) !== 0n || (bit(entry, 63) && !r.nxe) || (r.paging === "PAE" && bits(entry, 62, 52) !== 0n);

  let leafAt: bigint, physical: bigint;
  if (r.paging === "32-bit") {
    const pdeAt = (bits(r.cr3, 31, 12) << 12n) | (bits(la, 31, 22) << 2n);
    const pde = read(pdeAt);
    if (!bit(pde, 0)) return fault(false, false);
    combine(pde);
    if (r.pse && bit(pde, 7)) {
      // Bits 20-13 give bits 39-32 of the address; those beyond MAXPHYADDR and bit 21 are reserved, all of them where there is no PSE-36.
      const lowestReserved = r.pse36 ? 13 + Math.min(Number(r.physicalBits) - 32, 8) : 13;
      if (bits(pde, 21, lowestReserved) !== 0n) return fault(true, true);
      leafAt = pdeAt;
      physical = (bits(pde, 20, 13) << 32n) | (bits(pde, 31, 22) << 22n) | bits(la, 21, 0);
    } else {
      mark(pdeAt, A);
      const pteAt = (bits(pde, 31, 12) << 12n) | (bits(la, 21, 12) << 2n);
      const pte = read(pteAt);
      if (!bit(pte, 0)) return fault(false, false);
      combine(pte);
      leafAt = pteAt;
      physical = (bits(pte, 31, 12) << 12n) | bits(la, 11, 0);
    }
  } else {
    let directory: bigint, giant: bigint | undefined, giantAt = 0n;
    if (r.paging === "PAE") {
      const pdpte = r.pdptes[Number(bits(la, 31, 30))]!;
      if (!bit(pdpte, 0)) return fault(false, false);
      directory = bits(pdpte, 51, 12) << 12n;
    } else {
      const pml4eAt = (bits(r.cr3, 51, 12) << 12n) | (bits(la, 47, 39) << 3n);
      const pml4e = read(pml4eAt);
      if (!bit(pml4e, 0)) return fault(false, false);
      if (reserved8(pml4e) || bit(pml4e, 7) || bit(pml4e, 8)) return fault(true, true);
      combine(pml4e);
      mark(pml4eAt, A);
      const pdpteAt = (bits(pml4e, 51, 12) << 12n) | (bits(la, 38, 30) << 3n);
      const pdpte = read(pdpteAt);
      if (!bit(pdpte, 0)) return fault(false, false);
      if (reserved8(pdpte) || (bit(pdpte, 7) && (!r.giantPages || bits(pdpte, 29, 13) !== 0n))) return fault(true, true);
      combine(pdpte);
      if (bit(pdpte, 7)) { giant = pdpte; giantAt = pdpteAt; } else mark(pdpteAt, A);
      directory = bits(pdpte, 51, 12) << 12n;
    }
    if (giant !== undefined) {
      leafAt = giantAt;
      physical = (bits(giant, 51, 30) << 30n) | bits(la, 29, 0);
    } else {
      const pdeAt = directory | (bits(la, 29, 21) << 3n);
      const pde = read(pdeAt);
      if (!bit(pde, 0)) return fault(false, false);
      if (reserved8(pde) || (bit(pde, 7) && bits(pde, 20, 13) !== 0n)) return fault(true, true);
      combine(pde);
      if (bit(pde, 7)) {
        leafAt = pdeAt;
        physical = (bits(pde, 51, 21) << 21n) | bits(la, 20, 0);
      } else {
        mark(pdeAt, A);
        const pteAt = (bits(pde, 51, 12) << 12n) | (bits(la, 20, 12) << 3n);
        const pte = read(pteAt);
        if (!bit(pte, 0)) return fault(false, false);
        if (reserved8(pte)) return fault(true, true);
        combine(pte);
        leafAt = pteAt;
        physical = (bits(pte, 51, 12) << 12n) | bits(la, 11, 0);
      }
    }
  }

  // "Determination of Access Rights": supervisor-mode accesses first, then user-mode ones.
  if (kind.privilege === "user") {
    if (!user || (kind.access === "write" && !writable) || (kind.access === "fetch" && noExecute)) return fault(true, false);
  } else {
    if (kind.access === "write" && r.wp && !writable) return fault(true, false);
    if (kind.access === "fetch" && (noExecute || (r.smep && user))) return fault(true, false);
    if (kind.access !== "fetch" && r.smap && user && !(r.ac && kind.privilege === "supervisor")) return fault(true, false);
  }
  mark(leafAt, kind.access === "write" ? A | D : A);
  return { physical: line20(physical) };
}
