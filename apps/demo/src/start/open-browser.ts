import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Opens a page in the user's browser where there is a display and a command for it. Whether one was asked to. */
export function openBrowser(url: string): boolean {
  const { platform, env } = process;
  if (platform === "linux" && !env["DISPLAY"] && !env["WAYLAND_DISPLAY"]) return false;
  const [command, ...args] = platform === "darwin" ? ["open", url] : platform === "win32" ? ["cmd", "/c", "start", "", url] : ["xdg-open", url];
  if (platform === "linux" && !(env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, command!)))) return false;
  // On its own: it must not end with us, nor we wait for it.
  const child = spawn(command!, args, { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
  return true;
}
