/** Delivery modes of interrupt messages. SDM vol. 3A, "Interrupt Command Register (ICR)"; Intel 82093AA datasheet, "I/O Redirection Table Registers". */
export const DELIVERY = { fixed: 0, lowestPriority: 1, smi: 2, nmi: 4, init: 5, startUp: 6, extInt: 7 } as const;

/** What an I/O APIC or a message-signalled interrupt sends to the local APICs. */
export interface ApicMessage {
  readonly vector: number;
  readonly delivery: number;
  readonly level: boolean;
  /** APIC identifier, or a logical destination. */
  readonly destination: number;
  readonly logical: boolean;
}
