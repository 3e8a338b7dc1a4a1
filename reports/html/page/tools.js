/** The controls above a flame; each changes the settings and reports it. */
import { choice, element } from './dom.js'

const SIDES = { diff: 'Difference', before: 'Before', after: 'After' }
const SHAPES = { calls: 'Callers on top', inverted: 'Inverted', sandwich: 'Sandwich', owners: 'By owner' }
const CATEGORIES = { application: 'Application', dependency: 'Dependencies', node: 'Node', v8: 'V8' }

/** `settings` is changed in place; `on.change()` after each, `on.zoom(factor)`, `on.reset()`, `on.search(text)`, `on.save()`. */
export function makeTools(id, settings, on) {
  const search = element('input', {
    type: 'search',
    id: `${id}-search`,
    placeholder: 'function or file',
    spellcheck: false,
    value: settings.query,
    oninput: () => on.search(search.value),
  })
  const total = element('output', { className: 'total' })
  const radios = (key, options) =>
    Object.entries(options).map(([value, label]) => {
      const onchange = () => {
        settings[key] = value
        on.change()
      }
      const [name, checked] = [`${id}-${key}`, settings[key] === value]
      return choice(element('input', { type: 'radio', name, value, checked, onchange }), label)
    })
  const toggle = (label, checked, set) => {
    const onchange = event => {
      set(event.target.checked)
      on.change()
    }
    return choice(element('input', { type: 'checkbox', checked, onchange }), label)
  }
  const switchOf = (label, key) =>
    toggle(label, settings[key], set => {
      settings[key] = set
    })
  const categories = Object.entries(CATEGORIES).map(([key, label]) => {
    const shows = toggle(label, !settings.hidden.has(key), shown =>
      settings.hidden[shown ? 'delete' : 'add'](key),
    )
    shows.firstChild.after(element('i', { className: `dot ${key}` }))
    return shows
  })
  const box = element(
    'div',
    { className: 'controls' },
    group('Sides', radios('side', SIDES)),
    group('Shape', radios('shape', SHAPES)),
    group('Show', [switchOf('Significant only', 'only'), switchOf('Join single calls', 'joined')]),
    group('Frames of', categories),
    element(
      'div',
      { className: 'group' },
      element('label', { htmlFor: search.id, textContent: 'Search' }),
      search,
      total,
    ),
    element(
      'div',
      { className: 'group' },
      button('−', 'Zoom out', () => on.zoom(2)),
      button('+', 'Zoom in', () => on.zoom(0.5)),
      button('Show everything', 'Show everything', on.reset),
      button('Save for speedscope', 'Save for speedscope', on.save),
    ),
  )
  return { box, search, total }
}

const button = (textContent, title, onclick) =>
  element('button', { type: 'button', textContent, title, 'aria-label': title, onclick })

const group = (label, children) =>
  element('div', { className: 'group', role: 'group', 'aria-label': label }, ...children)
