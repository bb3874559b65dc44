import { Type } from 'typebox'
import { batches, sloDemands } from '../../../domain/configuration.ts'
import { described, strict, flag, list, name, duration, oneOf, text } from './schema-parts.ts'

const sourceNames = Type.Array(name('an environment', 'An environment.'), { maxItems: 500 })

const sourcesSchema = Type.Union(
  [
    name('an environment', 'The environment before this one.'),
    sourceNames,
    Type.Object({ all: sourceNames }, { ...strict, description: 'Every one of them.' }),
    Type.Object({ any: sourceNames }, { ...strict, description: 'One of them.' }),
    Type.Object(
      { atLeast: Type.Integer({ minimum: 1, maximum: 500 }), of: sourceNames },
      { ...strict, description: 'So many of them.' },
    ),
  ],
  described(
    'an environment or several',
    'write staging, [eu, us], { any: [eu, us] } or { atLeast: 2, of: [eu, us, asia] }',
    'The environment before this one, or several: all of a list, any, or at least so many.',
  ),
)

const checkName = text(255, 'Its name, as GitHub shows it.')

const checkSchema = Type.Union(
  [
    checkName,
    Type.Object(
      {
        name: checkName,
        app: Type.Optional(
          Type.String({
            maxLength: 100,
            pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
            ...described(
              'the short name of a GitHub App',
              'write it as in github.com/apps/<name>: github-actions',
              'The app that has to have made it; whoever may write checks or statuses when absent.',
            ),
          }),
        ),
      },
      { ...strict, description: 'A check of one app.' },
    ),
  ],
  described(
    'a check',
    'write its name, or { name: e2e, app: github-actions }',
    'A check run or a commit status, by name.',
  ),
)

export const promotionSchema = Type.Object(
  {
    from: sourcesSchema,
    soak: Type.Optional(duration('How long a version must have been healthy there; 0m asks for none.')),
    slos: Type.Optional(
      oneOf(
        [...sloDemands],
        'How the application’s SLOs have to stand there: healthy, where what nobody can tell waits, or not breached.',
      ),
    ),
    checks: Type.Optional(
      list(
        checkSchema,
        'checks',
        'What has to be green on the commit of the base branch that is carried; neutral and skipped are not.',
      ),
    ),
    automatic: Type.Optional(flag('Open the promotion pull request without being asked.')),
    batch: Type.Optional(
      oneOf(
        [...batches],
        'Which of several releases go on by themselves: the newest that has soaked, every one in its turn, or only what runs there now.',
      ),
    ),
    merge: Type.Optional(
      oneOf(['rule', 'people'], 'Who merges a promotion: Drawbridge, when every gate is open, or people.'),
    ),
  },
  { ...strict, ...described('a promotion rule', 'write { from: staging, soak: 1h }', '') },
)
