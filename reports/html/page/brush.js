/** A range of time, dragged over the profiled part of a timeline or set with two sliders, for the flame to show. */
import { element } from './dom.js'

/**
 * `section` has the drawings, whose `data-panel` is `x width length`, in units of the drawing and milliseconds.
 * `on(range)` is called with milliseconds, or null for all. Returns `show(range)`.
 */
export function addBrush(section, id, step, on) {
  const drawings = [...section.querySelectorAll('svg[data-panel]')]
  if (drawings.length === 0) return null
  const [x, width, length] = drawings[0].dataset.panel.split(' ').map(Number)
  const sliders = ['from', 'to'].map(name => slider(`${id}-${name}`, name, length, step))
  const output = element('output')
  const all = element('button', {
    type: 'button',
    textContent: 'Whole profile',
    onclick: () => choose(null),
  })
  const label = element('span', { textContent: 'Flame of the profile' })
  const box = element('div', { className: 'tools brushes', role: 'group', 'aria-label': 'Time in the flame' })
  box.append(label, ...sliders.flatMap(it => [it.label, it.input]), output, all)
  section.querySelector('.hint').after(box)
  const show = range => {
    const [from, to] = range ?? [0, length]
    sliders[0].input.value = from
    sliders[1].input.value = to
    output.textContent = range
      ? `${Math.round(from)} to ${Math.round(to)} ms`
      : `all ${Math.round(length)} ms`
    for (const brush of section.querySelectorAll('.brush')) {
      brush.setAttribute('x', x + (from / length) * width)
      brush.setAttribute('width', range ? ((to - from) / length) * width : 0)
    }
  }
  const choose = range => {
    show(range)
    on(range)
  }
  for (const { input } of sliders) {
    input.addEventListener('input', () => {
      const ends = sliders.map(it => Number(it.input.value)).sort((a, b) => a - b)
      choose(ends[1] - ends[0] < step ? [ends[0], ends[0] + step] : ends)
    })
  }
  for (const drawing of drawings) listen(drawing, { x, width, length, step }, choose)
  show(null)
  return show
}

function slider(id, name, length, step) {
  const input = element('input', { type: 'range', id, min: 0, max: length, step })
  input.value = name === 'from' ? 0 : length
  return { input, label: element('label', { htmlFor: id, textContent: name }) }
}

function listen(drawing, { x, width, length, step }, choose) {
  let start = null
  const timeOf = event => {
    const box = drawing.getBoundingClientRect()
    const at = ((event.clientX - box.left) / box.width) * drawing.viewBox.baseVal.width
    return ((at - x) / width) * length
  }
  const inside = time => Math.min(length, Math.max(0, time))
  drawing.addEventListener('pointerdown', event => {
    const time = timeOf(event)
    if (event.button !== 0 || time < 0 || time > length) return
    start = time
    drawing.setPointerCapture(event.pointerId)
    event.preventDefault()
  })
  drawing.addEventListener('pointermove', event => {
    if (start === null) return
    const ends = [start, inside(timeOf(event))].sort((a, b) => a - b)
    if (ends[1] - ends[0] >= step / 2) choose(ends)
  })
  drawing.addEventListener('pointerup', () => {
    start = null
  })
}
