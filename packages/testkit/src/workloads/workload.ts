/** Kind of a workload, as PEERS groups them. */
export type WorkloadGroup = "compute" | "system" | "program" | "shell";

/** Something that all peers run, between a line `BEGIN name` and a line `END name` that it prints itself. */
export interface Workload {
  readonly name: string;
  readonly group: WorkloadGroup;
  /** Shell commands that prepare its input, not timed. */
  readonly before?: string;
  /** Shell commands that print what it has made, as check sums; not timed. */
  readonly after?: string;
  /**
   * Words of the command. `$busybox`, `$bench`, `$gen`, `$true` stand for the programs' paths, `$scripts` and `$tmp` for directories, the words `$lua` and `$python` for all words that start
   * an interpreter. Without `timed` it prints its lines itself.
   */
  readonly command: readonly string[];
  /** It is put behind `tm`, which prints the lines. */
  readonly timed?: boolean;
  /** It starts programs of its own: a user-mode emulator that is given one program would run those on the bare processor. */
  readonly executes?: boolean;
  /** It needs the interpreters' root directory. */
  readonly interpreted?: boolean;
  /** Our kernel starts it a second time, and the figures have that start too. */
  readonly again?: boolean;
}

const bench = (name: string, group: WorkloadGroup, times?: number): Workload => ({ name, group, command: ["$bench", times === undefined ? name : `${name}*${times}`] });
const DATA = "$gen 10 > $tmp/data", AWK = "{for(i=1;i<=NF;i++){c[$i]++;n+=length($i)}} END{for(k in c)m++; print m,n}";
const CHECK_DATA = "$busybox md5sum < $tmp/data", PLAIN = `[ -s $tmp/data ] || ${DATA}`, PACKED = `${PLAIN}; [ -s $tmp/data.gz ] || $busybox gzip -9 -k -f $tmp/data`;
const busybox = (name: string, args: readonly string[], before: string, after?: string): Workload => ({ name, group: "program", timed: true, command: ["$busybox", ...args], before, ...(after === undefined ? {} : { after }) });
const shell = (name: string, script: string, executes: boolean): Workload => ({ name, group: "shell", timed: true, command: ["$busybox", "sh", "-c", script], executes });
const interpreted = (name: string, command: readonly string[]): Workload => ({ name, group: "program", timed: true, command, interpreted: true });

/** The 32 workloads, with the sizes that the peers were measured with. */
export const WORKLOADS: readonly Workload[] = [
  bench("sieve", "compute", 5), bench("sha256", "compute"), bench("qsort", "compute"), bench("chase_l1", "compute"), bench("chase_mem", "compute"), bench("matmul", "compute"),
  bench("fib", "compute", 3), bench("mandel", "compute", 3), bench("strmix", "compute", 4), bench("u64", "compute"), bench("memcpy", "compute", 5),
  bench("getppid", "system"), bench("pipe", "system"), bench("pipe1", "system"), bench("mmap", "system"), bench("open", "system"), bench("fork", "system"),
  { ...bench("forkexec", "system"), executes: true },
  { name: "gen10M", group: "program", timed: true, command: ["$busybox", "sh", "-c", DATA], after: CHECK_DATA, executes: true },
  busybox("bb_sha256sum", ["sha256sum", "$tmp/data"], PLAIN),
  busybox("bb_gzip9", ["gzip", "-9", "-k", "-f", "$tmp/data"], PLAIN, "$busybox gunzip -c $tmp/data.gz | $busybox md5sum"),
  busybox("bb_gunzip", ["gunzip", "-k", "-f", "$tmp/data.gz"], PACKED, CHECK_DATA),
  busybox("bb_sort", ["sort", "-o", "$tmp/sorted", "$tmp/data"], PLAIN, "$busybox md5sum < $tmp/sorted"),
  busybox("bb_awk", ["awk", AWK, "$tmp/data"], PLAIN),
  interpreted("lua_nbody", ["$lua", "$scripts/nbody.lua", "200000"]), interpreted("lua_fibstr", ["$lua", "$scripts/fibstr.lua"]),
  { ...interpreted("py_start", ["$python", "-S", "-c", "print(1)"]), again: true },
  interpreted("py_nbody", ["$python", "-S", "$scripts/nbody.py", "100000"]), interpreted("py_mix", ["$python", "-S", "$scripts/mix.py"]),
  shell("sh_loop1000", "i=0; while [ $i -lt 1000 ]; do $true; i=$((i+1)); done", true),
  shell("sh_pipe200", "i=0; while [ $i -lt 200 ]; do echo $i | $true | $true; i=$((i+1)); done", true),
  shell("sh_builtin300k", "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done", false),
];

/** Prints its two lines one right after the other, eight times: the least time between them is what lines take on their way, and is taken from all others. */
export const EMPTY: Workload = { name: "empty", group: "shell", command: ["$busybox", "sh", "-c", "for i in 1 2 3 4 5 6 7 8; do echo BEGIN empty; echo END empty; done"] };

/** Where a subject has the programs. */
export interface Places {
  readonly busybox: string;
  readonly bench: string;
  readonly gen: string;
  readonly tm: string;
  readonly true: string;
  readonly tmp: string;
  readonly scripts: string;
  /** Words that start Lua. */
  readonly lua: readonly string[];
  /** Words that start Python. */
  readonly python: readonly string[];
}
/** Where our kernel and the systems have the programs. */
export const GUEST: Places = {
  busybox: "/bin/busybox", bench: "/bin/bench", gen: "/bin/gen", tm: "/bin/tm", true: "/bin/true_static", tmp: "/tmp", scripts: "/bench", lua: ["/usr/bin/lua5.4"], python: ["/usr/bin/python3.11"],
};

/** Puts the places into a text; other words with a dollar stay as they are. */
export function placed(text: string, places: Places): string {
  return text.replace(/\$(busybox|bench|gen|true|tmp|scripts)\b/g, (_, name: "busybox" | "bench" | "gen" | "true" | "tmp" | "scripts") => places[name]);
}
/** The words of a workload's command for a subject; `runner` comes before the program. */
export function commandOf(workload: Workload, places: Places, runner: readonly string[] = []): string[] {
  const words = workload.command.flatMap((word) => (word === "$lua" ? places.lua : word === "$python" ? places.python : [placed(word, places)])), command = [...runner, ...words];
  return workload.timed ? [places.tm, workload.name, ...command] : command;
}
/** What it prints between and behind its lines, without what differs from run to run and from subject to subject: the guest's own clock, directories, carriage returns. */
export function printed(output: string): string {
  return output.replaceAll("\r", "").split("\n").filter((line) => !/^(BEGIN|END) /.test(line)).map((line) => line.replace(/^(RESULT \S+) [0-9.]+ /, "$1 ").replaceAll(/\/\S*\//g, "")).join("\n").trim();
}
