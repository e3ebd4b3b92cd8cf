/**
 * Ports to the real platform. This entry has the interfaces; `/node`, `/browser` and `/virtual` implement them.
 *
 * @packageDocumentation
 */
export type { Command, CommandResult, Commands } from "./commands.ts";
export type { Entropy } from "./entropy.ts";
export { pathNames } from "./file-path.ts";
export type { FileAccess, FileChanges, FileInstant, Files, FileStatus, FileType, HostDirectory, HostFile, OpenDirectoryOptions } from "./files.ts";
export type { Host } from "./host.ts";
export { HostError, type HostErrorCode } from "./host-error.ts";
export type { Datagram, DatagramSocket, InternetAddress, Listener, SocketAddress, Sockets, StreamSocket, UnixAddress } from "./sockets.ts";
export { checkKey, type Store } from "./store.ts";
export type { Terminal } from "./terminal.ts";
export type { WallClock } from "./wall-clock.ts";
export type { MessagePortLike, WorkerHandle, WorkerOptions, WorkerPort, Workers } from "./workers.ts";
