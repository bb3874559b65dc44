import { Type } from 'typebox'
import { described, strict, list, text, duration, expression } from './schema-parts.ts'

export const healthSchema = Type.Object(
  {
    group: Type.String({
      maxLength: 253,
      pattern: '^([*][.])?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$',
      ...described(
        'an API group',
        'write shop.example, or *.shop.example',
        'The API group, or all below it.',
      ),
    }),
    kind: Type.String({
      maxLength: 63,
      pattern: '^([A-Za-z0-9]+|[*])$',
      ...described('a kind', 'write Coupon, or "*"', 'The kind; * for every other of the group.'),
    }),
    progressing: Type.Optional(expression('CEL: it is being worked on. Asked first.')),
    degraded: Type.Optional(expression('CEL: it has failed.')),
    suspended: Type.Optional(expression('CEL: it rests on purpose.')),
    healthy: Type.Optional(expression('CEL: it is as it should be. Nothing true is progressing.')),
    message: Type.Optional(expression('CEL: a text for people; the condition in question when absent.')),
  },
  {
    ...strict,
    ...described('a health rule', 'write { group: shop.example, kind: Coupon, healthy: … }', ''),
  },
)

const ignoreSchema = Type.Object(
  {
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Of which applications; all when absent.'),
    ),
    group: Type.Optional(
      Type.String({ maxLength: 253, ...described('an API group', 'write apps', 'The API group.') }),
    ),
    kind: Type.Optional(text(63, 'The kind.')),
    namespace: Type.Optional(text(63, 'The namespace.')),
    name: Type.Optional(text(253, 'The name.')),
    fields: list(
      Type.String({
        maxLength: 500,
        pattern: '^/.+',
        ...described('a JSON pointer', 'write /spec/replicas', 'A field.'),
      }),
      'JSON pointers',
      'Fields that belong to whoever writes them after the object was created.',
    ),
  },
  { ...strict, ...described('an ignore rule', 'write { kind: Deployment, fields: [/spec/replicas] }', '') },
)

export const reconcileSchema = Type.Object(
  {
    stable: Type.Optional(
      duration('How long everything must be healthy before a release is; 3s when absent.'),
    ),
    deadline: Type.Optional(
      duration('After how long without progress a release has failed; 15m when absent.'),
    ),
    reportOnly: Type.Optional(
      list(
        text(100, 'A name, or a pattern with *.'),
        'names',
        'Applications whose drift is reported and not put back.',
      ),
    ),
    ignore: Type.Optional(list(ignoreSchema, 'ignore rules', 'Fields that others may write.')),
  },
  { ...strict, ...described('what the cluster side is told', 'write { stable: 10s }', '') },
)
