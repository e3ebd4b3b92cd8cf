/** A wire from a device to an interrupt controller's input. Setting it to the level it has is nothing. */
export class IrqLine {
  /** For people. */
  readonly name: string;
  #level = false;
  readonly #inputs: ((level: boolean) => void)[] = [];

  constructor(name: string) { this.name = name; }
  /** Its level: true = asserted. */
  get level(): boolean { return this.#level; }
  /** Lets an input follow the line. */
  connect(input: (level: boolean) => void): void {
    this.#inputs.push(input);
    if (this.#level) input(true);
  }
  /** Sets the level. */
  set(level: boolean): void {
    if (level === this.#level) return;
    this.#level = level;
    for (const input of this.#inputs) input(level);
  }
  /** Asserts the line. */
  raise(): void { this.set(true); }
  /** Takes the assertion back. */
  lower(): void { this.set(false); }
  /** An edge: up and down again. */
  pulse(): void {
    this.set(true);
    this.set(false);
  }
}
