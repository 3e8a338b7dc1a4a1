#!/usr/bin/env node
// Plain JavaScript without newer syntax, so that an old Node can print the message below.
import { existsSync } from 'node:fs'

const [major, minor] = process.versions.node.split('.').map(Number)
const able = (major === 22 && minor >= 18) || (major === 24 && minor >= 11) || major >= 26

// The repository runs its sources. The package has them compiled, because Node strips no types in `node_modules`.
const sources = new URL('./cli/main.ts', import.meta.url)
const compiled = new URL('./cli/main.js', import.meta.url)

if (able) {
  await import((existsSync(sources) ? sources : compiled).href)
} else {
  const cure = existsSync(sources)
    ? 'Here `npm ci` installs the right version and `npm run bench` uses it.'
    : `Switch to one of these, or install it for this project only: \`npm install --save-dev node@24\`.
\`npx flamegate\` then runs on it, and so does the service that it starts.`
  console.error(
    `Flamegate needs Node 22.18, 24.11, 26 or newer; this is Node ${process.versions.node} (${process.execPath}).
${cure}`,
  )
  process.exitCode = 2
}
