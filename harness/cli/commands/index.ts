/** The table of commands, for dispatch and `--help`. */
import type { COMMAND_NAMES, Command } from '../command.ts'
import { accept } from './accept.ts'
import { ci } from './ci.ts'
import { clean } from './clean.ts'
import { compare } from './compare.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { exportClient } from './export.ts'
import { init } from './init.ts'
import { list } from './list.ts'
import { capacity, comparePackages, measure } from './measure.ts'
import { merge } from './merge.ts'
import { open } from './open.ts'
import { profile } from './profile.ts'
import { report } from './report.ts'
import { resume } from './resume.ts'
import { serve } from './serve.ts'
import { token } from './token.ts'

const table = {
  ci,
  merge,
  accept,
  init,
  list,
  capacity,
  doctor,
  report,
  compare,
  'compare-packages': comparePackages,
  diff,
  profile,
  export: exportClient,
  token,
  serve,
  open,
  resume,
  clean,
} satisfies Record<(typeof COMMAND_NAMES)[number], Command>

/** By the first word of the command line. A scenario of the same name is measured by its path. */
export const COMMANDS: Readonly<Record<string, Command>> = table

/** For any other first word. */
export const DEFAULT: Command = measure
