/** Figures as the doctor says them. */

/** `7 %`, `0.4 %` */
export const percent = (fraction: number): string =>
  `${(fraction * 100).toFixed(Math.abs(fraction) < 0.0995 ? 1 : 0).replace(/\.0$/, '')} %`
