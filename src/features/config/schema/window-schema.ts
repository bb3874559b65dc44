import { type Static, Type } from 'typebox'
import { described, strict, list, text, timeOfDay, date, wholeNumber, oneOf } from './schema-parts.ts'

export const windowSchema = Type.Object(
  {
    allow: Type.Optional(text(100, 'The name of a span in which changes may go out.')),
    deny: Type.Optional(text(100, 'The name of a span in which they may not; deny wins.')),
    days: Type.Optional(
      Type.Union(
        [
          Type.String({ maxLength: 60 }),
          Type.Array(Type.String({ maxLength: 20 }), { minItems: 1, maxItems: 7 }),
        ],
        described(
          'days of the week',
          'write mon-thu or [sat, sun]',
          'Days of the week; every day when absent.',
        ),
      ),
    ),
    weeks: Type.Optional(
      list(
        wholeNumber(-5, 5, 'Which of them in the month.'),
        'numbers',
        'Which of the month’s days of that name: 1 the first, -1 the last.',
      ),
    ),
    monthDays: Type.Optional(
      list(wholeNumber(-31, 31, 'A day of the month.'), 'numbers', 'Days of the month; -1 is the last.'),
    ),
    months: Type.Optional(
      Type.Union(
        [
          Type.String({ maxLength: 60 }),
          Type.Array(Type.String({ maxLength: 20 }), { minItems: 1, maxItems: 12 }),
        ],
        described('months of the year', 'write nov-jan or [jun, dec]', 'Months; every month when absent.'),
      ),
    ),
    dates: Type.Optional(list(date('A day.'), 'days', 'Only on these days.')),
    calendar: Type.Optional(
      text(500, 'An iCalendar file (.ics) in the repository; only on the days of its events.'),
    ),
    from: Type.Optional(timeOfDay('Wall clock at which it begins; 00:00 when absent.')),
    to: Type.Optional(timeOfDay('Wall clock at which it ends, itself outside; 24:00 when absent.')),
    zone: Type.Optional(text(60, 'IANA time zone, such as Europe/Berlin; UTC when absent.')),
    startDate: Type.Optional(date('First day of a one-off window.')),
    endDate: Type.Optional(date('Last day of a one-off window.')),
    except: Type.Optional(
      list(
        oneOf(['change', 'promotion', 'revert', 'hotfix'], 'A class of changes.'),
        'classes',
        'Classes that pass whatever the clock says.',
      ),
    ),
  },
  {
    ...strict,
    ...described('a window', 'write { allow: office hours, days: mon-thu, from: "09:00", to: "16:00" }', ''),
  },
)

export const freezeSchema = Type.Object(
  {
    environments: list(text(100, 'A name, or a pattern with *.'), 'names', 'Where nothing starts.'),
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Which applications; all when absent.'),
    ),
    reason: text(500, 'Why; shown to everybody who waits.'),
    until: Type.Optional(
      Type.String({
        maxLength: 30,
        pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})$',
        ...described('a moment', 'write it in quotes, as "2026-11-30T08:00Z"', 'When it ends by itself.'),
      }),
    ),
  },
  { ...strict, ...described('a freeze', 'write { environments: [prod], reason: … }', '') },
)

export type WindowDocument = Static<typeof windowSchema>

export type FreezeDocument = Static<typeof freezeSchema>
