/** The one table of commands: dispatch and `--help` come from it. */
import type { Command } from '../command.ts'
import { clean } from './clean.ts'
import { compare } from './compare.ts'
import { diff } from './diff.ts'
import { doctor } from './doctor.ts'
import { measure } from './measure.ts'
import { report } from './report.ts'

/** By the first word of the command line. A scenario that is called like one of them is reached by its path. */
export const COMMANDS: Readonly<Record<string, Command>> = { doctor, report, compare, diff, clean }

/** For any other first word. */
export const DEFAULT: Command = measure
