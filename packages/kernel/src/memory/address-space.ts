import { EINVAL, ENOMEM, ENOSPC, Errno, PROT_EXEC, PROT_NONE, PROT_WRITE, SEGV_ACCERR, SEGV_MAPERR } from "@ringzero/linux-abi";
import { addressOf, FRAME_BYTES, frameOf, NO_FRAME, type FrameWriter, type Machine } from "@ringzero/machine";
import { GDT_PAGE, LAYOUT, SIGNAL_RETURN_PAGE, type Abi, type AddressLayout } from "../arch/x86/abi.ts";
import { frameAddress, pageTable, PTE, type PageList, type PageTable } from "../arch/x86/page-table.ts";
import type { Cgroup } from "../namespaces/cgroup.ts";
import { part, type Vma } from "./vma.ts";

/** What an address space needs of its kernel. */
export interface MemoryContext {
  /** Whose frames it uses. */
  readonly machine: Machine;
  /** The kernel's door for writes. */
  readonly writer: FrameWriter;
  /** Frames that all spaces map, by linear address. This one is zeros. */
  readonly zeroFrame: number;
  /** Descriptor table of all programs. */
  readonly gdtFrame: number;
  /** Code that ends signal handlers of i386 programs. */
  readonly signalReturnFrame: number;
  /** Translations of a page may not be used any more. */
  flushPage(address: number): void;
  /** Scratch: pages on their way in or out. */
  readonly pages: PageList;
  /** Which use of the numbers for translations it is: whoever has a number of an earlier one has none. */
  numberUse: number;
  /** A number for a space's translations, not used since `numberUse` last changed. */
  nextSpaceNumber(): number;
}

/** Outcome of a fault: done, a si_code of SIGSEGV, beyond the file's end (SIGBUS), no frame left. */
export type FaultResult = "done" | typeof SEGV_MAPERR | typeof SEGV_ACCERR | "bus" | "exhausted";
/** What a program tried. */
export type Access = "read" | "write" | "execute";

/**
 * The memory of one or several tasks: Linux's mm_struct. What is mapped is a list of Vma; which pages are present says the table that the processor's
 * walker reads, and the leaves of that table are the only record of it. A private page that another space or a file holds too is not writable there; the first
 * write copies it, or finds itself alone with it.
 */
export class AddressSpace {
  /** By whose layout: of the program that it was made for. */
  readonly abi: Abi;
  /** Its limits. */
  readonly layout: AddressLayout;
  /** The table that the processor's walker reads. */
  readonly table: PageTable;
  /** Whose limits its frames count against, and its owner. */
  readonly cgroup: Cgroup;
  /** The heap: brk(2). */
  heapStart = 0;
  /** Where the heap ends now. */
  heapEnd = 0;
  /** Where arguments and environment lie, for proc. */
  argumentsStart = 0;
  /** End of the arguments. */
  argumentsEnd = 0;
  /** Where the environment ends, which begins where the arguments end. */
  environmentEnd = 0;
  readonly #context: MemoryContext;
  #vmas: Vma[] = [];
  #users = 1;
  #number = 0;
  #numberUse = -1;

