/** What a person types on and looks at: a terminal that understands ECMA-48 control sequences. */
export interface Terminal {
  /** Characters in a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
  /** Shows bytes: UTF-8 with control sequences. */
  write(bytes: Uint8Array): void;
  /** Calls `listener` with what is typed, byte for byte as the terminal sends it. Returns what ends that. What is typed while nobody listens waits. */
  onInput(listener: (bytes: Uint8Array) => void): () => void;
  /** Calls `listener` after the size has changed. Returns what ends that. */
  onResize(listener: () => void): () => void;
  /** Raw: no echo, no line editing, and ^C is a byte as any other. A console of a guest wants it; whoever sets it takes it off again. */
  setRaw(raw: boolean): void;
}
