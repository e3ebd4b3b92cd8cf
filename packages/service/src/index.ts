/**
 * The long-lived machine behind a socket: the protocol and the client's end. `/server` is the machine's end, `/node` finds or starts one on this computer.
 *
 * @packageDocumentation
 */
export { ClientCall, type CallListeners } from "./client/client-call.ts";
export { ServiceClient, type ClientIdentity } from "./client/service-client.ts";
export { CALLS, type ArgsOf, type CallName, type CallShape, type EventOf, type Nothing, type ResultOf } from "./protocol/calls.ts";
export type { ByContainer, ContainerAttach, ContainerCreate, ContainerExec, ContainerLine, ContainerLogs, ContainerKill, ContainerMade, ContainerRemove, ContainerStop, ByImage, ImageLine, ImageLoad, ImageSave, ImageTag, Mount, ProcessArgs, ProgramEnd, ProgramEvent, Resize, Size } from "./protocol/container-calls.ts";
export type { CompareArguments, CompareResult } from "./protocol/compare-calls.ts";
export { kernelLost, type KernelPanic, type MachineInfo, type MachineMemory, type TenantMemory } from "./protocol/machine-calls.ts";
export { CHANNEL, PROTOCOL, WINDOW, type Hello } from "./protocol/messages.ts";
export { ProtocolError } from "./protocol/protocol-error.ts";
export { ServiceError, type ServiceErrorCode } from "./protocol/service-error.ts";
export type { AttachEvent, ByName, ConsoleEvent, Cursor, ProgressEvent, ScreenEvent, VmAttach, VmCreate, VmEnded, VmFiles, VmLine, VmTraps } from "./protocol/vm-calls.ts";
