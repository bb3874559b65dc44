import { type Static, Type } from 'typebox'
import { commandVerbs } from '../../../domain/configuration.ts'
import { described, memberPattern, strict, list, text, oneOf } from './schema-parts.ts'

export const roleSchema = Type.Object(
  {
    name: text(100, 'For people.'),
    members: Type.Optional(
      list(
        Type.String({
          pattern: memberPattern,
          maxLength: 160,
          ...described('a @login or @organisation/team', 'write it as "@shop/release" or "@ada"', ''),
        }),
        'people and teams',
        'Who has the role.',
      ),
    ),
    permission: Type.Optional(
      oneOf(
        ['read', 'write', 'maintain', 'admin'],
        'Or everybody with at least this permission on the repository.',
      ),
    ),
    may: list(oneOf([...commandVerbs], 'A command.'), 'commands', 'What the role may do.'),
    environments: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Where; everywhere when absent.'),
    ),
    applications: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'For which applications; all when absent.'),
    ),
  },
  { ...strict, ...described('a role', 'write { name: …, members: ["@shop/release"], may: [promote] }', '') },
)

export type RoleDocument = Static<typeof roleSchema>
