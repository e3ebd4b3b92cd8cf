/**
 * Virtual machines on the one simulated machine: platforms, boot protocols, run loop, counters.
 *
 * @packageDocumentation
 */
export { acpiTables, type AcpiTables } from "./boot/acpi-tables.ts";
export type { BootImage, Segment } from "./boot/image.ts";
export { linuxBoot, type LinuxBoot } from "./boot/linux-boot.ts";
export { multibootBoot, type MultibootBoot } from "./boot/multiboot.ts";
export type { CounterMark, Counters, ExitReason, FrameHolding } from "./counters.ts";
export { IRQ, MEMORY, PORT } from "./layout.ts";
export { memoryMap, MEMORY_KIND, type MemoryRange } from "./memory-map.ts";
export { PcBoard, type BoardHooks, type BoardPart } from "./pc-board.ts";
export { pc, type ModelName, type PcOptions, type Platform } from "./pc.ts";
export { decodeSnapshot, encodeSnapshot, SNAPSHOT_VERSION, type VirtualMachineSnapshot } from "./snapshot.ts";
export { SerialConsole } from "./serial-console.ts";
export { TRAPPED_INSTRUCTIONS, type TrapCounters, type TrappedInstruction } from "./techniques/ring-deprivileging/trapped-instruction.ts";
export type { TrapBatch } from "./techniques/ring-deprivileging/trap-buffer.ts";
export type { TechniqueName } from "./techniques/technique.ts";
export { RemoteVirtualMachine, type RemoteConsole, type VirtualMachineView } from "./worker/remote-virtual-machine.ts";
export { serveVirtualMachine } from "./worker/serve.ts";
export { VirtualMachineWorker, type VirtualMachineParts } from "./worker/virtual-machine-worker.ts";
export { VirtualMachine, type Advance, type VirtualMachineOptions, type VirtualMachineState } from "./virtual-machine.ts";
