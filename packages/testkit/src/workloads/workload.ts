/** Kind of a workload, as PEERS groups them. */
export type WorkloadGroup = "compute" | "system" | "program" | "shell";

/** Something that all peers run, between a line `BEGIN name` and a line `END name` that it prints itself. */
export interface Workload {
  readonly name: string;
  readonly group: WorkloadGroup;
  /** Shell commands that prepare its input, not timed. */
  readonly before?: string;
  /** Words of the command. `$busybox`, `$bench`, `$gen`, `$true` stand for the programs' paths, `$tmp` for a directory. Without `timed` it prints its lines itself. */
  readonly command: readonly string[];
  /** It is put behind `tm`, which prints the lines. */
  readonly timed?: boolean;
  /** It starts programs of its own: a user-mode emulator that is given one program would run those on the bare processor. */
  readonly executes?: boolean;
}

const bench = (name: string, group: WorkloadGroup, times?: number): Workload => ({ name, group, command: ["$bench", times === undefined ? name : `${name}*${times}`] });
const DATA = "$gen 10 > $tmp/data", AWK = "{for(i=1;i<=NF;i++){c[$i]++;n+=length($i)}} END{for(k in c)m++; print m,n}";
const busybox = (name: string, args: readonly string[], before: string): Workload => ({ name, group: "program", timed: true, command: ["$busybox", ...args], before });
const shell = (name: string, script: string, executes: boolean): Workload => ({ name, group: "shell", timed: true, command: ["$busybox", "sh", "-c", script], executes });

/** The workloads of static programs, with the sizes that the peers were measured with. */
export const WORKLOADS: readonly Workload[] = [
  bench("sieve", "compute", 5), bench("sha256", "compute"), bench("qsort", "compute"), bench("chase_l1", "compute"), bench("chase_mem", "compute"), bench("matmul", "compute"),
  bench("fib", "compute", 3), bench("mandel", "compute", 3), bench("strmix", "compute", 4), bench("u64", "compute"), bench("memcpy", "compute", 5),
  bench("getppid", "system"), bench("pipe", "system"), bench("pipe1", "system"), bench("mmap", "system"), bench("open", "system"), bench("fork", "system"),
  { ...bench("forkexec", "system"), executes: true },
  { name: "gen10M", group: "program", timed: true, command: ["$busybox", "sh", "-c", DATA], executes: true },
  busybox("bb_sha256sum", ["sha256sum", "$tmp/data"], DATA),
  busybox("bb_gzip9", ["gzip", "-9", "-k", "-f", "$tmp/data"], DATA),
  busybox("bb_gunzip", ["gunzip", "-k", "-f", "$tmp/data.gz"], `${DATA}; $busybox gzip -9 -f $tmp/data`),
  busybox("bb_sort", ["sort", "-o", "$tmp/sorted", "$tmp/data"], DATA),
  busybox("bb_awk", ["awk", AWK, "$tmp/data"], DATA),
  shell("sh_loop1000", "i=0; while [ $i -lt 1000 ]; do $true; i=$((i+1)); done", true),
  shell("sh_pipe200", "i=0; while [ $i -lt 200 ]; do echo $i | $true | $true; i=$((i+1)); done", true),
  shell("sh_builtin300k", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done", false),
];

/** Where a subject has the programs. */
export interface Places {
  readonly busybox: string;
  readonly bench: string;
  readonly gen: string;
  readonly tm: string;
  readonly true: string;
  readonly tmp: string;
}

/** Puts the places into a text; other words with a dollar stay as they are. */
export function placed(text: string, places: Places): string {
  return text.replace(/\$(busybox|bench|gen|true|tmp)\b/g, (_, name: keyof Places) => places[name]);
}
/** The words of a workload's command for a subject; `runner` comes before the program. */
export function commandOf(workload: Workload, places: Places, runner: readonly string[] = []): string[] {
  const command = [...runner, ...workload.command.map((word) => placed(word, places))];
  return workload.timed ? [places.tm, workload.name, ...command] : command;
}
