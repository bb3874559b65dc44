import { type Static, Type } from 'typebox'

/** The JSON that `render`, `diff`, `discover` and `promote` print: published in `schemas/`, so fields are only ever added. */

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
    code: Type.String({
      description:
        'Stable; `pods-restart`, `stale-configuration` and `requests-grown` are notes rather than dangers',
    }),
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
    section: Type.Optional(
      Type.String({ description: 'Where in the object the first change stands; absent at the top' }),
    ),
  },
  closed,
)

const stepSchema = Type.Union(
  [
    Type.String(),
    Type.Integer({ minimum: 0 }),
    Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
  ],
  {
    description:
      'A field’s name, a position in a list, the fields that tell an item of a list apart, or {"=": item} in a set of scalars',
  },
)

const fieldSchema = Type.Object(
  {
    field: Type.String({ description: 'For people: dotted, list items by key' }),
    path: Type.Optional(Type.Array(stepSchema, { description: 'For machines: the same place' })),
    isOrder: Type.Optional(
      Type.Literal(true, {
        description: 'The list has its items in another order; `before` and `after` are their keys',
      }),
    ),
    before: Type.Optional(Type.Unknown()),
    after: Type.Optional(Type.Unknown()),
  },
  closed,
)

const targetSchema = Type.Object(
  { application: Type.String(), environment: Type.String(), cluster: Type.String() },
  closed,
)

const restartSchema = Type.Object(
  {
    reasons: Type.Array(Type.String()),
    replicas: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Absent where the manifest does not say it' }),
    ),
    strategy: Type.Union([Type.Literal('RollingUpdate'), Type.Literal('Recreate'), Type.Literal('OnDelete')]),
  },
  closed,
)

const sumSchema = Type.Object({ cpuMillicores: Type.Number(), memoryBytes: Type.Number() }, closed)

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
    movedFrom: Type.Optional(targetSchema),
    movedTo: Type.Optional(targetSchema),
    dangers: Type.Array(dangerSchema),
    fields: Type.Array(fieldSchema),
    isCut: Type.Optional(
      Type.Literal(true, { description: 'Not all of `fields` are here: the rest is in the hunks only' }),
    ),
    hunks: Type.Array(hunkSchema),
    foldedLines: Type.Integer({ minimum: 0, description: 'Lines of noise that the hunks leave out' }),
    restart: Type.Optional(restartSchema),
  },
  closed,
)

export const diffSchema = Type.Object(
  {
    base: sha,
    head: sha,
    targets: Type.Array(
      Type.Object(
        {
          ...place,
          from: Type.Optional(
            Type.Object(place, { ...closed, description: 'What it was before it was renamed or moved' }),
          ),
          continuedIn: Type.Optional(Type.Array(targetSchema)),
          objects: Type.Array(objectDiffSchema),
          requests: Type.Optional(Type.Object({ before: sumSchema, after: sumSchema }, closed)),
        },
        closed,
      ),
    ),
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

const sourceSchema = Type.Object(
  {
    application: Type.String(),
    environment: Type.String(),
    clusters: Type.Array(Type.String()),
    renderer: Type.String({ description: 'kustomize, helm, plain, …' }),
    path: Type.String({ description: 'The folder or chart, from the root of the repository' }),
    namespace: Type.Optional(Type.String({ description: 'For objects that name none' })),
    releaseName: Type.Optional(Type.String({ description: 'Helm' })),
    valueFiles: Type.Array(Type.String(), { description: 'Helm, in the order of precedence' }),
    files: Type.Array(Type.String(), { description: 'Plain: the files that are read' }),
    because: Type.String({ description: 'Why it was taken for a source' }),
  },
  closed,
)

export const discoverSchema = Type.Object(
  {
    revision: sha,
    sources: Type.Array(sourceSchema),
    problems: Type.Array(problemSchema, { description: 'What somebody has to mend' }),
    notices: Type.Array(problemSchema, {
      description: 'What is delivered but not shown, and why; nobody has to act',
    }),
  },
  { ...closed, title: 'drawbridge discover --format json' },
)

const notPromotedSchema = Type.Object(
  {
    application: Type.String(),
    outcome: Type.Union([Type.Literal('nothing'), Type.Literal('wait'), Type.Literal('refused')]),
    reason: Type.String(),
  },
  closed,
)

const moveSchema = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('image'),
      Type.Literal('chart'),
      Type.Literal('field'),
      Type.Literal('file'),
    ]),
    name: Type.String({
      description: 'The image without its tag, the chart, `file: field`, or the path of the file',
    }),
    before: Type.String(),
    after: Type.String(),
  },
  closed,
)

const fileContentSchema = Type.Union(
  [
    Type.String({ description: 'The text of the whole file' }),
    Type.Object({ id: sha, mode: Type.String() }, { ...closed, description: 'A blob that is there already' }),
    Type.Null({ description: 'The file goes; a folder where the path ends in /' }),
  ],
  { description: 'What stands at a path then' },
)

const promotedSchema = Type.Object(
  {
    application: Type.String(),
    outcome: Type.Literal('promote'),
    from: Type.Array(Type.String(), {
      minItems: 1,
      description: 'The environments that are through with it',
    }),
    revision: { ...sha, description: 'The commit that runs there' },
    moves: Type.Array(moveSchema, { minItems: 1 }),
    waitsUntil: Type.Array(Type.String(), {
      description: 'What is asked of the environments that it comes from before it may be merged',
    }),
    pull: Type.Object(
      {
        branch: Type.String(),
        baseSha: sha,
        title: Type.String(),
        body: Type.String({ description: 'Markdown' }),
        files: Type.Record(Type.String(), fileContentSchema),
      },
      closed,
    ),
  },
  closed,
)

export const promoteSchema = Type.Array(Type.Union([promotedSchema, notPromotedSchema]), {
  title: 'drawbridge promote --dry-run --format json',
  description: 'One entry for each application that was asked about',
})

export type PromoteOutput = Static<typeof promoteSchema>
export type DiscoverOutput = Static<typeof discoverSchema>
export type DiffOutput = Static<typeof diffSchema>
export type RenderOutput = Static<typeof renderSchema>

/** The files of `schemas/`, as text by name. */
export function publishedSchemas(): Record<string, string> {
  return {
    'diff.schema.json': toSchemaText(diffSchema),
    'discover.schema.json': toSchemaText(discoverSchema),
    'promote.schema.json': toSchemaText(promoteSchema),
    'render.schema.json': toSchemaText(renderSchema),
  }
}

const draft = 'http://json-schema.org/draft-07/schema#'

/** A schema as it is published. */
export function toSchemaText(schema: object): string {
  return `${JSON.stringify({ $schema: draft, ...schema }, undefined, 2)}\n`
}
