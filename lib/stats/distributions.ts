/** Tails of the normal and of Student's distribution, to about 1e-12 of themselves. */

/** The normal quantile at 0.8: a power of 80 %. */
export const Z_POWER = 0.8416212335729143;

/** Steps of a continued fraction or a series; those here end long before. */
const MAX_STEPS = 10_000;
const EPSILON = 1e-16;

/** P(|Z| >= |z|) of a standard normal Z. */
export function normalTwoSided(z: number): number {
  const x = (z * z) / 2;
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  // The incomplete gamma function of 1/2: Abramowitz & Stegun 6.5.29 where the series is short, 6.5.31 else.
  const scale = Math.exp(-x) * Math.sqrt(x / Math.PI);
  if (x < 1.5) {
    let term = 2;
    let sum = term;
    for (let a = 1.5; term > sum * EPSILON; a += 1) {
      term *= x / a;
      sum += term;
    }
    return 1 - scale * sum;
  }
  return scale * lentz(x + 0.5, (i) => ({ numerator: -i * (i - 0.5), denominator: x + 0.5 + 2 * i }));
}

/**
 * P(|T| >= |t|) of Student's T.
 * @param degreesOfFreedom at least 1
 */
export function studentTwoSided(t: number, degreesOfFreedom: number): number {
  if (t === 0) return 1;
  if (Math.abs(t) === Number.POSITIVE_INFINITY) return 0;
  const a = degreesOfFreedom / 2;
  const ratio = (t * t) / degreesOfFreedom;
  const x = 1 / (1 + ratio);
  const rest = ratio / (1 + ratio);
  // The regularised incomplete beta function of a and 1/2, by the continued fraction on the side where it is short: 26.5.8.
  const front = (Math.exp(-a * Math.log1p(ratio)) * Math.sqrt(rest) * halfGammaRatio(a)) / Math.sqrt(Math.PI);
  return x < (a + 1) / (a + 2.5)
    ? (front / a) * betaFraction(a, 0.5, x)
    : 1 - 2 * front * betaFraction(0.5, a, rest);
}

function betaFraction(a: number, b: number, x: number): number {
  return lentz(1, (step) => {
    const m = Math.floor(step / 2);
    const numerator =
      step % 2 === 0
        ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
        : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    return { numerator, denominator: 1 };
  });
}

/** 1 / (first + numerator(1) / (denominator(1) + …)), by Lentz's method. */
function lentz(first: number, term: (step: number) => { numerator: number; denominator: number }): number {
  const nonZero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1e300;
  let d = 1 / nonZero(first);
  let value = d;
  for (let step = 1; step < MAX_STEPS; step += 1) {
    const { numerator, denominator } = term(step);
    d = 1 / nonZero(denominator + numerator * d);
    c = nonZero(denominator + numerator / c);
    const factor = c * d;
    value *= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  return value;
}

/** Gamma(a + 1/2) / Gamma(a), without the difference of two large logarithms. Tricomi & Erdélyi 1951. */
export function halfGammaRatio(a: number): number {
  let shifted = a;
  let factor = 1;
  while (shifted < 20) {
    factor *= shifted / (shifted + 0.5);
    shifted += 1;
  }
  const y = 1 / (shifted * shifted);
  const series = (-1 / 8 + y * (1 / 192 - y * (1 / 640 - y * (17 / 14_336 - (y * 31) / 18_432)))) / shifted;
  return factor * Math.sqrt(shifted) * Math.exp(series);
}
