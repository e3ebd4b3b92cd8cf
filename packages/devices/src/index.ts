/**
 * PC device models: registers, interrupt lines and back ends, nothing else. A device never sees a processor, a clock of the platform or a virtual machine.
 *
 * @packageDocumentation
 */
export { ACPI_PM, AcpiPm, type AcpiPmState } from "./acpi-pm.ts";
export { DELIVERY, type ApicMessage } from "./apic-message.ts";
export { allOnes, Bus, ByteDevice, type BusDevice, type BusRange } from "./bus.ts";
export type { DeviceClock } from "./device-clock.ts";
export { I8042, type I8042State } from "./i8042.ts";
export { IoApic, type IoApicState } from "./io-apic.ts";
export { IrqLine } from "./irq-line.ts";
export { LocalApic, type LocalApicState, type LocalApicWiring } from "./lapic.ts";
export type { LocalApicTimerState } from "./lapic-timer.ts";
export { hostBridge440fx, isaBridgePiix3, PciFunction, type PciIdentity } from "./pci-function.ts";
export { PciHost, type PciFunctionState, type PciHostState } from "./pci-host.ts";
export { Pic8259, type Pic8259State } from "./pic-8259.ts";
export { PicPair, type PicPairState } from "./pic-pair.ts";
export { Pit8254, type PitCounterState, type Pit8254State } from "./pit-8254.ts";
export { RtcMc146818, type RtcState } from "./rtc-mc146818.ts";
export { DebugPort, ResetControl, SystemControlA, SystemControlB } from "./system-control.ts";
export { Uart16550, type SerialBackend, type Uart16550State, type WireSpeed } from "./uart-16550.ts";
export { VGA_TEXT_BYTES, VgaText, type TextCursor, type TextScreen, type VgaTextState } from "./vga-text.ts";
