/** Makes a table of functions short, sortable and filterable; the rows are already there. */
import { element } from './dom.js'
import { readCell } from './format.js'

/** Rows that are shown at first. */
const FEW = 10

export function enliven(block) {
  const table = block.querySelector('table')
  if (!table) return
  const body = table.tBodies[0]
  const rows = [...body.rows]
  for (const head of table.tHead.rows[0].cells)
    if (head.dataset.sort) makeSortable(table, head, rows, () => apply())
  const filter = block.querySelector('.filter')
  const certain = block.querySelector('.certain')
  const count = block.querySelector('output')
  const textOf = row =>
    `${row.cells[0].title} ${row.cells[0].textContent} ${row.querySelector('small').title}`
  const names = new Map(rows.map(row => [row, textOf(row).toLowerCase()]))
  const more = block.querySelector('button.all')
  let most = FEW
  const apply = () => {
    const wanted = filter.value.trim().toLowerCase()
    let found = 0
    // In the order that the table is sorted by.
    for (const row of body.rows) {
      const isFound =
        names.get(row).includes(wanted) && (!certain.checked || row.classList.contains('certain'))
      if (isFound) found++
      row.hidden = !isFound || found > most
    }
    count.textContent = found === rows.length ? '' : `${found} of ${rows.length}`
    more.hidden = found <= FEW
    more.textContent = found > most ? `Show all ${found}` : `Show only ${FEW}`
  }
  more.addEventListener('click', () => {
    most = most === FEW ? Number.POSITIVE_INFINITY : FEW
    apply()
  })
  filter.addEventListener('input', apply)
  certain.addEventListener('change', apply)
  apply()
}

function makeSortable(table, head, rows, sorted) {
  const button = element('button', { type: 'button' }, ...head.childNodes)
  head.append(button)
  button.addEventListener('click', () => {
    const down = head.getAttribute('aria-sort') !== 'descending'
    for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending')
    const column = head.cellIndex
    const numeric = head.dataset.sort === 'number'
    const key = row => (numeric ? readCell(row.cells[column]) : row.cells[column].textContent)
    const compare = (a, b) => (numeric ? key(a) - key(b) : key(a).localeCompare(key(b)))
    table.tBodies[0].append(...rows.sort((a, b) => (down ? -compare(a, b) : compare(a, b))))
    sorted()
  })
}
