/** Widths of the IEEE and x87 formats by bytes: exponent bits, fraction bits, whether the integer bit is explicit. */
const FORMATS: { readonly [bytes: number]: { readonly exponent: number; readonly fraction: number; readonly explicit: boolean } } = {
  2: { exponent: 5, fraction: 10, explicit: false }, 4: { exponent: 8, fraction: 23, explicit: false },
  8: { exponent: 11, fraction: 52, explicit: false }, 10: { exponent: 15, fraction: 63, explicit: true },
};

/**
 * A decimal number as the bits of a binary format of `bytes` bytes (2, 4, 8, 10), rounded to nearest even; undefined for other widths.
 * SDM vol. 1, "Real Numbers and Floating-Point Formats".
 */
export function floatBits(text: string, negative: boolean, bytes: number): bigint | undefined {
  const format = FORMATS[bytes];
  if (!format) return undefined;
  const [mantissa = "", power = "0"] = text.split("e");
  const [whole = "", fraction = ""] = mantissa.split(".");
  let numerator = BigInt(whole + fraction), denominator = 1n;
  const ten = Number(power) - fraction.length;
  if (ten >= 0) numerator *= 10n ** BigInt(ten);
  else denominator = 10n ** BigInt(-ten);
  const sign = negative ? 1n << BigInt(8 * bytes - 1) : 0n;
  if (numerator === 0n) return sign;
  const bias = (1 << (format.exponent - 1)) - 1;
  // Exponent e with 2^e <= value < 2^(e+1).
  let e = numerator.toString(2).length - denominator.toString(2).length;
  if (numerator * (e < 0 ? 1n << BigInt(-e) : 1n) < denominator * (e > 0 ? 1n << BigInt(e) : 1n)) e--;
  const unit = Math.max(e, 1 - bias) - format.fraction;
  let significand = divideRounded(numerator * (unit < 0 ? 1n << BigInt(-unit) : 1n), denominator * (unit > 0 ? 1n << BigInt(unit) : 1n));
  let biased = e < 1 - bias ? 0 : e + bias;
  const top = 1n << BigInt(format.fraction);
  if (significand >= top * 2n) { significand >>= 1n; biased++; }
  if (biased === 0 && significand >= top) biased = 1;
  const infinite = biased >= 2 * bias + 1;
  if (infinite) [biased, significand] = [2 * bias + 1, top];
  const stored = format.explicit ? significand : significand & (top - 1n);
  return sign | (BigInt(biased) << BigInt(format.fraction + (format.explicit ? 1 : 0))) | stored;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator, twice = 2n * (numerator % denominator);
  return quotient + (twice > denominator || (twice === denominator && quotient & 1n) ? 1n : 0n);
}
