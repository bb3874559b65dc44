import { Type } from 'typebox'
import { batches, sloDemands } from '../../../domain/configuration.ts'
import { described, strict, flag, name, duration, oneOf } from './schema-parts.ts'

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
