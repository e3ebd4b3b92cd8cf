import { closeSync, fstatSync, fsyncSync, ftruncateSync, readSync, writeSync } from "node:fs";
import type { FileStatus, HostFile } from "../files.ts";
import { fileStatus } from "./file-status.ts";
import { hostError } from "./node-error.ts";

/** A regular file of the operating system, by its descriptor. */
export class NodeFile implements HostFile {
  readonly #fd: number;
  readonly #path: string;

  constructor(fd: number, path: string) {
    this.#fd = fd;
    this.#path = path;
  }
  read(position: number, into: Uint8Array): number {
    return this.#do("read", () => {
      let done = 0;
      while (done < into.length) {
        const n = readSync(this.#fd, into, done, into.length - done, position + done);
        if (n === 0) break;
        done += n;
      }
      return done;
    });
  }
  write(position: number, bytes: Uint8Array): void {
    this.#do("written", () => {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#fd, bytes, done, bytes.length - done, position + done);
    });
  }
  truncate(size: number): void { this.#do("cut off", () => ftruncateSync(this.#fd, size)); }
  status(): FileStatus { return this.#do("looked at", () => fileStatus(fstatSync(this.#fd, { bigint: true }))); }
  sync(): void { this.#do("synchronised", () => fsyncSync(this.#fd)); }
  close(): void { this.#do("closed", () => closeSync(this.#fd)); }

  #do<T>(what: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      throw hostError(error, `The file ${this.#path} could not be ${what}.`);
    }
  }
}
