import { SYSTEM_CALLS, type SystemCall } from "@ringzero/kernel";
import { SYSTEM_CALLS_I386, SYSTEM_CALLS_X86_64 } from "@ringzero/linux-abi";

/** Calls that section 2 of the manual has no page for. */
const WITHOUT_PAGE: ReadonlySet<string> = new Set(["rseq"]);

/** The page of section 2 of Linux's manual that describes a call; undefined where there is none. Calls with 64-bit times are described with the older ones. */
export function manPage(name: string): string | undefined {
  return WITHOUT_PAGE.has(name) ? undefined : name === "utimensat_time64" ? "utimensat" : name.replace(/_time64$|(?<=^clock_[a-z]+)64$/, "");
}
const ABIS = [["i386", SYSTEM_CALLS_I386], ["x86-64", SYSTEM_CALLS_X86_64]] as const;

function row(call: SystemCall): string {
  const [level, why = ""] = call.support.split(/: (.*)/), page = manPage(call.name);
  const numbers = ABIS.map(([, numbers]) => numbers[call.name] ?? "");
  const manual = page === undefined ? "" : `[${page}(2)](https://man7.org/linux/man-pages/man2/${page}.2.html)`;
  return `| \`${call.name}\` | ${numbers.join(" | ")} | ${call.parameters.map((p) => p.name).join(", ")} | ${level} | ${why} | ${manual} |`;
}
/** Calls of an ABI's table that the kernel has no row for. */
function missing(numbers: { readonly [name: string]: number }): string[] {
  const there = new Set(SYSTEM_CALLS.map((call) => call.name));
  return Object.keys(numbers).filter((name) => !there.has(name)).sort();
}

/** The page of system calls: numbers, support and man page of each, and what is not there. */
export function systemCallsPage(): string {
  const level = (start: string): number => SYSTEM_CALLS.filter((call) => call.support.startsWith(start)).length;
  return `# System calls

Generated from the table of \`@ringzero/kernel\`, with numbers from \`@ringzero/linux-abi\`. ${SYSTEM_CALLS.length} calls: ${level("full")} do what their man page says, ${level("partial")} a part of it, ${level("stub")}
answer something that programs can live with. A call without a number in a column does not exist in that ABI. Arguments are named by how they are read from
their registers: i386 takes them in EBX, ECX, EDX, ESI, EDI, EBP (INT 80h), x86-64 in RDI, RSI, RDX, R10, R8, R9 (SYSCALL).

| Call | i386 | x86-64 | Arguments | Support | How far, or why | Manual |
|---|--:|--:|---|---|---|---|
${[...SYSTEM_CALLS].sort((a, b) => (a.name < b.name ? -1 : 1)).map(row).join("\n")}

## Not there

All other numbers answer \`ENOSYS\`, and the kernel counts who asked for what.

${ABIS.map(([abi, numbers]) => `**${abi}**: ${missing(numbers).map((name) => `\`${name}\``).join(", ")}`).join("\n\n")}
`;
}
