/**
 * The simulated machine that all tenants share: frames and their owners, clocks and events, the trace bus, rings between workers.
 *
 * @packageDocumentation
 */
export { ExpectScript, type ExpectStep } from "./expect-script.ts";
export { CodeWatch } from "./code-watch.ts";
export { EventQueue, type ArmedTimer, type EventQueueState, type Timer } from "./event-queue.ts";
export { Exchange, exchangeBytes, ExchangeEnd, type ExchangeOptions } from "./exchange.ts";
export type { FrameCaches } from "./frame-caches.ts";
export { FRAME_CODE, FRAME_IMMUTABLE, type FrameFlags } from "./frame-flags.ts";
export { FrameMap, MAP_ENTRY, type FrameSource, type MapFault } from "./frame-map.ts";
export { addressOf, CHART_OWNER, CHART_SHARED, CHART_TABLE, frameOf, type CodeOwner, type FramePool, type OwnerDescription } from "./frame-pool.ts";
export { copyBytes, FrameWriter } from "./frame-writer.ts";
export { FRAME_BYTES, FRAME_SHIFT, MAX_FRAMES, NO_FRAME, type Frame } from "./frame.ts";
export { GuestMemory, type GuestMapping, type MemoryFailure, type MemoryResult } from "./guest-memory.ts";
export { ImmutableFrames, type ImmutableFramesAttachment, type Offer } from "./immutable-frames.ts";
export { InputLog, type Input, type LoggedInput } from "./input-log.ts";
export type { FrameTotals, Holding, Ledger, OwnerHolding } from "./ledger.ts";
export type { LinearMemory, MemoryViews } from "./linear-memory.ts";
export { Machine, OutOfFrames, type EngineMemory, type MachineAttachment, type MachineOptions } from "./machine.ts";
export type { Owner, OwnerId, OwnerKind } from "./owner.ts";
export { Pacer, type IdleMode } from "./pacer.ts";
export { Ring, ringBytes } from "./ring.ts";
export { TALLIES, Tallies, type Tally } from "./tally.ts";
export { TenantTime, type IdleStep, type TenantTimeOptions, type TenantTimeState } from "./tenant-time.ts";
export { TOPICS, type CgroupEvent, type ContextSwitchEvent, type PageFaultEvent, type SystemCallEvent, type VectorEvent } from "./topics.ts";
export { traceTopic, TraceBus, TraceChannel, type TraceEvent, type TraceTopic } from "./trace-bus.ts";
export { MAX_SLICE, VirtualClock, type ClockRate, type ClockState } from "./virtual-clock.ts";
