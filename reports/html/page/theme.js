/** The theme: the system's, or the reader's own choice. */
import { setState, state } from './state.js'

const NEXT = { system: 'light', light: 'dark', dark: 'system' }

export function followTheme(button, changed) {
  const apply = () => {
    const chosen = state.theme in NEXT ? state.theme : 'system'
    if (chosen === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = chosen
    button.textContent = `Theme: ${chosen}`
    changed()
  }
  button.addEventListener('click', () => {
    const next = NEXT[state.theme in NEXT ? state.theme : 'system']
    setState({ theme: next === 'system' ? undefined : next })
    apply()
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed)
  // Paper is light, so what is drawn must be too.
  addEventListener('beforeprint', () => {
    document.documentElement.dataset.theme = 'light'
    changed()
  })
  addEventListener('afterprint', apply)
  apply()
}
