/** The style sheet and the script of a page, and the policy that lets them run. */
import { createHash } from 'node:crypto'
import { script, styles } from './assets.ts'

/** Only this style sheet and this script may run, and nothing may be fetched from anywhere. */
export function ownFiles(): { policy: string; style: string; script: string } {
  const style = styles()
  const code = script()
  const policy = [
    "default-src 'none'",
    `style-src '${digest(style)}'`,
    `script-src '${digest(code)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  return { policy, style, script: code }
}

const digest = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`
