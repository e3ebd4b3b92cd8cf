import * as z from "zod";
import {
  byContainer, byImage, containerAttach, containerCreate, containerExec, containerKill, containerLines, containerLogs, containerMade, containerRemove, containerStop, imageLines, imageLoad, imageNames, imageSave, imageTag, programEnd, programEvent, resize,
} from "./container-calls.ts";
import { compareArguments, compareResult } from "./compare-calls.ts";
import { machineInfo } from "./machine-calls.ts";
import { attachEvent, byName, progressEvent, vmAttach, vmCreate, vmEnded, vmLines } from "./vm-calls.ts";

/** A call: what it is asked with, what it ends with, and what it says on its way. */
export interface CallShape<Args, Result, Event> {
  readonly args: z.ZodType<Args>;
  readonly result: z.ZodType<Result>;
  readonly event: z.ZodType<Event>;
}
function call<Args, Result, Event>(args: z.ZodType<Args>, result: z.ZodType<Result>, event: z.ZodType<Event>): CallShape<Args, Result, Event> { return { args, result, event }; }

/** Nothing to say. */
export interface Nothing { readonly [name: string]: never }
const nothing: z.ZodType<Nothing> = z.object({}) as z.ZodType<Nothing>, silent: z.ZodType<never> = z.never();

/** All calls, by name. */
export const CALLS = {
  "machine.shutdown": call(nothing, nothing, silent),
  "machine.compare": call(compareArguments, compareResult, progressEvent),
  "machine.info": call(nothing, machineInfo, silent),
  "vm.create": call(vmCreate, byName, progressEvent),
  "vm.start": call(byName, nothing, silent),
  "vm.pause": call(byName, nothing, silent),
  "vm.reset": call(byName, nothing, silent),
  "vm.powerOff": call(byName, nothing, silent),
  "vm.kill": call(byName, nothing, silent),
  "vm.attach": call(vmAttach, vmEnded, attachEvent),
  "vm.list": call(nothing, vmLines, silent),
  "container.create": call(containerCreate, containerMade, progressEvent),
  "container.start": call(byContainer, nothing, silent),
  "container.attach": call(containerAttach, programEnd, programEvent),
  "container.exec": call(containerExec, programEnd, programEvent),
  "container.resize": call(resize, nothing, silent),
  "container.wait": call(byContainer, programEnd, silent),
  "container.kill": call(containerKill, nothing, silent),
  "container.stop": call(containerStop, nothing, silent),
  "container.remove": call(containerRemove, nothing, silent),
  "container.logs": call(containerLogs, nothing, silent),
  "container.list": call(nothing, containerLines, silent),
  "container.inspect": call(byContainer, containerLines, silent),
  "image.list": call(nothing, imageLines, silent),
  "image.pull": call(byImage, imageLines, progressEvent),
  "image.remove": call(byImage, nothing, silent),
  "image.tag": call(imageTag, nothing, silent),
  "image.load": call(imageLoad, imageNames, silent),
  "image.save": call(imageSave, nothing, silent),
} as const;

/** Names of calls. */
export type CallName = keyof typeof CALLS;
/** What a call is asked with. */
export type ArgsOf<N extends CallName> = z.output<(typeof CALLS)[N]["args"]>;
/** What it ends with. */
export type ResultOf<N extends CallName> = z.output<(typeof CALLS)[N]["result"]>;
/** What it says on its way. */
export type EventOf<N extends CallName> = z.output<(typeof CALLS)[N]["event"]>;
