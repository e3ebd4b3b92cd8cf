/** The other end does not speak the protocol. The message is a sentence; the connection cannot go on. */
export class ProtocolError extends Error {
  /** For messages and logs. */
  override readonly name = "ProtocolError";
}
