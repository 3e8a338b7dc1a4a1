/** The flame as a tree of text, for screen readers and for anyone who would rather read: items grow when opened. */
import { describeNode } from './details.js'
import { element } from './dom.js'

/** Items of one branch; what is smaller is counted in a last line. */
const CHILDREN = 40

export function makeTwin(label, choose) {
  const list = element('ul', { role: 'tree', 'aria-label': label })
  const box = element(
    'details',
    { className: 'twin' },
    element('summary', { textContent: 'Read it as a tree' }),
    list,
  )
  let tree = null
  let layout = null
  let whole = null

  function childrenOf(node) {
    const [from, to] = node < 0 ? [0, tree.length] : [node + 1, tree.end[node]]
    const children = []
    for (let child = from; child < to; child = tree.end[child])
      if (layout.width[child] > 0) children.push(child)
    return children.sort((a, b) => layout.width[b] - layout.width[a])
  }

  function itemFor(node, level) {
    const opens = childrenOf(node).length > 0
    const text = element('span', { className: 'label', textContent: describeNode(tree, whole, node) })
    const item = element(
      'li',
      { role: 'treeitem', tabIndex: -1, 'aria-level': level, 'data-node': node },
      text,
    )
    if (opens) item.setAttribute('aria-expanded', 'false')
    return item
  }

  function fill(parent, node, level) {
    const children = childrenOf(node)
    parent.append(...children.slice(0, CHILDREN).map(child => itemFor(child, level)))
    if (children.length > CHILDREN) {
      const textContent = `${children.length - CHILDREN} smaller frames are in the table and the flame`
      parent.append(
        element('li', {
          role: 'treeitem',
          tabIndex: -1,
          'aria-level': level,
          className: 'rest',
          textContent,
        }),
      )
    }
  }

  function open(item, wanted) {
    if (!item.hasAttribute('aria-expanded')) return
    item.setAttribute('aria-expanded', String(wanted))
    item.querySelector(':scope > ul')?.remove()
    if (!wanted) return
    const group = element('ul', { role: 'group' })
    fill(group, Number(item.dataset.node), Number(item.getAttribute('aria-level')) + 1)
    item.append(group)
  }

  function focusOn(item) {
    if (!item) return
    list.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1')
    item.tabIndex = 0
    item.focus()
  }

  function onKey(event) {
    const item = event.target.closest('[role="treeitem"]')
    if (!item) return
    const visible = [...list.querySelectorAll('[role="treeitem"]')]
    const at = visible.indexOf(item)
    const expanded = item.getAttribute('aria-expanded')
    const moves = {
      ArrowDown: () => focusOn(visible[at + 1]),
      ArrowUp: () => focusOn(visible[at - 1]),
      Home: () => focusOn(visible[0]),
      End: () => focusOn(visible.at(-1)),
      ArrowRight: () =>
        expanded === 'false' ? open(item, true) : expanded === 'true' && focusOn(visible[at + 1]),
      ArrowLeft: () =>
        expanded === 'true' ? open(item, false) : focusOn(item.parentElement.closest('[role="treeitem"]')),
      Enter: () => item.dataset.node !== undefined && choose(Number(item.dataset.node)),
    }
    if (!moves[event.key]) return
    event.preventDefault()
    moves[event.key]()
  }

  list.addEventListener('keydown', onKey)
  list.addEventListener('click', event => {
    const item = event.target.closest('[role="treeitem"]')
    if (!item) return
    open(item, item.getAttribute('aria-expanded') !== 'true')
    focusOn(item)
  })
  const build = () => {
    list.replaceChildren()
    fill(list, -1, 1)
    const first = list.firstElementChild
    if (!first) return
    first.tabIndex = 0
    open(first, true)
  }
  // A closed tree costs nothing.
  box.addEventListener('toggle', () => box.open && list.childElementCount === 0 && build())
  return {
    box,
    setTree(nextTree, nextLayout, nextWhole) {
      tree = nextTree
      layout = nextLayout
      whole = nextWhole
      list.replaceChildren()
      if (box.open) build()
    },
  }
}
