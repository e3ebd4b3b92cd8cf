/**
 * The CPUID features that this processor can have, each declared once: where CPUID reports it and what it decides. APM vol. 3, "Obtaining Processor
 * Information Via the CPUID Instruction"; SDM vol. 2A, "CPUID—CPU Identification".
 *
 * Row: leaf, subleaf, register, bit, what it decides, meaning. Leaf -1: no CPUID bit says it, only the generation of the processor does.
 * "forms": instruction rows (decoding); "cr4 N", "efer N": that control bit is reserved without it; "system": paging, MSRs or exceptions
 * (the meaning says which); "hint": nothing but what software may expect; "state": follows the machine's state, no model chooses it.
 */
export const FEATURES = {
  cpuid: [-1, 0, "edx", 0, "forms", "The CPUID instruction and rFLAGS.ID"],
  rdpmc: [-1, 0, "edx", 0, "forms", "RDPMC"],
  nopl: [-1, 0, "edx", 0, "forms", "The long NOPs 0F 18 to 0F 1F"],

  fpu: [1, 0, "edx", 0, "forms", "x87 unit"],
  de: [1, 0, "edx", 2, "cr4 3", "Debugging extensions: I/O breakpoints"],
  pse: [1, 0, "edx", 3, "cr4 4", "4 MiB pages"],
  tsc: [1, 0, "edx", 4, "forms", "RDTSC; CR4.TSD"],
  msr: [1, 0, "edx", 5, "forms", "RDMSR, WRMSR"],
  pae: [1, 0, "edx", 6, "cr4 5", "Physical address extension"],
  mce: [1, 0, "edx", 7, "cr4 6", "Machine check exception"],
  cx8: [1, 0, "edx", 8, "forms", "CMPXCHG8B"],
  apic: [1, 0, "edx", 9, "state", "Local APIC, while IA32_APIC_BASE enables it"],
  sep: [1, 0, "edx", 11, "forms", "SYSENTER, SYSEXIT"],
  mtrr: [1, 0, "edx", 12, "system", "Memory type range registers (MSRs)"],
  pge: [1, 0, "edx", 13, "cr4 7", "Global pages"],
  mca: [1, 0, "edx", 14, "system", "Machine check architecture (MSRs)"],
  cmov: [1, 0, "edx", 15, "forms", "CMOVcc, FCMOVcc, FCOMI"],
  pat: [1, 0, "edx", 16, "system", "Page attribute table (MSR)"],
  pse36: [1, 0, "edx", 17, "system", "4 MiB pages beyond 4 GiB (paging)"],
  clfsh: [1, 0, "edx", 19, "forms", "CLFLUSH"],
  mmx: [1, 0, "edx", 23, "forms", "MMX"],
  fxsr: [1, 0, "edx", 24, "forms", "FXSAVE, FXRSTOR; CR4.OSFXSR"],
  sse: [1, 0, "edx", 25, "forms", "SSE; CR4.OSXMMEXCPT"],
  sse2: [1, 0, "edx", 26, "forms", "SSE2"],
  htt: [1, 0, "edx", 28, "state", "Several processors in the package"],

  sse3: [1, 0, "ecx", 0, "forms", "SSE3"],
  pclmulqdq: [1, 0, "ecx", 1, "forms", "PCLMULQDQ"],
  monitor: [1, 0, "ecx", 3, "forms", "MONITOR, MWAIT"],
  ssse3: [1, 0, "ecx", 9, "forms", "SSSE3"],
  cx16: [1, 0, "ecx", 13, "forms", "CMPXCHG16B"],
  sse4_1: [1, 0, "ecx", 19, "forms", "SSE4.1"],
  sse4_2: [1, 0, "ecx", 20, "forms", "SSE4.2"],
  movbe: [1, 0, "ecx", 22, "forms", "MOVBE"],
  popcnt: [1, 0, "ecx", 23, "forms", "POPCNT"],
  aes: [1, 0, "ecx", 25, "forms", "AES-NI"],
  xsave: [1, 0, "ecx", 26, "forms", "XSAVE, XRSTOR, XGETBV, XSETBV; CR4.OSXSAVE"],
  osxsave: [1, 0, "ecx", 27, "state", "CR4.OSXSAVE is set"],
  rdrand: [1, 0, "ecx", 30, "forms", "RDRAND"],
  hypervisor: [1, 0, "ecx", 31, "state", "A hypervisor answers leaf 4000_0000h"],

  arat: [6, 0, "eax", 2, "hint", "The APIC timer runs in every power state"],

  fsgsbase: [7, 0, "ebx", 0, "forms", "RDFSBASE and its relatives; CR4.FSGSBASE"],
  bmi1: [7, 0, "ebx", 3, "forms", "BMI1"],
  smep: [7, 0, "ebx", 7, "cr4 20", "Supervisor mode execution prevention"],
  bmi2: [7, 0, "ebx", 8, "forms", "BMI2"],
  erms: [7, 0, "ebx", 9, "hint", "REP MOVSB and STOSB are fast"],
  invpcid: [7, 0, "ebx", 10, "forms", "INVPCID"],
  rdseed: [7, 0, "ebx", 18, "forms", "RDSEED"],
  adx: [7, 0, "ebx", 19, "forms", "ADCX, ADOX"],
  smap: [7, 0, "ebx", 20, "forms", "CLAC, STAC; CR4.SMAP"],
  clflushopt: [7, 0, "ebx", 23, "forms", "CLFLUSHOPT"],
  clwb: [7, 0, "ebx", 24, "forms", "CLWB"],
  sha: [7, 0, "ebx", 29, "forms", "SHA"],
  umip: [7, 0, "ecx", 2, "cr4 11", "User mode instruction prevention"],
  rdpid: [7, 0, "ecx", 22, "forms", "RDPID"],
  fsrm: [7, 0, "edx", 4, "hint", "Short REP MOVSB is fast"],

  xsaveopt: [0xd, 1, "eax", 0, "forms", "XSAVEOPT"],
  xsavec: [0xd, 1, "eax", 1, "forms", "XSAVEC, compacted XRSTOR"],

  lahf_lm: [0x8000_0001, 0, "ecx", 0, "forms", "LAHF, SAHF in 64-bit mode"],
  cmp_legacy: [0x8000_0001, 0, "ecx", 1, "state", "Several cores in the package"],
  abm: [0x8000_0001, 0, "ecx", 5, "forms", "LZCNT"],
  prefetchw: [0x8000_0001, 0, "ecx", 8, "forms", "PREFETCH, PREFETCHW"],
  topoext: [0x8000_0001, 0, "ecx", 22, "hint", "Leaves 8000_001Dh and 8000_001Eh"],
  syscall: [0x8000_0001, 0, "edx", 11, "forms", "SYSCALL, SYSRET; EFER.SCE"],
  nx: [0x8000_0001, 0, "edx", 20, "efer 11", "No-execute pages"],
  mmxext: [0x8000_0001, 0, "edx", 22, "hint", "The MMX instructions that came with SSE"],
  page1gb: [0x8000_0001, 0, "edx", 26, "system", "1 GiB pages (paging)"],
  rdtscp: [0x8000_0001, 0, "edx", 27, "forms", "RDTSCP; TSC_AUX"],
  lm: [0x8000_0001, 0, "edx", 29, "efer 8", "Long mode"],

  constant_tsc: [0x8000_0007, 0, "edx", 8, "hint", "The time stamp counter runs at one rate in every power state"],
  xsaveerptr: [0x8000_0008, 0, "ebx", 2, "hint", "FXSAVE and XSAVE always save the error pointers"],
  wbnoinvd: [0x8000_0008, 0, "ebx", 9, "forms", "WBNOINVD"],
  amd_ssb_no: [0x8000_0008, 0, "ebx", 26, "hint", "No speculative store bypass: nothing here executes ahead of program order"],
  btc_no: [0x8000_0008, 0, "ebx", 29, "hint", "No branch type confusion, for the same reason"],

  lfence_rdtsc: [0x8000_0021, 0, "eax", 2, "hint", "LFENCE is always serializing"],
  autoibrs: [0x8000_0021, 0, "eax", 8, "efer 21", "Automatic IBRS: kernels need no retpolines"],
  srso_no: [0x8000_0021, 0, "eax", 29, "hint", "No speculative return stack overflow"],
  tsa_sq_no: [0x8000_0021, 0, "ecx", 1, "hint", "No transient scheduler attack on the store queue"],
  tsa_l1_no: [0x8000_0021, 0, "ecx", 2, "hint", "No transient scheduler attack on the L1 cache"],
} as const;

