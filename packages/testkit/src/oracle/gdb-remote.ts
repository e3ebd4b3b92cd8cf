import { connect, type Socket } from 'node:net';

/** One register of the target's description. */
export interface TargetRegister {
  readonly name: string;
  /** Width in bytes. */
  readonly bytes: number;
}

/** Longest pause between the bytes of an answer, in seconds, when the target is not running. */
const ANSWER_SECONDS = 10;

/**
 * The client's half of gdb's remote serial protocol (gdb manual, "Remote Protocol"), as far as stepping a machine needs it.
 * One request at a time.
 */
export class GdbRemote {
  readonly #socket: Socket;
  #received = '';
  #wake: (() => void) | undefined;
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding('latin1');
    socket.on('data', (data: string) => {
      this.#received += data;
      this.#wake?.();
    });
    socket.on('close', () => {
      this.#closed = true;
      this.#wake?.();
    });
    socket.on('error', () => {}); // 'close' follows
  }

  /**
   * Connects to a stub on a Unix socket, trying until the stub listens, and switches acknowledgements off.
   *
   * @param seconds longest time to try
   */
  static async connect(path: string, seconds = 10): Promise<GdbRemote> {
    const deadline = Date.now() + seconds * 1e3;
    for (;;) {
      try {
        const remote = new GdbRemote(await open(path));
        await remote.request('qSupported:swbreak+;hwbreak+;xmlRegisters=i386');
        await remote.request('QStartNoAckMode');
        return remote;
      } catch (cause) {
        if (Date.now() > deadline) throw new Error(`No gdb stub answers at ${path}.`, { cause });
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** The registers in the order of the `g` packet, by the target's own description. */
  async targetRegisters(): Promise<TargetRegister[]> {
    const description = await this.#annex('target.xml');
    const registers: TargetRegister[] = [];
    for (const [, annex = ''] of description.matchAll(/<xi:include href="([^"]+)"/g)) {
      const registersOf = (await this.#annex(annex)).replace(/<!--[\s\S]*?-->/g, '');
      for (const [tag] of registersOf.matchAll(/<reg\s[^>]*>/g)) {
        const name = /name="([^"]+)"/.exec(tag)?.[1];
        const bits = /bitsize="(\d+)"/.exec(tag)?.[1];
        if (name && bits) registers.push({ name, bytes: Number(bits) / 8 });
      }
    }
    return registers;
  }

  /** The contents of the `g` packet: all registers one after the other, little-endian. */
  async readRegisters(): Promise<Uint8Array> {
    return fromHex(await this.request('g'));
  }

  /** Bytes at a linear address; throws where nothing is mapped. */
  async readMemory(address: bigint, length: number): Promise<Uint8Array> {
    return fromHex(await this.request(`m${address.toString(16)},${length.toString(16)}`));
  }

  /** Writes bytes to a linear address. */
  async writeMemory(address: bigint, bytes: Uint8Array): Promise<void> {
    await this.#expectOk(`M${address.toString(16)},${bytes.length.toString(16)}:${Buffer.from(bytes).toString('hex')}`);
  }

  /** Executes one instruction; returns the stop reply (`T05…`). */
  step(): Promise<string> {
    return this.#run('s');
  }

  /** Runs until a breakpoint; returns the stop reply. May take as long as the program does. */
  continue(): Promise<string> {
    return this.#run('c');
  }

  /** Stops before the instruction at a linear address. */
  async setBreakpoint(address: bigint): Promise<void> {
    await this.#expectOk(`Z1,${address.toString(16)},1`);
  }

  /** Takes a breakpoint away. */
  async clearBreakpoint(address: bigint): Promise<void> {
    await this.#expectOk(`z1,${address.toString(16)},1`);
  }

  /** Output of a command of the target's own monitor. */
  async monitor(command: string): Promise<string> {
    await this.#send(`qRcmd,${Buffer.from(command).toString('hex')}`);
    let output = '';
    for (;;) {
      const reply = await this.#receive(ANSWER_SECONDS);
      if (reply === 'OK') return output;
      if (!reply.startsWith('O')) throw new Error(`The gdb stub answers "${reply}" to the monitor command ${command}.`);
      output += Buffer.from(reply.slice(1), 'hex').toString('latin1');
    }
  }

  /** Sends one packet and returns the answer's contents; throws where it is an error. */
  async request(packet: string): Promise<string> {
    await this.#send(packet);
    const reply = await this.#receive(ANSWER_SECONDS);
    if (/^E[0-9a-f]{2}$/.test(reply)) throw new Error(`The gdb stub refuses "${packet}": ${reply}.`);
    return reply;
  }

  /** Ends the connection. */
  close(): void {
    this.#socket.destroy();
  }

  async #run(packet: string): Promise<string> {
    await this.#send(packet);
    return this.#receive(Number.POSITIVE_INFINITY);
  }

  async #expectOk(packet: string): Promise<void> {
    const reply = await this.request(packet);
    if (reply !== 'OK') throw new Error(`The gdb stub answers "${reply}" to "${packet}".`);
  }

  async #annex(name: string): Promise<string> {
    let text = '';
    for (;;) {
      const part = await this.request(`qXfer:features:read:${name}:${text.length.toString(16)},ffb`);
      text += part.slice(1);
      if (part.startsWith('l')) return text;
      if (!part.startsWith('m')) throw new Error(`The gdb stub does not describe ${name}.`);
    }
  }

  async #send(packet: string): Promise<void> {
    if (this.#closed) throw new Error('The gdb stub has closed the connection.');
    let sum = 0;
    for (let i = 0; i < packet.length; i++) sum = (sum + packet.charCodeAt(i)) & 0xff;
    this.#socket.write(`$${packet}#${sum.toString(16).padStart(2, '0')}`, 'latin1');
  }

  /** The next packet's contents, acknowledgements passed over. */
  async #receive(seconds: number): Promise<string> {
    for (;;) {
      const packet = /\$([^#]*)#[0-9a-f]{2}/.exec(this.#received);
      if (packet) {
        this.#received = this.#received.slice(packet.index + packet[0].length);
        // A stub wants its answer acknowledged until QStartNoAckMode; afterwards it ignores a plus.
        this.#socket.write('+');
        return expand(packet[1] ?? '');
      }
      if (this.#closed) throw new Error('The gdb stub has closed the connection.');
      await this.#data(seconds);
    }
  }

  #data(seconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = Number.isFinite(seconds)
        ? setTimeout(() => reject(new Error(`The gdb stub has not answered for ${seconds} seconds.`)), seconds * 1e3)
        : undefined;
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

/** Undoes escapes and run lengths (gdb manual, "Overview" of the protocol: `}` escapes with XOR 20, `*` repeats). */
function expand(contents: string): string {
  return contents
    .replace(/\}([\s\S])/g, (_, c: string) => String.fromCharCode(c.charCodeAt(0) ^ 0x20))
    .replace(/([\s\S])\*([\s\S])/g, (_, c: string, n: string) => c.repeat(n.charCodeAt(0) - 28));
}

function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replace(/xx/g, '00'), 'hex'));
}

function open(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}
