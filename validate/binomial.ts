/** Wilson's 95 % interval of a rate (E. B. Wilson, 1927, J. Amer. Statist. Assoc. 22). */
export function binomial(hits: number, trials: number): [low: number, high: number] {
  const z = 1.96
  const rate = hits / trials
  const centre = rate + z ** 2 / (2 * trials)
  const half = z * Math.sqrt((rate * (1 - rate)) / trials + z ** 2 / (4 * trials ** 2))
  const scale = 1 + z ** 2 / trials
  return [Math.max(0, (centre - half) / scale), (centre + half) / scale]
}
