/**
 * The long-lived machine behind a socket: the protocol and the client's end. `/server` is the machine's end, `/node` finds or starts one on this computer.
 *
 * @packageDocumentation
 */
export { ClientCall, type CallListeners } from "./client/client-call.ts";
export { ServiceClient, type ClientIdentity } from "./client/service-client.ts";
export { CALLS, type ArgsOf, type CallName, type CallShape, type EventOf, type Nothing, type ResultOf } from "./protocol/calls.ts";
export { FrameReader, bytesFrames, jsonFrame, type Frame } from "./protocol/frame.ts";
export type { ByContainer, ContainerAttach, ContainerCreate, ContainerExec, ContainerLine, ContainerLogs, ContainerMade, ImageLine, ProcessArgs, ProgramEnd, ProgramEvent } from "./protocol/container-calls.ts";
export type { MachineInfo, TenantMemory } from "./protocol/machine-calls.ts";
export { CHANNEL, PROTOCOL, WINDOW, type ClientMessage, type Hello, type ServerMessage } from "./protocol/messages.ts";
export { ProtocolError } from "./protocol/protocol-error.ts";
export { ServiceError, type ServiceErrorCode } from "./protocol/service-error.ts";
export type { AttachEvent, ByName, ProgressEvent, ScreenEvent, VmAttach, VmCreate, VmEnded, VmLine } from "./protocol/vm-calls.ts";
