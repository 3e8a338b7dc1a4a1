/** Nodes whose function or file holds the text, and what they cost; a nested hit counts once. */
export function searchTree(tree, text) {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return null
  const hits = new Uint8Array(tree.frames.length)
  tree.frames.forEach(({ name, file }, i) => {
    hits[i] = name.toLowerCase().includes(wanted) || file.toLowerCase().includes(wanted) ? 1 : 0
  })
  const found = new Uint8Array(tree.length)
  const result = { found, nodes: 0, first: -1, functions: 0, before: 0, after: 0 }
  const seen = new Uint8Array(hits.length)
  let covered = 0
  for (let i = 0; i < tree.length; i++) {
    if (!hits[tree.frame[i]]) continue
    found[i] = 1
    if (!seen[tree.frame[i]]) result.functions++
    seen[tree.frame[i]] = 1
    result.nodes++
    if (result.first < 0) result.first = i
    if (i < covered) continue
    result.before += tree.totalBefore[i]
    result.after += tree.totalAfter[i]
    covered = tree.end[i]
  }
  return result
}
