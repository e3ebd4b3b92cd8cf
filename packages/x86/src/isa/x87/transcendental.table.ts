/** Constants of the transcendental instructions, correctly rounded; packages/testkit compares them with series. */

/** pi · 2^126, rounded to the nearest integer; also pi/2 · 2^127. */
export const PI = 0xc90fdaa22168c234c4c6628b80dc1cd1n;
/** The 66-bit pi with which arguments of FSIN, FCOS, FSINCOS and FPTAN are reduced, · 2^64 (SDM vol. 1, "Approximation of Pi"). */
export const REDUCTION_PI = 0x3243f6a8885a308d3n;
/** 2/pi · 2^64, rounded down. */
export const TWO_OVER_PI = 0xa2f9836e4e441529n;
/** ln 2 · 2^128. */
export const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6afn;
/** 2 / ln 2 · 2^126. */
export const TWO_OVER_LN2 = 0xb8aa3b295c17f0bbbe87fed0691d3e89n;
/** The square root of 2 · 2^63. */
export const SQRT2 = 0xb504f333f9de6484n;
/** arctan(j/8) · 2^128, j = 0-8. */
export const ARCTANGENTS: readonly bigint[] = [
  0n,
  0x1fd5ba9aac2f6dc65912f313e7d111dfn,
  0x3eb6ebf25901bac55b71e7bd7de885f9n,
  0x5bd86507937bc239c55190916e7f2242n,
  0x76b19c1586ed3da2b7f222f65e1d4682n,
  0x8f005d5ef7f59f9b5c835e1665c43748n,
  0xa4bc7d1934f7092419a87f2a457dac9fn,
  0xb8053e2bc2319e73cb2da55210a4443dn,
  0xc90fdaa22168c234c4c6628b80dc1cd1n,
];
