import { type Static, Type } from 'typebox'
import { indicatorNames } from '../../slo/ready-indicators.ts'
import { described, strict, text, name, oneOf } from './schema-parts.ts'

export const sloSchema = Type.Object(
  {
    name: Type.Optional(text(100, 'For people; application and environment when absent.')),
    application: name('an application', 'The application measured.'),
    environment: name('an environment', 'Where it is measured.'),
    objective: Type.Number(described('a percentage', 'write 99.9', 'Percent of good events promised.')),
    window: Type.Optional(oneOf(['28d', '30d'], 'Period of the error budget; 28d when absent.')),
    bad: Type.Optional(
      text(2000, 'PromQL counter of bad events: name and label matchers, without range and function.'),
    ),
    good: Type.Optional(
      text(2000, 'In place of bad: the counter of good events, such as the bucket of a latency histogram.'),
    ),
    total: Type.Optional(
      text(2000, 'PromQL counter of all events: name and label matchers, without range and function.'),
    ),
    indicator: Type.Optional(
      oneOf(indicatorNames, 'In place of bad, good and total: what a proxy or a library counts by itself.'),
    ),
    service: Type.Optional(text(200, 'Of an indicator: whom it counts; the application when absent.')),
    namespace: Type.Optional(text(100, 'Of an indicator: where the service is; any when absent.')),
    within: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,6}(\\.[0-9]{1,3})?(ms|s)$',
        ...described(
          'a time',
          'write 250ms or 1s',
          'Of an indicator: slower is bad; what fails, when absent.',
        ),
      }),
    ),
    versionLabel: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        maxLength: 100,
        ...described(
          'a label name',
          'use letters, digits and _',
          'The label that tells versions apart while both run.',
        ),
      }),
    ),
    onBreach: Type.Optional(
      oneOf(['revert', 'propose', 'report'], 'What to do when it burns; report when absent.'),
    ),
    onBudgetSpent: Type.Optional(
      oneOf(['freeze', 'report'], 'What to do when the whole budget is spent; nothing when absent.'),
    ),
  },
  {
    ...strict,
    ...described(
      'an SLO',
      'write application, environment, objective, total, and bad or good; or an indicator',
      '',
    ),
  },
)

export type SloDocument = Static<typeof sloSchema>
