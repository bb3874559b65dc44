import { type Static, type TSchema, Type } from 'typebox'
import { dangerCodes } from '../../diff/dangers.ts'
import { described, memberPattern, strict, list, flag, text, oneOf } from './schema-parts.ts'

const approvalConditionSchema = Type.Object(
  {
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Only for changes of these applications.'),
    ),
    paths: Type.Optional(
      list(text(500, 'A pattern as in CODEOWNERS.'), 'patterns', 'Only where such a file changes.'),
    ),
    dangers: Type.Optional(
      list(
        oneOf([...dangerCodes], 'A danger line.'),
        'danger lines',
        'Only where the change shows such a danger line.',
      ),
    ),
  },
  { ...strict, ...described('a condition', 'write { applications: ["pay*"] }', '') },
)

const peopleKeys = {
  count: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 20,
      ...described(
        'a whole number from 0 to 20',
        'write how many people must approve',
        'How many people must approve.',
      ),
    }),
  ),
  from: Type.Optional(
    Type.Union(
      [
        Type.Literal('owners'),
        Type.Array(Type.String({ pattern: memberPattern, maxLength: 160 }), {
          minItems: 1,
          maxItems: 100,
        }),
      ],
      described(
        '"owners" or a list of @login and @organisation/team',
        'write owners, or a list such as ["@shop/platform", "@ada"]',
        'Who may approve: the owners by CODEOWNERS, or the people and teams listed.',
      ),
    ),
  ),
  each: Type.Optional(
    Type.Union(
      [Type.Integer({ minimum: 1, maximum: 20 }), Type.Literal('all')],
      described(
        'a whole number from 1 to 20, or all',
        'write 2, or all',
        'Owners: how many of each group of owners, or every owner named; 1 when absent.',
      ),
    ),
  ),
  when: Type.Optional(approvalConditionSchema),
}

/** Needs inside needs, three levels deep: more than people can read, and no schema that refers to itself. */
function needsOf<Item extends TSchema>(item: Item) {
  return {
    all: Type.Optional(list(item, 'approval rules', 'Every one of these must be met.')),
    any: Type.Optional(list(item, 'approval rules', 'One of these must be met.')),
  }
}

const needDescription = described('an approval rule', 'write { count: 1, from: owners }', '')

const innermostNeedSchema = Type.Object(peopleKeys, { ...strict, ...needDescription })

const innerNeedSchema = Type.Object(
  { ...peopleKeys, ...needsOf(innermostNeedSchema) },
  { ...strict, ...needDescription },
)

export const approvalsSchema = Type.Object(
  {
    ...peopleKeys,
    ...needsOf(innerNeedSchema),
    fourEyes: Type.Optional(flag('Author, requester and everybody with a commit in it never count.')),
  },
  { ...strict, ...needDescription },
)

export type NeedDocument = Static<typeof innerNeedSchema>

export type ApprovalsDocument = Static<typeof approvalsSchema>
