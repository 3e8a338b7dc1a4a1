/** What every store of profiles can be asked. */

/** A stretch of time, in ms since the epoch. */
export interface Stretch {
  from: number
  to: number
}

/** What a series of profiles measures, and the value of the label that tells its parts apart. */
export interface Series {
  /** `process_cpu:cpu:nanoseconds:cpu:nanoseconds` */
  type: string
  /** Absent where nothing tells parts apart. */
  part?: string
}

export interface ProfileStore {
  /** All series that a selector finds in a stretch of time. @param by the label that tells parts apart */
  series(selector: string, stretch: Stretch, by?: string): Promise<Series[]>
  /** Everything of one type in a stretch of time, added up, as pprof; empty where there is nothing. */
  profile(type: string, selector: string, stretch: Stretch): Promise<Uint8Array>
}
