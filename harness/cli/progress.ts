/** Shows progress: one line that is redrawn on a terminal, one line per event elsewhere. */

import type { Progress } from '../model/world.ts'
import { clip, visible } from '../words/text.ts'
import { type Output, widthOf } from './host.ts'

const ERASE = '\r\u001b[2K'

/** Events that are shown only until the next one. */
const PASSING = new Set<Progress['type']>(['prepare', 'round', 'stage'])

export interface Display {
  show(progress: Progress): void
  /** Removes the live line. */
  end(): void
}

export const silent: Display = { show: () => {}, end: () => {} }

export function display(output: Output, now: () => number): Display {
  const tell = narrator(now)
  if (!output.isTTY) return { show: progress => output.write(`${tell(progress)}\n`), end: () => {} }
  let live = ''
  return {
    show(progress) {
      const text = tell(progress)
      const passing = PASSING.has(progress.type)
      // A line that fills the terminal is wrapped, and only its last row would be erased.
      if (passing) live = clip(text, widthOf(output) - 1, 'end')
      output.write(passing ? ERASE + live : `${ERASE}${text}\n${live}`)
    },
    end: () => output.write(ERASE),
  }
}

/** Text for an event. It remembers the round, because a stage does not say how much time is left. */
function narrator(now: () => number): (progress: Progress) => string {
  let round = ''
  let until = now()
  const left = () => `${Math.max(0, Math.round((until - now()) / 1000))} s left`
  return progress => {
    switch (progress.type) {
      case 'prepare':
        return visible(progress.what)
      case 'round':
        round = `${visible(progress.scenario)} · round ${progress.round} of ${progress.of}`
        until = now() + progress.left
        return `${round} · ${left()}`
      case 'waiting':
        return `waiting for another run to end: ${visible(progress.scenario)}, process ${progress.pid}`
      case 'stage': {
        const detail = progress.detail ? ` ${visible(progress.detail)}` : ''
        return `${round} · ${progress.stage}${detail} · ${left()}`
      }
      case 'finding': {
        const { severity, message, advice } = progress.finding
        return visible(`${severity}: ${message}${advice ? ` → ${advice}` : ''}`)
      }
      case 'saved':
        return `saved ${visible(progress.path)}`
    }
  }
}
