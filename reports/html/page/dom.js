/** A new element with properties, listeners (`onclick`), `aria-…`/`role` attributes and children; text is only ever set as text. */
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

/** A radio button or a checkbox with its words. */
export const choice = (input, textContent) =>
  element('label', { className: 'choice' }, input, element('span', { textContent }))
