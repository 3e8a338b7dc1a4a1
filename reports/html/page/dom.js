/** A new element with properties, `aria-…`/`role` attributes and children; text is only ever set as text. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith('aria-') || name.startsWith('data-') || name === 'role' || name === 'for') {
      node.setAttribute(name, value)
    } else node[name] = value
  }
  node.append(...children)
  return node
}
