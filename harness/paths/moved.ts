/** Rewrites the paths and URLs in a text that lead into a repository, so that they lead into its checkout. */
import { pathToFileURL } from 'node:url'
import type { Checkout } from '../model/plan.ts'

/** A path begins a word, is in a list, after `=` or in a `file:` URL, or follows a flag directly (`-r/app`). */
const BEFORE = '(?<=(?:^|[\\s:;,=|&<>@!({[`"\'])(?:\\/\\/|--?[A-Za-z][\\w-]*)?)'

/** `/app` does not contain `/app-old`. */
const AFTER = '(?=$|[\\s:;,=|&<>@!(){}[\\]`"\'?#/\\\\])'

/** Makes a function that replaces each path to the repository by the path to the checkout. */
export function mover({ repository, spellings = [], folder }: MovedFrom): (text: string) => string {
  const places = [repository, ...spellings].flatMap(path => [
    [path, folder],
    [urlPath(path), urlPath(folder)],
  ])
  const moved = new Map(places as [string, string][])
  const either = [...moved.keys()].toSorted((a, b) => b.length - a.length).map(escaped)
  const pattern = new RegExp(`${BEFORE}(?:${either.join('|')})${AFTER}`, 'g')
  return text => text.replace(pattern, place => moved.get(place)!)
}

type MovedFrom = Pick<Checkout, 'repository' | 'spellings' | 'folder'>

/** With spaces and accents as `%20`. */
const urlPath = (path: string) => pathToFileURL(path).pathname

const escaped = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Variables through which programs and modules are found. Others can name data that both sides share. */
const LEADING = 'PATH NODE_PATH NODE_OPTIONS PWD INIT_CWD TS_NODE_PROJECT TSX_TSCONFIG_PATH'.split(' ')

type Environment = Record<string, string | undefined>

/** The environment of a process in the checkout, in which it finds no code of the working tree. */
export function movedEnvironment(environment: Environment, from: MovedFrom): Environment {
  const move = mover(from)
  const moved = { ...environment }
  for (const name of LEADING) if (moved[name] !== undefined) moved[name] = move(moved[name])
  return moved
}
