// record-reciprocals: asks the processor of this machine for its RCPSS and RSQRTSS tables.
//
//   cc -O2 -o record-reciprocals record-reciprocals.c
//   ./record-reciprocals > ../src/isa/sse/reciprocal.table.ts
//   ./record-reciprocals --check N        # N random arguments against the tables and the rules below; exits 1 on a difference
//
// AMD's results depend on the leading 12 bits of the fraction (and, for the root, on the parity of the exponent), have 12
// significant fraction bits and fall steadily, by at most seven units at a step: three bits a step describe them.
#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES 4096
#define DROPPED 11

static uint32_t rcp(uint32_t x) { return (uint32_t)_mm_cvtsi128_si32(_mm_castps_si128(_mm_rcp_ss(_mm_castsi128_ps(_mm_cvtsi32_si128((int)x))))); }
static uint32_t rsqrt(uint32_t x) { return (uint32_t)_mm_cvtsi128_si32(_mm_castps_si128(_mm_rsqrt_ss(_mm_castsi128_ps(_mm_cvtsi32_si128((int)x))))); }

// What the tables and rules say; kept in step with sse/reciprocal.ts.
static uint32_t nan_or(uint32_t x, uint32_t otherwise) { return (x & 0x7fffffff) > 0x7f800000 ? x | 0x400000 : otherwise; }
static uint32_t model_rcp(uint32_t x) {
  uint32_t sign = x & 0x80000000, e = x >> 23 & 255, r;
  if (e == 255) return nan_or(x, sign);
  if (e == 0) return sign | 0x7f800000;
  r = (rcp(0x3f800000 | (x & 0x7ff800)) >> DROPPED << DROPPED) + ((127 - e) << 23);
  return sign | ((int32_t)r < 0x800000 ? 0 : r);
}
static uint32_t model_rsqrt(uint32_t x) {
  uint32_t sign = x & 0x80000000, e = x >> 23 & 255;
  if ((x & 0x7fffffff) > 0x7f800000) return x | 0x400000;
  if (e == 0) return sign | 0x7f800000;
  if (sign) return 0xffc00000;
  if (e == 255) return 0;
  uint32_t base = e & 1 ? 127 : 128;
  return (rsqrt(base << 23 | (x & 0x7ff800)) >> DROPPED << DROPPED) + ((uint32_t)(((int)base - (int)e) / 2) << 23);
}

static void table(const char *name, const char *what, uint32_t (*f)(uint32_t), uint32_t first) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint32_t previous = f(first) >> DROPPED;
  printf("/** %s */\nexport const %s: { readonly first: number; readonly steps: string } = {\n  first: 0x%x,\n  steps:\n", what, name, previous);
  for (int i = 0; i < ENTRIES;) {
    printf("    \"");
    for (int column = 0; column < 128 && i < ENTRIES; column++) {
      int packed = 0;
      for (int k = 0; k < 2; k++, i++) {
        uint32_t r = i < ENTRIES ? f(first + ((uint32_t)i << DROPPED)) : previous << DROPPED;
        if (r & ((1 << DROPPED) - 1) || previous - (r >> DROPPED) > 7) { fprintf(stderr, "record-reciprocals: not the shape described\n"); exit(1); }
        packed |= (int)(previous - (r >> DROPPED)) << (3 - 3 * k);
        previous = r >> DROPPED;
      }
      putchar(digits[packed]);
    }
    printf("\"%s\n", i < ENTRIES ? " +" : ",");
  }
  printf("};\n");
}

int main(int argc, char **argv) {
  if (argc > 2 && !strcmp(argv[1], "--check")) {
    uint64_t s = 88172645463325252ull;
    long bad = 0, n = atol(argv[2]);
    for (long i = 0; i < n; i++) {
      s ^= s << 13; s ^= s >> 7; s ^= s << 17;
      uint32_t x = (uint32_t)(s >> 16);
      if (rcp(x) != model_rcp(x) && bad++ < 5) printf("rcp %08x: %08x, model %08x\n", x, rcp(x), model_rcp(x));
      if (rsqrt(x) != model_rsqrt(x) && bad++ < 5) printf("rsqrt %08x: %08x, model %08x\n", x, rsqrt(x), model_rsqrt(x));
    }
    printf("%ld arguments, %ld differ\n", n, bad);
    return bad != 0;
  }
  printf("// Recorded from an AMD Zen 4 processor by tools/record-reciprocals.c. Each entry is a result's bits 31-%d;\n", DROPPED);
  printf("// `steps` says by how much each is below the one before it: three bits each, two to a base64 digit.\n\n");
  table("RECIPROCAL", "1/x for x in [1, 2), by bits 22-11 of x.", rcp, 0x3f800000);
  table("RECIPROCAL_ROOT_ODD", "1/sqrt(x) for x in [1, 2): arguments with an odd biased exponent.", rsqrt, 0x3f800000);
  table("RECIPROCAL_ROOT_EVEN", "1/sqrt(x) for x in [2, 4): arguments with an even biased exponent.", rsqrt, 0x40000000);
}
