/** The one door to handlebars: a view goes in, escaped HTML comes out. */
import Handlebars from 'handlebars'
import { templates } from './assets.ts'

const pages = new Map<string, (view: object) => string>()

/**
 * The page of that name for a view; every value is escaped, as nothing in the templates asks otherwise but for the
 * page's own files.
 */
export function fill(view: object, name = 'page'): string {
  const page = pages.get(name) ?? compile(name)
  pages.set(name, page)
  return page(view)
}

function compile(page: string): (view: object) => string {
  const handlebars = Handlebars.create()
  const sources = templates()
  // Strict: a name that the view does not know is a mistake of ours, not an empty string.
  for (const [name, source] of sources) handlebars.registerPartial(name, source)
  return handlebars.compile(sources.get(page), { strict: true, knownHelpersOnly: true })
}
