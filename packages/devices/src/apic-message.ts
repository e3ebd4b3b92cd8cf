/** Delivery modes of interrupt messages. SDM vol. 3A, "Interrupt Command Register (ICR)"; Intel 82093AA datasheet, "I/O Redirection Table Registers". */
export const DELIVERY = {
  /** The vector, to every processor addressed. */
  fixed: 0,
  /** The vector, to the one addressed processor with the lowest priority. */
  lowestPriority: 1,
  /** System management interrupt. */
  smi: 2,
  /** Non-maskable interrupt; the vector does not matter. */
  nmi: 4,
  /** INIT. */
  init: 5,
  /** Start-up: begin at the vector × 4 KiB in real mode. */
  startUp: 6,
  /** The vector comes from the 8259 pair. */
  extInt: 7,
} as const;

/** What an I/O APIC or a message-signalled interrupt sends to the local APICs. */
export interface ApicMessage {
  /** 16 to 255; lower ones are an error at the receiver. */
  readonly vector: number;
  /** One of DELIVERY. */
  readonly delivery: number;
  /** Level-triggered: the receiver reports its end, and a line that is still high interrupts again. */
  readonly level: boolean;
  /** APIC identifier, or a logical destination. */
  readonly destination: number;
  /** Whether `destination` is compared with LDR and DFR instead of the identifier. SDM vol. 3A, "Logical Destination Mode". */
  readonly logical: boolean;
}
