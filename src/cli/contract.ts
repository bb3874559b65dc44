import { type Static, Type } from 'typebox'

/** The JSON that `render` and `diff` print: published in `schemas/`, so fields are only ever added. */

const closed = { additionalProperties: false }
const sha = Type.String({ pattern: '^([0-9a-f]{40}|[0-9a-f]{64})$', description: 'A full git object id' })

const place = {
  application: Type.String(),
  environment: Type.String(),
  cluster: Type.String(),
  source: Type.String({ description: 'The folder, chart or object it is rendered from' }),
}

const identity = {
  group: Type.String({ description: 'Empty for the core group' }),
  version: Type.String(),
  kind: Type.String(),
  namespace: Type.String({ description: 'Empty for cluster-scoped objects and where the applier decides' }),
  name: Type.String(),
}

export const problemSchema = Type.Object(
  {
    code: Type.String({ description: 'Stable' }),
    path: Type.String({ description: 'Relative to the root of the repository' }),
    line: Type.Integer({ minimum: 0, description: 'From 1; 0 where no line is meant' }),
    message: Type.String(),
    fix: Type.String(),
  },
  closed,
)

const dangerSchema = Type.Object(
  {
    code: Type.String({ description: 'Stable; `pods-restart` is a note rather than a danger' }),
    field: Type.String({ description: 'Dotted, list items by key; empty for the whole object' }),
    sentence: Type.String(),
  },
  closed,
)

const hunkSchema = Type.Object(
  {
    oldStart: Type.Integer({ minimum: 0 }),
    oldLines: Type.Integer({ minimum: 0 }),
    newStart: Type.Integer({ minimum: 0 }),
    newLines: Type.Integer({ minimum: 0 }),
    lines: Type.Array(Type.String({ pattern: '^[ +-]' })),
  },
  closed,
)

const fieldSchema = Type.Object(
  { field: Type.String(), before: Type.Optional(Type.Unknown()), after: Type.Optional(Type.Unknown()) },
  closed,
)

const objectDiffSchema = Type.Object(
  {
    ...identity,
    change: Type.Union([
      Type.Literal('added'),
      Type.Literal('removed'),
      Type.Literal('changed'),
      Type.Literal('renamed'),
    ]),
    from: Type.Optional(Type.Object(identity, closed)),
    dangers: Type.Array(dangerSchema),
    fields: Type.Array(fieldSchema),
    hunks: Type.Array(hunkSchema),
    foldedLines: Type.Integer({ minimum: 0, description: 'Lines of noise that the hunks leave out' }),
  },
  closed,
)

export const diffSchema = Type.Object(
  {
    base: sha,
    head: sha,
    targets: Type.Array(Type.Object({ ...place, objects: Type.Array(objectDiffSchema) }, closed)),
    problems: Type.Array(problemSchema),
  },
  { ...closed, title: 'drawbridge diff --format json' },
)

export const renderSchema = Type.Object(
  {
    revision: sha,
    targets: Type.Array(
      Type.Object(
        {
          ...place,
          objects: Type.Array(
            Type.Object({
              apiVersion: Type.String(),
              kind: Type.String(),
              metadata: Type.Object({ name: Type.String() }),
            }),
          ),
        },
        closed,
      ),
    ),
    problems: Type.Array(problemSchema),
  },
  { ...closed, title: 'drawbridge render --format json' },
)

export type DiffOutput = Static<typeof diffSchema>
export type RenderOutput = Static<typeof renderSchema>

/** The files of `schemas/`, as text by name. */
export function publishedSchemas(): Record<string, string> {
  const toText = (schema: object) => `${JSON.stringify({ $schema: draft, ...schema }, undefined, 2)}\n`
  return { 'diff.schema.json': toText(diffSchema), 'render.schema.json': toText(renderSchema) }
}

const draft = 'http://json-schema.org/draft-07/schema#'
