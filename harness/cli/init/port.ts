/** Finds the port that a service listens on in its sources. */
import type { SourceFile } from './source-file.ts'

/** `app.listen(3000`, `listen({ host, port: 3000`, `serve({ fetch, port: 3000`, `const port = 3000` */
const PATTERNS = [
  /\b(?:listen|serve)\(\s*(?:\{[^}]*?\bport\s*:\s*)?(\d{2,5})\b/g,
  /\bport\s*(?::\s*number\s*)?[:=]\s*(\d{3,5})\b/gi,
]

/** `process.env.PORT`, `env['PORT']`, `const { PORT = 3000 } = process.env` */
const VARIABLE = /\benv(?:\.|\[['"`])PORT\b|\{[^}]*\bPORT\b[^}]*\}\s*=\s*(?:process\.)?env\b/

/** No port where a source reads `PORT`, or where several are found: nothing says which one is the service's. */
export function portOf(files: SourceFile[]): { mentionsPort: boolean; port?: number } {
  const plain = files.map(({ text }) => text.replaceAll(/^\s*(?:\/\/|\*).*$/gm, ''))
  if (plain.some(text => VARIABLE.test(text))) return { mentionsPort: true }
  const found = plain.flatMap(text =>
    PATTERNS.flatMap(pattern => [...text.matchAll(pattern)].map(([, port]) => Number(port))),
  )
  const ports = [...new Set(found)]
  return {
    mentionsPort: files.some(({ text }) => /\bPORT\b/.test(text)),
    ...(ports.length === 1 && { port: ports[0]! }),
  }
}
