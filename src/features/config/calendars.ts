import type { Problem } from '../../domain/problem.ts'
import { parseCalendar } from '../windows/parse-calendar.ts'
import type { ConfigurationDocument } from './configuration-schema.ts'

/** Calendar files that windows name, by path; absent where there is no such file. */
export type Calendars = ReadonlyMap<string, { dates: string[]; problems: Problem[] }>

/** Only such files are read as calendars, so that a path in the configuration opens no other. */
export function isCalendarPath(path: string): boolean {
  return path.endsWith('.ics')
}

/** Reads the calendars of a document; `textOf` gives the text of a file of the repository. */
export function readCalendars(
  environments: Exclude<ConfigurationDocument['environments'], undefined>,
  textOf: (path: string) => string | undefined,
): Calendars {
  const paths = Object.values(environments).flatMap((environment) =>
    (environment?.windows ?? []).flatMap((window) => window?.calendar ?? []),
  )
  return new Map(
    [...new Set(paths)].flatMap((path) => {
      const text = isCalendarPath(path) ? textOf(path) : undefined
      return text === undefined ? [] : [[path, parseCalendar(text, path)] as const]
    }),
  )
}
