/** What a part of the validation asks for, and what came of it. */
export interface Target {
  what: string
  /** In words, with figures. */
  found: string
  met: boolean
}

/** A share of runs that has to be reached: 19 of 20, or as many of fewer. */
export function share(what: string, hits: boolean[], atLeast: number): Target {
  const count = hits.filter(Boolean).length
  return {
    what: `${what} in at least ${Math.round(atLeast * 20)} of 20 runs`,
    found: `${count} of ${hits.length}`,
    met: hits.length > 0 && count >= Math.ceil(atLeast * hits.length - 1e-9),
  }
}

export function tell({ what, found, met }: Target): void {
  console.log(`${met ? 'ok    ' : 'MISSED'}  ${what}: ${found}`)
}
