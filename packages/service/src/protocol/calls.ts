import * as z from "zod";
import {
  byContainer, byImage, containerAttach, containerCreate, containerExec, containerKill, containerLines, containerLogs, containerMade, containerRemove, containerStop, imageLines, imageLoad, imageNames, imageSave, imageTag, programEnd, programEvent, resize,
} from "./container-calls.ts";
import { compareArguments, compareResult } from "./compare-calls.ts";
import { kernelPanic, machineInfo } from "./machine-calls.ts";
import { attachEvent, byName, progressEvent, vmAttach, vmCreate, vmEnded, vmLines } from "./vm-calls.ts";

/** A call: what it is asked with, what it ends with, and what it says on its way. */
export interface CallShape<Args, Result, Event> {
  /** What it is asked with. */
  readonly args: z.ZodType<Args>;
  /** What it ends with. */
  readonly result: z.ZodType<Result>;
  /** What it says on its way. */
  readonly event: z.ZodType<Event>;
}
function call<Args, Result, Event>(args: z.ZodType<Args>, result: z.ZodType<Result>, event: z.ZodType<Event>): CallShape<Args, Result, Event> { return { args, result, event }; }

/** Nothing to say. */
export interface Nothing { readonly [name: string]: never }
const nothing: z.ZodType<Nothing> = z.object({}) as z.ZodType<Nothing>, silent: z.ZodType<never> = z.never();

/** All calls, by name. */
export const CALLS = {
  /** Ends the machine with all its tenants. */
  "machine.shutdown": call(nothing, nothing, silent),
  /** Does the same work in a virtual machine and in a container. */
  "machine.compare": call(compareArguments, compareResult, progressEvent),
  /** The machine, and who holds its memory. */
  "machine.info": call(nothing, machineInfo, silent),
  /** Crashes the shared kernel, and every container with it. */
  "kernel.panic": call(nothing, kernelPanic, silent),
  /** Makes a virtual machine that is ready to start. */
  "vm.create": call(vmCreate, byName, progressEvent),
  /** Starts it, or lets it go on. */
  "vm.start": call(byName, nothing, silent),
  /** Stops it between two instructions. */
  "vm.pause": call(byName, nothing, silent),
  /** Presses the reset button. */
  "vm.reset": call(byName, nothing, silent),
  /** Presses the power button. */
  "vm.powerOff": call(byName, nothing, silent),
  /** Ends it at once. */
  "vm.kill": call(byName, nothing, silent),
  /** Connects to a console until the end. */
  "vm.attach": call(vmAttach, vmEnded, attachEvent),
  /** All of them. */
  "vm.list": call(nothing, vmLines, silent),
  /** Makes a container that is ready to start. */
  "container.create": call(containerCreate, containerMade, progressEvent),
  /** Starts its first program. */
  "container.start": call(byContainer, nothing, silent),
  /** Connects to its first program until that has ended. */
  "container.attach": call(containerAttach, programEnd, programEvent),
  /** Starts a program beside the first one, and connects to it. */
  "container.exec": call(containerExec, programEnd, programEvent),
  /** Gives a program's terminal another size. */
  "container.resize": call(resize, nothing, silent),
  /** Waits until its first program has ended. */
  "container.wait": call(byContainer, programEnd, silent),
  /** Sends its first program a signal. */
  "container.kill": call(containerKill, nothing, silent),
  /** Asks its first program to end, and kills it where it does not. */
  "container.stop": call(containerStop, nothing, silent),
  /** Removes it. */
  "container.remove": call(containerRemove, nothing, silent),
  /** What its first program has written. */
  "container.logs": call(containerLogs, nothing, silent),
  /** All of them, the newest first. */
  "container.list": call(nothing, containerLines, silent),
  /** One of them. */
  "container.inspect": call(byContainer, containerLines, silent),
  /** All images, and those that could be made. */
  "image.list": call(nothing, imageLines, silent),
  /** Makes an image that is made when it is first used. */
  "image.pull": call(byImage, imageLines, progressEvent),
  /** Takes a name away, and the contents that no other has. */
  "image.remove": call(byImage, nothing, silent),
  /** Gives an image one more name. */
  "image.tag": call(imageTag, nothing, silent),
  /** Takes the images of an archive. */
  "image.load": call(imageLoad, imageNames, silent),
  /** Writes images as an archive, on the channel `output`. */
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
