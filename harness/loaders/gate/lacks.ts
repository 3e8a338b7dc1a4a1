/** What other engines cannot do as our own loops do it. */
export const LACKS = {
  pipelining: 'a worker has one request in flight',
  'http/2': 'which version of HTTP it speaks is up to the engine',
  redirects: 'a worker does not follow them',
  events: 'a worker waits for the end of an answer',
  'a Unix socket': 'a worker connects by TCP',
} as const
