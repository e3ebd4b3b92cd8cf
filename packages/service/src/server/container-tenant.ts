import type { ContainerState, ContainerView, RemoteContainer } from "@ringzero/container";
import type { WallClock } from "@ringzero/host";
import { FRAME_BYTES, type Ledger } from "@ringzero/machine";
import type { ContainerCreate, ContainerLine, ContainerLogs } from "../protocol/container-calls.ts";
import { CHANNEL } from "../protocol/messages.ts";
import type { CallContext } from "./call-context.ts";
import { ContainerLog, Timestamps, type LogPiece } from "./container-log.ts";
import { ProgramOutlet } from "./program-outlet.ts";

/** A container of the service, with its log. */
export class ContainerTenant {
  readonly container: RemoteContainer;
  /** As it was asked for. */
  readonly spec: ContainerCreate;
  readonly log: ContainerLog = new ContainerLog();
  /** Its first program. */
  readonly outlet: ProgramOutlet;

  constructor(container: RemoteContainer, spec: ContainerCreate, wallClock: WallClock) {
    this.container = container;
    this.spec = spec;
    this.outlet = new ProgramOutlet(container.init, (stream, bytes) => this.log.add({ stream, bytes, time: wallClock.unixMilliseconds() }));
    this.outlet.listen();
  }

  /** Sends what it has written, and goes on where that is asked for. */
  async logs({ follow, tail, timestamps }: ContainerLogs, context: CallContext<"container.logs">): Promise<void> {
    const stamps = { 1: new Timestamps(), 2: new Timestamps() };
    const send = (piece: LogPiece): void => context.send(piece.stream === 1 ? CHANNEL.output : CHANNEL.error, timestamps ? stamps[piece.stream].stamp(piece) : piece.bytes);
    for (const piece of this.log.pieces(tail)) send(piece);
    if (!follow) return;
    const end = this.log.onAdd(send), gone = new Promise<void>((resolve) => context.signal.addEventListener("abort", () => resolve(), { once: true }));
    await Promise.race([this.container.wait(), gone]);
    end();
  }
  /** What `ps`, `inspect` and `stats` show. */
  line(state: ContainerState, view: ContainerView | undefined, ledger: Ledger): ContainerLine {
    const holding = ledger.owners.find((owner) => owner.id === state.owner), counters = view?.counters;
    return {
      id: state.id, name: state.name, image: this.spec.image, rootfs: this.spec.rootfs, args: state.args, status: state.status, pid: state.pid, tty: this.spec.terminal !== undefined, stdin: this.spec.stdin === true, exitCode: state.exitCode, outOfMemory: state.outOfMemory,
      created: state.created, startedAt: state.startedAt, finishedAt: state.finishedAt, memoryLimit: this.spec.memory, pidsLimit: this.spec.pids, tasks: view?.tasks ?? 0,
      memory: (view?.frames ?? 0) * FRAME_BYTES, memoryPeak: (view?.peakFrames ?? 0) * FRAME_BYTES, private: (holding?.private ?? 0) * FRAME_BYTES, shared: (holding?.shared ?? 0) * FRAME_BYTES,
      instructions: counters?.instructions ?? 0, systemCalls: counters?.systemCalls ?? 0, pageFaults: counters?.pageFaults ?? 0, contextSwitches: counters?.contextSwitches ?? 0, signals: counters?.signals ?? 0,
    };
  }
}
