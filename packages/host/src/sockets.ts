/** An Internet address: a name or a literal IPv4 or IPv6 address, and a port. Port 0 lets the platform choose one. */
export interface InternetAddress {
  /** A name, or a literal address. */
  readonly host: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** Where a stream leads: over the network, or a path of this computer (a Unix domain socket). */
export type SocketAddress = InternetAddress | UnixAddress;

/** A Unix domain socket. */
export interface UnixAddress {
  /** Its path in the file system. */
  readonly path: string;
}

/** A connected byte stream: TCP, or a Unix domain socket. */
export interface StreamSocket {
  /** This end; undefined where it has no name. */
  readonly local: SocketAddress | undefined;
  /** The other end; undefined where it has no name. */
  readonly remote: SocketAddress | undefined;
  /** The next bytes, one to any number of them; undefined when the other end has sent all. One call at a time. Rejects with `reset`. */
  read(): Promise<Uint8Array | undefined>;
  /** Sends bytes. Resolves when more may be sent: that is the back pressure. Rejects with `reset` where nobody receives any more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that nothing more will be sent; reading goes on. */
  shutdown(): Promise<void>;
  /** Ends both directions at once. */
  close(): void;
}

/** A listening socket. */
export interface Listener {
  /** Where it listens, with the port that was chosen. */
  readonly local: SocketAddress;
  /** The next connection; undefined when the listener is closed. */
  accept(): Promise<StreamSocket | undefined>;
  /** Listens no more. Connections made before live on. */
  close(): void;
}

/** A datagram and where it comes from. */
export interface Datagram {
  /** The whole datagram. */
  readonly bytes: Uint8Array;
  /** Who sent it. */
  readonly from: InternetAddress;
}

/** A UDP socket. */
export interface DatagramSocket {
  /** Where it is bound, with the port that was chosen. */
  readonly local: InternetAddress;
  /** Sends one datagram. As the protocol has it, it may be lost on the way. */
  send(bytes: Uint8Array, to: InternetAddress): Promise<void>;
  /** The next datagram; undefined when the socket is closed. */
  receive(): Promise<Datagram | undefined>;
  /** Ends it; a waiting `receive` resolves with undefined. */
  close(): void;
}

/**
 * The platform's network. Errors are HostErrors: `refused`, `unreachable`, `timeout`, `in-use`, `not-found`, `denied`; `unsupported`
 * where the platform has no sockets, as a page has none.
 */
export interface Sockets {
  /** Connects to a listener. */
  connect(address: SocketAddress): Promise<StreamSocket>;
  /** Listens for connections. */
  listen(address: SocketAddress): Promise<Listener>;
  /** Opens a UDP socket. */
  bind(address: InternetAddress): Promise<DatagramSocket>;
  /** IPv4 and IPv6 addresses of a name, in the order in which the platform prefers them. */
  resolve(name: string): Promise<string[]>;
}