/** Name of a feature, as CPUID documentation and Linux spell it. */
export type Feature = keyof typeof FEATURES;

/** A CPUID output register. */
export type CpuidRegister = "eax" | "ebx" | "ecx" | "edx";

/** Features that others cannot be without: a model with the left needs every right. */
export const REQUIRES: { readonly [F in Feature]?: readonly Feature[] } = {
  fxsr: ["fpu"], mmx: ["fpu"], sse: ["fxsr", "mmx"], sse2: ["sse"], sse3: ["sse2"], ssse3: ["sse3"], sse4_1: ["ssse3"], sse4_2: ["sse4_1", "popcnt"],
  aes: ["sse2"], pclmulqdq: ["sse2"], sha: ["sse4_1"], mmxext: ["sse"], xsave: ["fxsr", "sse"], xsaveopt: ["xsave"], xsavec: ["xsave"],
  pse36: ["pse"], lm: ["pae", "nx", "msr", "syscall", "sse2", "cx8", "pge", "cmov"], page1gb: ["lm"], lahf_lm: ["lm"], fsgsbase: ["lm"],
  rdtscp: ["tsc", "msr"], mtrr: ["msr"], mca: ["msr", "mce"], pat: ["msr"], sep: ["msr"], syscall: ["msr"], apic: ["msr"], nx: ["pae", "msr"],
  cx16: ["lm", "cx8"], topoext: ["lm"], autoibrs: ["lm"],
};
