/** What the reader has chosen, kept in the hash of the URL so that a link shows the same thing. */
export const state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)))

/** Changes some of the state; `undefined` or an empty value removes a key. */
export function setState(patch) {
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || value === '' || value === false) delete state[key]
    else state[key] = String(value)
  }
  const hash = new URLSearchParams(state).toString()
  history.replaceState(null, '', hash ? `#${hash}` : location.pathname + location.search)
}

let later

/** Browsers refuse to change the address at every frame of a zoom. */
export function saveSoon(patch) {
  clearTimeout(later)
  later = setTimeout(() => setState(patch), 200)
}

export const SETTING_KEYS = 'side shape query only joined hidden sandwich range time frame'.split(' ')

/**
 * A flame's settings from the texts of the URL. `time`: the milliseconds of the profile that are shown, null for all;
 * `range`: the part of the axis that is shown, as fractions, null for all; `frame`: the node in focus, −1 for none.
 */
export function readSettings(saved) {
  const [from, to] = (saved.range ?? '').split('~').map(Number)
  const [start, end] = (saved.time ?? '').split('~').map(Number)
  return {
    side: ['before', 'after'].includes(saved.side) ? saved.side : 'diff',
    shape: ['inverted', 'sandwich', 'owners'].includes(saved.shape) ? saved.shape : 'calls',
    query: saved.query ?? '',
    only: saved.only === 'true',
    joined: saved.joined === 'true',
    hidden: new Set((saved.hidden ?? '').split(',').filter(Boolean)),
    sandwich: wholeNumber(saved.sandwich),
    time: start >= 0 && end > start ? [start, end] : null,
    range: from >= 0 && to > from && to <= 1 ? [from, to] : null,
    frame: wholeNumber(saved.frame),
  }
}

const wholeNumber = text => (/^\d+$/.test(text ?? '') ? Number(text) : -1)

/** The texts again; empty for a setting that was not changed. */
export function writeSettings(settings) {
  const { side, shape, query, only, joined, hidden, sandwich, time, range, frame } = settings
  return {
    side: side === 'diff' ? '' : side,
    shape: shape === 'calls' ? '' : shape,
    query,
    only,
    joined,
    hidden: [...hidden].join(','),
    sandwich: shape === 'sandwich' && sandwich >= 0 ? sandwich : '',
    time: time ? time.map(Math.round).join('~') : '',
    range: range ? range.map(part => part.toPrecision(6)).join('~') : '',
    frame: frame >= 0 ? frame : '',
  }
}
