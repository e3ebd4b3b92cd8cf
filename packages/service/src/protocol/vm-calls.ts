import * as z from "zod";

/** Bytes of files to come, by the names of their channels. */
export interface VmFiles {
  /** A Linux kernel. */
  readonly kernel?: number | undefined;
  /** An initial RAM disk, or a Multiboot kernel's module. */
  readonly initrd?: number | undefined;
  /** A Multiboot kernel. */
  readonly multiboot?: number | undefined;
  /** A floppy disk's image. */
  readonly floppy?: number | undefined;
}
/** What a virtual machine is made of. Files come on channels of the call, each of the size that is told here. */
export interface VmCreate {
  /** Default: the first of vm1, vm2, … that is free. */
  readonly name?: string | undefined;
  /** Bytes of memory. */
  readonly memory: number;
  /** Bytes of the files to come on the channels of these names. */
  readonly files: VmFiles;
  /** The kernel's command line. */
  readonly append?: string | undefined;
  /** A prepared guest in place of a kernel. */
  readonly guest?: "linux-i386" | undefined;
  /** How its ring 0 is kept from the machine's. */
  readonly technique?: "nested-paging" | "ring-deprivileging" | undefined;
}
/** Which one. */
export interface ByName {
  /** Its name. */
  readonly name: string;
}

/** What a call says on its way: a step of a long work. */
export interface ProgressEvent {
  /** Which event it is. */
  readonly kind: "progress";
  /** A few words. */
  readonly step: string;
  /** Steps done, of all. */
  readonly done: number;
  /** Of so many. */
  readonly all: number;
}

/** A place on a screen, from 0. */
export interface Cursor {
  /** From the top. */
  readonly row: number;
  /** From the left. */
  readonly column: number;
}
/** The text screen as it is now. */
export interface ScreenEvent {
  /** Which event it is. */
  readonly kind: "screen";
  /** Characters in a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
  /** Characters of code page 437 and attributes, alternating, row by row; in base64. */
  readonly cells: string;
  /** Where the cursor is; undefined while it is off. */
  readonly cursor?: Cursor | undefined;
}
/** `attached`: from here on all output comes. `halted`: by HLT with interrupts off, so that nothing but a reset makes it go on. */
export interface ConsoleEvent {
  /** Which event it is. */
  readonly kind: "attached" | "halted";
}
/** What is said to an attached terminal. */
export type AttachEvent = ConsoleEvent | ScreenEvent;

/** Attaches to a console; the call ends with the virtual machine. */
export interface VmAttach extends ByName {
  /** The serial port, or the text screen with the keyboard. */
  readonly console: "serial" | "screen";
  /** Whether the last bytes of the serial console so far come first. */
  readonly replay: boolean;
  /** Whether the instructions that trap are told, as lines on a channel of their own. */
  readonly trace: boolean;
}
/** How a virtual machine has ended: by its own will, by a crash, by whoever killed it. */
export interface VmEnded {
  /** What it does, or how it has ended. */
  readonly state: "off" | "crashed" | "killed";
  /** What went wrong. */
  readonly failure?: string | undefined;
}

/** Instructions of a deprivileged guest that trapped. */
export interface VmTraps {
  /** By mnemonic. */
  readonly instructions: { readonly [mnemonic: string]: number };
  /** Those that the hypervisor has done in its stead. */
  readonly emulated: number;
  /** Those that its own handlers were given. */
  readonly reflected: number;
  /** Page faults of the shadow tables, of which the guest does not know. */
  readonly shadowFills: number;
}
/** A line of `vm ls`. */
export interface VmLine {
  /** Its name. */
  readonly name: string;
  /** What it does, or how it has ended. */
  readonly state: string;
  /** What it boots, in a word. */
  readonly boots: string;
  /** Bytes that it believes to have. */
  readonly memory: number;
  /** Bytes of frames that it alone references, and together with others. */
  readonly private: number;
  /** Bytes that it references together with others. */
  readonly shared: number;
  /** Instructions retired. */
  readonly instructions: number;
  /** Exits by reason. */
  readonly exits: { readonly [reason: string]: number };
  /** Interrupts injected. */
  readonly interrupts: number;
  /** Changes between its ring 3 and its inner rings. */
  readonly ringCrossings: number;
  /** How its ring 0 is kept from the machine's. */
  readonly technique: string;
  /** Instructions of a deprivileged guest that trapped, by mnemonic, and what became of them. */
  readonly traps: VmTraps;
  /** Virtual nanoseconds, and those of them spent idle. */
  readonly time: number;
  /** Virtual nanoseconds spent idle. */
  readonly idle: number;
  /** When it was made, in milliseconds since 1970. */
  readonly created: number;
}

/** Names of tenants, as Docker has them. */
export const tenantName: z.ZodType<string> = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/, "a name has 1 to 63 of a-z A-Z 0-9 _ . - and begins with a letter or digit");
const fileBytes = z.int().min(0).max(2 ** 30).optional();
const counter = z.number().min(0);

/** Schemas of the calls' arguments, results and events. */
export const byName: z.ZodType<ByName> = z.object({ name: z.string().max(200) });
export const vmCreate: z.ZodType<VmCreate> = z.object({
  name: tenantName.optional(), memory: z.int().min(0).max(2 ** 40), append: z.string().max(4096).optional(), guest: z.literal("linux-i386").optional(), technique: z.enum(["nested-paging", "ring-deprivileging"]).optional(),
  files: z.object({ kernel: fileBytes, initrd: fileBytes, multiboot: fileBytes, floppy: fileBytes }),
});
export const vmAttach: z.ZodType<VmAttach> = z.object({ name: z.string().max(200), console: z.enum(["serial", "screen"]), replay: z.boolean(), trace: z.boolean() });
export const vmEnded: z.ZodType<VmEnded> = z.object({ state: z.enum(["off", "crashed", "killed"]), failure: z.string().optional() });
export const vmLines: z.ZodType<readonly VmLine[]> = z.array(z.object({
  name: z.string(), state: z.string(), boots: z.string(), memory: counter, private: counter, shared: counter, instructions: counter,
  exits: z.record(z.string(), counter), interrupts: counter, ringCrossings: counter, technique: z.string(),
  traps: z.object({ instructions: z.record(z.string(), counter), emulated: counter, reflected: counter, shadowFills: counter }), time: counter, idle: counter, created: counter,
}));
export const progressEvent: z.ZodType<ProgressEvent> = z.object({ kind: z.literal("progress"), step: z.string(), done: counter, all: counter });
export const attachEvent: z.ZodType<AttachEvent> = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["attached", "halted"]) }),
  z.object({ kind: z.literal("screen"), columns: z.int().min(1).max(200), rows: z.int().min(1).max(100), cells: z.base64(), cursor: z.object({ row: z.int(), column: z.int() }).optional() }),
]);
