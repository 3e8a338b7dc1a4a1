/** Windows of profiles that agents have pushed, as `serve` keeps and shows them. */

/** What is known of a window without reading its profile. Times are in ms since the epoch. */
export interface Window {
  id: number
  service: string
  /** Empty where the agent does not say. */
  version: string
  /** What is measured, for example `cpu` or `inuse_space`. */
  type: string
  /** All other labels. */
  labels: Record<string, string>
  startedAt: number
  duration: number
  /** `null` where nobody counted them. */
  requests: number | null
  /** Size of the profile's file. */
  bytes: number
}

/** Windows of one service, version and type. */
export interface Group {
  service: string
  version: string
  type: string
  windows: number
  bytes: number
  /** When the first and the last one began. */
  first: number
  last: number
}
