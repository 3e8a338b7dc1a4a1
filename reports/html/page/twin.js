/** The flame as a tree of text, for screen readers and for reading. Items are filled when opened. */
import { describeNode } from './details.js'
import { element } from './dom.js'

/** Items of one branch; a last line counts the smaller ones. */
const CHILDREN = 40

export class Twin {
  #tree = null
  #layout = null
  #whole = null

  /** `choose(node)` is called for the item on which Enter is pressed. */
  constructor(label, choose) {
    this.choose = choose
    this.list = element('ul', { role: 'tree', 'aria-label': label })
    const summary = element('summary', { textContent: 'Read it as a tree' })
    this.box = element('details', { className: 'twin' }, summary, this.list)
    this.list.addEventListener('keydown', event => this.#onKey(event))
    this.list.addEventListener('click', event => this.#onClick(event))
    // A closed tree costs nothing.
    this.box.addEventListener('toggle', () => this.#build())
  }

  setTree(tree, layout, whole) {
    this.#tree = tree
    this.#layout = layout
    this.#whole = whole
    this.list.replaceChildren()
    this.#build()
  }

  #build() {
    if (!this.box.open || this.list.childElementCount > 0) return
    this.#fill(this.list, -1, 1)
    const first = this.list.firstElementChild
    if (!first) return
    first.tabIndex = 0
    this.#open(first, true)
  }

  #childrenOf(node) {
    const { end, length } = this.#tree
    const { width } = this.#layout
    const children = []
    const [from, to] = node < 0 ? [0, length] : [node + 1, end[node]]
    for (let child = from; child < to; child = end[child]) if (width[child] > 0) children.push(child)
    return children.sort((a, b) => width[b] - width[a])
  }

  #fill(parent, node, level) {
    const children = this.#childrenOf(node)
    parent.append(...children.slice(0, CHILDREN).map(child => this.#item(child, level)))
    if (children.length <= CHILDREN) return
    const textContent = `${children.length - CHILDREN} smaller frames are in the flame`
    const rest = { role: 'treeitem', tabIndex: -1, 'aria-level': level, className: 'rest', textContent }
    parent.append(element('li', rest))
  }

  #item(node, level) {
    const textContent = describeNode(this.#tree, this.#whole, node)
    const text = element('span', { className: 'label', textContent })
    const properties = { role: 'treeitem', tabIndex: -1, 'aria-level': level, 'data-node': node }
    const item = element('li', properties, text)
    if (this.#childrenOf(node).length > 0) item.setAttribute('aria-expanded', 'false')
    return item
  }

  #open(item, wanted) {
    if (!item.hasAttribute('aria-expanded')) return
    item.setAttribute('aria-expanded', String(wanted))
    item.querySelector(':scope > ul')?.remove()
    if (!wanted) return
    const group = element('ul', { role: 'group' })
    this.#fill(group, Number(item.dataset.node), Number(item.getAttribute('aria-level')) + 1)
    item.append(group)
  }

  #focusOn(item) {
    if (!item) return
    this.list.querySelector('[tabindex="0"]')?.setAttribute('tabindex', '-1')
    item.tabIndex = 0
    item.focus()
  }

  #onKey(event) {
    const item = event.target.closest('[role="treeitem"]')
    const items = [...this.list.querySelectorAll('[role="treeitem"]')]
    const at = items.indexOf(item)
    const expanded = item.getAttribute('aria-expanded')
    const up = item.parentElement.closest('[role="treeitem"]')
    const moves = {
      ArrowDown: () => this.#focusOn(items[at + 1]),
      ArrowUp: () => this.#focusOn(items[at - 1]),
      Home: () => this.#focusOn(items[0]),
      End: () => this.#focusOn(items.at(-1)),
      ArrowRight: () =>
        expanded === 'false' ? this.#open(item, true) : expanded && this.#focusOn(items[at + 1]),
      ArrowLeft: () => (expanded === 'true' ? this.#open(item, false) : this.#focusOn(up)),
      Enter: () => item.dataset.node !== undefined && this.choose(Number(item.dataset.node)),
    }
    if (!moves[event.key]) return
    event.preventDefault()
    moves[event.key]()
  }

  #onClick(event) {
    const item = event.target.closest('[role="treeitem"]')
    if (!item) return
    this.#open(item, item.getAttribute('aria-expanded') !== 'true')
    this.#focusOn(item)
  }
}
