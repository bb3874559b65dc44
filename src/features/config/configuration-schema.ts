import { mergeMethods } from '../../domain/merge.ts'
import { type Static, Type } from 'typebox'
import { lockableKeys } from '../../domain/configuration.ts'
import { described, strict, list, text, name, oneOf } from './schema/schema-parts.ts'
import { applicationSchema } from './schema/application-schema.ts'
import { freezeSchema } from './schema/window-schema.ts'
import { environmentSchema } from './schema/environment-schema.ts'
import { clusterSchema } from './schema/cluster-schema.ts'
import { healthSchema } from './schema/reconcile-schema.ts'
import { roleSchema } from './schema/role-schema.ts'
import { sloSchema } from './schema/slo-schema.ts'
import { tenantSchema } from './schema/tenant-schema.ts'

const policiesSchema = Type.Object(
  {
    severities: Type.Optional(
      Type.Record(Type.String(), oneOf(['error', 'warning', 'notice', 'off'], 'How bad it is.'), {
        ...described(
          'severities by policy',
          'write { image-tag-latest: error }',
          'Severity by policy name; off turns it off.',
        ),
      }),
    ),
    folders: Type.Optional(
      list(text(500, 'A folder.'), 'folders', 'Folders of the repository with further policies.'),
    ),
  },
  { ...strict, ...described('policy settings', 'write { folders: [policies] }', '') },
)

const diffSchema = Type.Object(
  {
    mask: Type.Optional(
      list(
        text(253, 'A name, with * for any text; capitals, "-", "_" and "." make no difference.'),
        'names',
        'Fields, variables and keys of ConfigMaps whose values are shown as fingerprints.',
      ),
    ),
  },
  { ...strict, ...described('diff settings', 'write { mask: ["*connection*"] }', '') },
)

const chartSchema = Type.Object(
  {
    repository: Type.String({
      maxLength: 500,
      pattern: '^(https?|oci)://[A-Za-z0-9.:-]+(/[A-Za-z0-9._/-]+)?$',
      ...described(
        'the address of a chart repository',
        'write https://charts.example.org or oci://registry.example.org/charts',
        'As the chart that depends on it writes it.',
      ),
    }),
    name: name('a chart', 'The chart.'),
    version: text(100, 'Its version.'),
    digest: Type.String({
      pattern: '^sha256:[0-9a-f]{64}$',
      ...described(
        'a SHA-256',
        'write "sha256:" and what sha256sum prints of the archive',
        'The hash of its archive (.tgz).',
      ),
    }),
  },
  {
    ...strict,
    ...described('a chart', 'write { repository: …, name: …, version: …, digest: "sha256:…" }', ''),
  },
)

const mergeSchema = Type.Object(
  { method: oneOf([...mergeMethods], 'The method that is taken where the repository allows it.') },
  {
    ...strict,
    ...described(
      'how proposals are merged',
      'write { method: squash }',
      'How Drawbridge merges its own proposals.',
    ),
  },
)

export const configurationSchema = Type.Object(
  {
    version: Type.Optional(
      Type.Literal(1, described('a version known here', 'write version: 1', 'Version of this format.')),
    ),
    applications: Type.Optional(
      list(applicationSchema, 'application rules', 'Where applications live; the first match wins.'),
    ),
    environments: Type.Optional(
      Type.Record(Type.String(), environmentSchema, {
        maxProperties: 100,
        ...described(
          'environments by name',
          'write prod: { clusters: [prod] }',
          'The stages, from first to last.',
        ),
      }),
    ),
    clusters: Type.Optional(
      Type.Record(Type.String(), clusterSchema, {
        maxProperties: 10_000,
        ...described(
          'clusters by name',
          'write prod-eu: { environment: prod }',
          'Who serves which cluster, and the labels that waves select by.',
        ),
      }),
    ),
    roles: Type.Optional(
      list(roleSchema, 'roles', 'Who may do what, where. Nothing is granted by default but reading.'),
    ),
    policies: Type.Optional(policiesSchema),
    charts: Type.Optional(list(chartSchema, 'charts', 'Helm charts of other hosts that may be rendered.')),
    merge: Type.Optional(mergeSchema),
    diff: Type.Optional(diffSchema),
    slos: Type.Optional(list(sloSchema, 'SLOs', 'Service level objectives that guard releases.')),
    sloFiles: Type.Optional(
      list(text(500, 'The path of a file.'), 'paths', 'Files of OpenSLO v1 with more of them.'),
    ),
    health: Type.Optional(
      list(healthSchema, 'health rules', 'How objects of further kinds tell how they are.'),
    ),
    freezes: Type.Optional(list(freezeSchema, 'freezes', 'Nothing but reverts starts there.')),
    tenants: Type.Optional(
      list(
        tenantSchema,
        'tenants',
        'How far each team’s applications reach. Who is in none reaches nothing.',
      ),
    ),
    locked: Type.Optional(
      list(
        oneOf([...lockableKeys], 'A key.'),
        'keys',
        'The organisation’s own file only: keys that its repositories may not set.',
      ),
    ),
  },
  {
    ...strict,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Drawbridge configuration',
    ...described(
      'a configuration',
      'write keys such as environments: at the start of a line',
      'The file .drawbridge.yaml.',
    ),
  },
)

/** The document as written, before defaults. */
export type ConfigurationDocument = Static<typeof configurationSchema>
