/** What the reader has chosen, kept in the URL's hash so that a link shows the same thing. */
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

/** Browsers refuse to have the address changed at every frame of a zoom. */
export function saveSoon(patch) {
  clearTimeout(later)
  later = setTimeout(() => setState(patch), 200)
}
