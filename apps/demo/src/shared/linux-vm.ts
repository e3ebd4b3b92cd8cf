import type { PcOptions } from "@ringzero/hypervisor";

/**
 * The virtual machine that runs Debian's Linux. When its kernel panics it does not wait (`panic=-1`) and restarts by a triple fault (`reboot=t`), so that a crashed kernel is a dead
 * virtual machine and not one that spins. Linux v6.1 Documentation/admin-guide/kernel-parameters.txt.
 */
export function linuxVm(kernel: Uint8Array, initrd: Uint8Array): PcOptions {
  return { memory: 128 << 20, kernel, initrd, commandLine: "console=ttyS0 panic=-1 reboot=t" };
}

/** The end of a console at a prompt of the shell: its initial RAM disk's prompt, then perhaps the question for the cursor's position (ECMA-48, DSR). */
export const PROMPT: RegExp = /[~/\w.-]*[#$] (?:\u001B\[6n)?$/;
