/** The controls above a flame; each changes the settings and reports it. */
import { element } from './dom.js'

const SIDES = [
  ['diff', 'Difference'],
  ['before', 'Before'],
  ['after', 'After'],
]
const SHAPES = [
  ['calls', 'Callers on top'],
  ['inverted', 'Inverted'],
  ['sandwich', 'Sandwich'],
]
const CATEGORIES = [
  ['application', 'Application'],
  ['dependency', 'Dependencies'],
  ['node', 'Node'],
  ['v8', 'V8'],
]

/** `settings` is changed in place; `on.change()` after each, `on.zoom(factor)`, `on.reset()`, `on.search(text)`, `on.save()`. */
export function makeTools(id, settings, on) {
  const search = element('input', {
    type: 'search',
    id: `${id}-search`,
    placeholder: 'function or file',
    spellcheck: false,
  })
  const total = element('output', { className: 'total' })
  search.value = settings.query
  search.addEventListener('input', () => on.search(search.value))
  const zoom = (label, title, action) => {
    const button = element('button', { type: 'button', textContent: label, title, 'aria-label': title })
    button.addEventListener('click', action)
    return button
  }
  const box = element(
    'div',
    { className: 'controls' },
    group('Sides', choices(`${id}-side`, SIDES, settings, 'side', on.change)),
    group('Shape', choices(`${id}-shape`, SHAPES, settings, 'shape', on.change)),
    group('Show', [
      toggle('Significant only', settings.only, value => Object.assign(settings, { only: value }), on.change),
      toggle(
        'Join single calls',
        settings.joined,
        value => Object.assign(settings, { joined: value }),
        on.change,
      ),
    ]),
    group(
      'Frames of',
      CATEGORIES.map(([key, label]) => categoryToggle(key, label, settings, on.change)),
    ),
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
      zoom('−', 'Zoom out', () => on.zoom(2)),
      zoom('+', 'Zoom in', () => on.zoom(0.5)),
      zoom('Show everything', 'Show everything', on.reset),
      zoom('Save for speedscope', 'Save for speedscope', on.save),
    ),
  )
  return { box, search, total }
}

const group = (label, children) =>
  element('div', { className: 'group', role: 'group', 'aria-label': label }, ...children)

function choices(name, options, settings, key, change) {
  return options.map(([value, label]) => {
    const input = element('input', { type: 'radio', name, value, checked: settings[key] === value })
    input.addEventListener('change', () => {
      settings[key] = value
      change()
    })
    return element('label', { className: 'choice' }, input, element('span', { textContent: label }))
  })
}

function toggle(label, checked, set, change) {
  const input = element('input', { type: 'checkbox', checked })
  input.addEventListener('change', () => {
    set(input.checked)
    change()
  })
  return element('label', { className: 'choice' }, input, element('span', { textContent: label }))
}

function categoryToggle(key, label, settings, change) {
  const set = shown => (shown ? settings.hidden.delete(key) : settings.hidden.add(key))
  const choice = toggle(label, !settings.hidden.has(key), set, change)
  choice.firstChild.after(element('i', { className: `dot ${key}` }))
  return choice
}
