import { closeSync, constants, existsSync, mkdirSync, openSync } from "node:fs";
import type { Files, HostDirectory, OpenDirectoryOptions } from "../files.ts";
import { hostError } from "./node-error.ts";
import { CheckedPaths, DescriptorPaths } from "./directory-paths.ts";
import { NodeDirectory } from "./node-directory.ts";

/** Directories of the operating system. */
export const nodeFiles: Files = {
  user: process.getuid?.() ?? 0,
  openDirectory(path: string, options: OpenDirectoryOptions = {}): HostDirectory {
    try {
      if (options.create) mkdirSync(path, { recursive: true });
      const fd = openSync(path, constants.O_RDONLY | (constants.O_DIRECTORY ?? 0));
      if (existsSync(`/proc/self/fd/${fd}`)) return new NodeDirectory(new DescriptorPaths(fd), path);
      closeSync(fd);
      return new NodeDirectory(new CheckedPaths(path), path);
    } catch (error) {
      throw hostError(error, `The directory ${path} cannot be opened.`);
    }
  },
};
