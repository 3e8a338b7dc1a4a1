/**
 * What stands in the texts of an imported request for a value that is only known when it is sent. Addresses, JSON and forms
 * keep it as it is, so it can be found there and become a placeholder.
 */
const STAND_IN = /stand-in--(captured|environment)--(\w+)--end/g

type From = 'captured' | 'environment'

export const standIn = (from: From, name: string): string => `stand-in--${from}--${name}--end`

export interface StandIn {
  from: From
  name: string
  start: number
  end: number
}

export const standInsIn = (text: string): StandIn[] =>
  [...text.matchAll(STAND_IN)].map(({ 0: whole, 1: from, 2: name, index }) => ({
    from: from as From,
    name: name!,
    start: index,
    end: index + whole.length,
  }))

export const holdsStandIn = (text: string): boolean => standInsIn(text).length > 0

/** Whether all of an address is known but its beginning. */
export const startsWithStandIn = (text: string): boolean => standInsIn(text)[0]?.start === 0
