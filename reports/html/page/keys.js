/** What a key asks of the flame: `{focus}`, `{show}`, `{zoom}`, `{pan}`, `{reset}`, `{search}` or `{sandwich}`. */
import { neighbour, widestChild } from './layout.js'

export function steer(event, tree, layout, focus, flipped) {
  if (event.ctrlKey || event.metaKey || event.altKey) return null
  const { key } = event
  const outward = flipped ? 'ArrowDown' : 'ArrowUp'
  const inward = flipped ? 'ArrowUp' : 'ArrowDown'
  if (key === '+' || key === '=') return { zoom: 0.5 }
  if (key === '-') return { zoom: 2 }
  if (key === 'Escape' || key === '0') return { reset: true }
  if (key === '/') return { search: true }
  if (key === 'PageUp' || key === 'PageDown') return { pan: key === 'PageUp' ? -0.5 : 0.5 }
  if (tree.length === 0) return null
  if (key === 'Home' || (focus < 0 && key.startsWith('Arrow'))) return { focus: 0 }
  if (focus < 0) return null
  if (key === 'Enter') return { show: focus }
  if (key === 's') return { sandwich: focus }
  const target = targetOf(key, { inward, outward }, tree, layout, focus)
  return target === undefined ? null : { focus: target < 0 ? focus : target }
}

function targetOf(key, { inward, outward }, tree, layout, focus) {
  if (key === outward) return tree.parent[focus]
  if (key === inward) return widestChild(tree, layout, focus)
  if (key === 'ArrowLeft') return neighbour(tree, layout, focus, -1)
  if (key === 'ArrowRight') return neighbour(tree, layout, focus, 1)
  return undefined
}
