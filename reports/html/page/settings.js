/** What a reader has set on a flame, to and from the texts that the URL holds. */
export const SETTING_KEYS = [
  'side',
  'shape',
  'query',
  'only',
  'joined',
  'hidden',
  'sandwich',
  'range',
  'time',
  'frame',
]

/** `time`: milliseconds of the profile that are shown, null for all; `range`: shown part of the axis as fractions, null for all of it; `frame`: node in focus, −1 for none. */
export function readSettings(saved) {
  const [from, to] = (saved.range ?? '').split('~').map(Number)
  const [start, end] = (saved.time ?? '').split('~').map(Number)
  return {
    side: ['before', 'after'].includes(saved.side) ? saved.side : 'diff',
    shape: ['inverted', 'sandwich'].includes(saved.shape) ? saved.shape : 'calls',
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

/** Empty where a setting is as it is at first. */
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
