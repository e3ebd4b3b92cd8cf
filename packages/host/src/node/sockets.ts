import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { connect, createServer, isIPv6, type AddressInfo } from "node:net";
import { AsyncQueue } from "../async-queue.ts";
import type { Datagram, DatagramSocket, InternetAddress, Listener, SocketAddress, Sockets, StreamSocket } from "../sockets.ts";
import { hostError } from "./node-error.ts";
import { NodeStreamSocket } from "./stream-socket.ts";

/** The operating system's sockets. */
export const nodeSockets: Sockets = {
  connect(address: SocketAddress): Promise<StreamSocket> {
    return new Promise((resolve, reject) => {
      const socket = connect("path" in address ? { path: address.path, allowHalfOpen: true } : { ...address, noDelay: true, allowHalfOpen: true });
      const refuse = (error: Error): void => reject(hostError(error, `No connection to ${text(address)}.`));
      socket.once("error", refuse);
      socket.once("connect", () => {
        socket.off("error", refuse);
        resolve(new NodeStreamSocket(socket, pathOf(address)));
      });
    });
  },
  listen(address: SocketAddress): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const connections = new AsyncQueue<StreamSocket>();
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => connections.put(new NodeStreamSocket(socket, pathOf(address))));
      server.once("error", (error) => reject(hostError(error, `${text(address)} cannot be listened at.`)));
      server.listen("path" in address ? { path: address.path } : { ...address }, () => {
        server.on("error", (error) => connections.close(hostError(error, `Listening at ${text(address)} failed.`)));
        const bound = server.address();
        resolve({
          local: typeof bound === "string" || bound === null ? address : { host: bound.address, port: bound.port },
          accept: () => connections.take(),
          close() {
            server.close();
            connections.close();
          },
        });
      });
    });
  },
  bind(address: InternetAddress): Promise<DatagramSocket> {
    return new Promise((resolve, reject) => {
      const socket = createSocket(isIPv6(address.host) ? "udp6" : "udp4");
      const datagrams = new AsyncQueue<Datagram>();
      const refuse = (error: Error): void => reject(hostError(error, `${text(address)} cannot be bound.`));
      socket.once("error", refuse);
      socket.bind({ address: address.host, port: address.port }, () => {
        socket.off("error", refuse);
        // An ICMP answer to one datagram is reported on the socket; as the protocol has it, the datagram is lost.
        socket.on("error", () => {});
        socket.on("message", (bytes, from) => datagrams.put({ bytes: new Uint8Array(bytes), from: { host: from.address, port: from.port } }));
        const bound = socket.address() as AddressInfo;
        resolve({
          local: { host: bound.address, port: bound.port },
          send: (bytes, to) => new Promise((sent, failed) => {
            socket.send(bytes, to.port, to.host, (error) => (error ? failed(hostError(error, `Nothing could be sent to ${text(to)}.`)) : sent()));
          }),
          receive: () => datagrams.take(),
          close() {
            socket.close();
            datagrams.close();
          },
        });
      });
    });
  },
  async resolve(name: string): Promise<string[]> {
    try {
      return (await lookup(name, { all: true })).map(({ address }) => address);
    } catch (error) {
      throw hostError(error, `The name "${name}" has no address.`);
    }
  },
};

function pathOf(address: SocketAddress): string | undefined {
  return "path" in address ? address.path : undefined;
}
function text(address: SocketAddress): string {
  return "path" in address ? address.path : `${address.host} port ${address.port}`;
}