  constructor(context: MemoryContext, abi: Abi, cgroup: Cgroup) {
    this.#context = context;
    this.abi = abi;
    this.cgroup = cgroup;
    this.layout = LAYOUT[abi];
    this.table = pageTable(context.machine.memory, { allocate: () => this.#allocate(), free: (page) => this.#release(page) }, abi === "x86_64");
    try {
      this.table.set(GDT_PAGE, context.gdtFrame | PTE.present | PTE.supervisor);
      if (abi === "i386") this.table.set(SIGNAL_RETURN_PAGE, context.signalReturnFrame | PTE.present | PTE.executable);
    } catch (error) {
      this.table.free();
      throw error;
    }
  }
  /**
   * The number that its translations are kept under. It is given when one is needed: of the few that there are each is used once, and when all have been, all
   * translations are dropped and numbers begin anew, as Linux does with PCIDs. arch/x86/mm/tlb.c:choose_new_asid().
   */
  get number(): number {
    if (this.#numberUse !== this.#context.numberUse) {
      this.#number = this.#context.nextSpaceNumber();
      this.#numberUse = this.#context.numberUse;
    }
    return this.#number;
  }
  /** What has been translated for it may not be used any more: it goes on under another number. */
  #forgetTranslations(): void { this.#numberUse = -1; }
  /** All mappings by address. */
  get vmas(): readonly Vma[] { return this.#vmas; }
  /** A further task uses it. */
  share(): this {
    this.#users++;
    return this;
  }
  /** A task uses it no more; with the last all is given back. */
  leave(): void {
    if (--this.#users > 0) return;
    this.unmap(0, this.layout.limit);
    this.table.free();
  }

  /** The mapping that holds an address. */
  find(address: number): Vma | undefined {
    for (const vma of this.#vmas) if (address < vma.end) return address >= vma.start ? vma : undefined;
    return undefined;
  }
  /** Enters a mapping in a range that is free. The space takes a reference to the file. */
  map(vma: Vma): void {
    if (!(vma.start >= 0 && vma.end > vma.start && vma.end <= this.layout.limit)) throw ENOMEM;
    if (vma.start <= GDT_PAGE && vma.end > GDT_PAGE) throw EINVAL;
    vma.file?.reference();
    const at = this.#vmas.findIndex((v) => v.start >= vma.end);
    this.#vmas.splice(at < 0 ? this.#vmas.length : at, 0, vma);
    this.#merge(at < 0 ? this.#vmas.length - 1 : at);
  }
  /** Takes everything in a range away. */
  unmap(start: number, end: number): void {
    const kept: Vma[] = [];
    let changed = false;
    for (const vma of this.#vmas) {
      if (vma.end <= start || vma.start >= end) { kept.push(vma); continue; }
      changed = true;
      if (vma.start < start) { vma.file?.reference(); kept.push(part(vma, vma.start, start)); }
      if (vma.end > end) { vma.file?.reference(); kept.push(part(vma, end, vma.end)); }
      this.#drop(Math.max(start, vma.start), Math.min(end, vma.end));
      vma.file?.release();
    }
    this.#vmas = kept;
    if (changed) this.#forgetTranslations();
  }
  /** Forgets the contents of private pages in a range: MADV_DONTNEED. */
  discard(start: number, end: number): void {
    this.#drop(start, end);
    this.#forgetTranslations();
  }
  /** Moves the pages of a range to a new mapping, which is free: mremap(2). */
  move(to: Vma, from: number, length: number): void {
    this.map(to);
    this.table.update(from, from + length, (entry, address) => {
      this.table.set(to.start + (address - from), entry);
      return 0;
    });
    this.unmap(from, from + length);
  }
  /** mprotect(2). Throws ENOMEM where a part of the range is not mapped. */
  protect(start: number, end: number, protection: number): void {
    let covered = start;
    for (const vma of this.#vmas) if (vma.start <= covered && vma.end > covered) covered = vma.end;
    if (covered < end) throw ENOMEM;
    const kept: Vma[] = [];
    for (const vma of this.#vmas) {
      if (vma.end <= start || vma.start >= end || vma.protection === protection) { kept.push(vma); continue; }
      const from = Math.max(start, vma.start), to = Math.min(end, vma.end);
      for (const [a, b, p] of [[vma.start, from, vma.protection], [from, to, protection], [to, vma.end, vma.protection]] as const) {
        if (a >= b) continue;
        vma.file?.reference();
        kept.push({ ...part(vma, a, b), protection: p });
      }
      vma.file?.release();
      const rights = (protection === PROT_NONE ? 0 : PTE.present) | (protection & PROT_EXEC ? PTE.executable : 0);
      const keep = ~(PTE.present | PTE.executable | (protection & PROT_WRITE ? 0 : PTE.writable));
      this.table.update(from, to, (entry) => (entry & keep) | rights);
    }
    this.#vmas = kept;
    this.#forgetTranslations();
  }
  /** The highest free range of `length` bytes below the stack's. Throws ENOMEM. Linux, mm/mmap.c:vm_unmapped_area(), topdown. */
  findFree(length: number, below: number = this.layout.mapTop): number {
    let end = below;
    for (let i = this.#vmas.length - 1; i >= 0; i--) {
      const vma = this.#vmas[i]!;
      if (vma.start >= end) continue;
      if (vma.end <= end - length) break;
      end = Math.min(end, vma.start);
    }
    if (end - length < 0x1_0000) throw ENOMEM;
    return end - length;
  }
  /** Whether nothing is mapped in a range. */
  isFree(start: number, end: number): boolean {
    return !this.#vmas.some((v) => v.start < end && v.end > start);
  }

  /** Makes a page present for an access that its mapping allows. */
  fault(address: number, access: Access): FaultResult {
    try {
      return this.#fault(address, access);
    } catch (error) {
      if (error === ENOMEM || error === ENOSPC) return "exhausted";
      // The file has no such page any more. Linux, mm/filemap.c:filemap_fault().
      if (error instanceof Errno) return "bus";
      throw error;
    }
  }
  #fault(address: number, access: Access): FaultResult {
    const vma = this.find(address);
    if (!vma) return SEGV_MAPERR;
    const { protection } = vma;
    if (access === "write" ? !(protection & PROT_WRITE) : access === "execute" ? !(protection & PROT_EXEC) : protection === PROT_NONE) return SEGV_ACCERR;
    const page = address - (address & (FRAME_BYTES - 1)), entry = this.table.get(page), rights = PTE.present | (protection & PROT_EXEC ? PTE.executable : 0);
    const held = frameAddress(entry);
    if (held !== 0) return this.#admit(vma, page, held, rights, access === "write");
    if (!vma.file && access !== "write") return this.#take(page, this.#context.zeroFrame, rights);
    if (!vma.file) {
      const fresh = this.#tryAllocate();
      if (fresh === 0) return "exhausted";
      this.#enter(page, fresh, rights | PTE.writable);
      return "done";
    }
    const source = vma.file.inode.page((vma.offset + (page - vma.start)) / FRAME_BYTES, vma.shared && access === "write");
    if (source === 0) return "bus";
    if (vma.shared) return this.#take(page, source, rights | (protection & PROT_WRITE ? PTE.writable : 0));
    return access === "write" ? this.#copy(page, source, rights, 0) : this.#take(page, source, rights);
  }
  /** A copy for a child: private pages are shared until one of both writes. Throws ENOMEM. */
  fork(): AddressSpace {
    const child = new AddressSpace(this.#context, this.abi, this.cgroup);
    try {
      for (const vma of this.#vmas) this.#lend(vma, child);
    } catch (error) {
      this.#forgetTranslations();
      child.leave();
      throw error;
    }
    child.heapStart = this.heapStart;
    child.heapEnd = this.heapEnd;
    child.argumentsStart = this.argumentsStart;
    child.argumentsEnd = this.argumentsEnd;
    child.environmentEnd = this.environmentEnd;
    this.#forgetTranslations();
    return child;
  }
  /** Gives a child the pages of a mapping. Throws ENOMEM. */
  #lend(vma: Vma, child: AddressSpace): void {
    const { pages, machine } = this.#context, keeps = vma.shared ? -1 : ~PTE.writable;
    pages.length = 0;
    this.table.lend(vma.start, vma.end, child.table, keeps, keeps & ~(PTE.accessed | PTE.dirty), pages);
    if (!machine.pool.referenceAll(this.cgroup.owner, pages.frames, pages.length)) {
      pages.length = 0;
      child.table.take(vma.start, vma.end, pages);
      throw ENOMEM;
    }
    vma.file?.reference();
    child.#vmas.push(vma);
  }
  /** Frames that are present. */
  residentFrames(): number {
    let count = 0;
    this.table.update(0, this.layout.limit, (entry) => {
      count++;
      return entry;
    });
    return count - (this.abi === "x86_64" ? 1 : 0);
  }

  /** A page that is held, for an access that is allowed. */
  #admit(vma: Vma, page: number, held: number, rights: number, write: boolean): FaultResult {
    if (!write) {
      this.table.set(page, (this.table.get(page) | rights) >>> 0);
      return "done";
    }
    const { pool } = this.#context.machine;
    if (vma.shared || (held !== this.#context.zeroFrame && pool.references(frameOf(held)) === 1)) {
      this.table.set(page, held | rights | PTE.writable);
      return "done";
    }
    return this.#copy(page, held, rights, held);
  }
  /** Gives the page a copy of `source`; `old` is the frame that it had. */
  #copy(page: number, source: number, rights: number, old: number): FaultResult {
    const fresh = this.#tryAllocate();
    if (fresh === 0) return "exhausted";
    const { machine } = this.#context;
    if (source !== this.#context.zeroFrame) machine.views.u8.copyWithin(fresh, source, source + FRAME_BYTES);
    this.#enter(page, fresh, rights | PTE.writable);
    this.#context.flushPage(page);
    if (old !== 0) this.#release(old);
    return "done";
  }
  #take(page: number, frame: number, rights: number): FaultResult {
    if (!this.#context.machine.pool.reference(this.cgroup.owner, frameOf(frame))) return "exhausted";
    this.#enter(page, frame, rights);
    return "done";
  }
  /** Puts a frame that is referenced into the table. Throws ENOMEM, and the reference is gone then, where no level can be added. */
  #enter(page: number, frame: number, flags: number): void {
    try {
      this.table.set(page, (frame | flags) >>> 0);
    } catch (error) {
      this.#release(frame);
      throw error;
    }
  }
  #drop(start: number, end: number): void {
    const { pages, machine } = this.#context;
    pages.length = 0;
    this.table.take(start, end, pages);
    const freed = machine.pool.releaseAll(this.cgroup.owner, pages.frames, pages.length);
    if (freed > 0) this.cgroup.countFrame(-freed);
  }
  /** Joins an anonymous mapping with its neighbours where nothing distinguishes them. */
  #merge(at: number): void {
    for (const i of [at, at - 1]) {
      const a = this.#vmas[i], b = this.#vmas[i + 1];
      if (!a || !b || a.file || b.file || a.shared || b.shared || a.end !== b.start || a.protection !== b.protection || a.name !== b.name) continue;
      this.#vmas.splice(i, 2, { ...a, end: b.end });
    }
  }
  #allocate(): number {
    const page = this.#tryAllocate();
    if (page === 0) throw ENOMEM;
    return page;
  }
  #tryAllocate(): number {
    if (!this.cgroup.admitsFrame()) return 0;
    const frame = this.#context.machine.pool.allocate(this.cgroup.owner);
    if (frame === NO_FRAME) return 0;
    this.cgroup.countFrame(1);
    return addressOf(frame);
  }
  /** The last reference to a frame that this group was charged for: files and the kernel keep one to theirs. */
  #release(address: number): void {
    const { pool } = this.#context.machine, frame = frameOf(address);
    if (pool.references(frame) === 1) this.cgroup.countFrame(-1);
    pool.release(this.cgroup.owner, frame);
  }
}
