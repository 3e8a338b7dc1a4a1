import injected from '../../scenarios/injected.ts'

/** The service of `injected` without its extra work, in short rounds without profiles: only times are looked at. */
export default {
  ...injected,
  name: 'yardstick-sessions',
  variants: { plain: { environment: { INJECT: '0' } } },
  baseline: 'plain',
  warmup: { requests: 1_000, timeout: 3_000 },
  collectors: [],
}
