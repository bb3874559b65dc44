import { Type } from 'typebox'
import { conflictAnswers } from '../../../domain/configuration.ts'
import { described, strict, list, text, name, oneOf } from './schema-parts.ts'

const dependencySchema = Type.Object(
  {
    application: text(200, 'The application that must be healthy first.'),
    environment: Type.Optional(name('an environment', 'Its environment; the same when absent.')),
    cluster: Type.Optional(
      name('a cluster', 'Its cluster; when absent the same, or all of its clusters where it is not there.'),
    ),
  },
  { ...strict, ...described('a dependency', 'write { application: database }', '') },
)

const conflictSchema = Type.Object(
  {
    managers: list(
      text(200, 'A field manager, or a pattern with *.'),
      'field managers',
      'Who owns the field.',
    ),
    fields: Type.Optional(
      list(
        text(300, 'The beginning of a field, as spec.replicas.'),
        'fields',
        'Which; every field when absent.',
      ),
    ),
    kinds: Type.Optional(list(text(100, 'A kind.'), 'kinds', 'Of which kinds; every kind when absent.')),
    answer: oneOf(
      [...conflictAnswers],
      'Our value, theirs (the field is not applied), or the release stops.',
    ),
  },
  { ...strict, ...described('a rule for conflicts', 'write { managers: [robot], answer: yield }', '') },
)

const fieldSchema = Type.Union(
  [
    Type.String({ minLength: 1, maxLength: 500 }),
    Type.Array(Type.Union([Type.String({ maxLength: 300 }), Type.Integer({ minimum: 0 })]), {
      minItems: 1,
      maxItems: 50,
    }),
  ],
  described(
    'a field',
    'write server.logLevel, or a list where a key has a dot: [data, app.conf]',
    'The way to one value: keys, and indexes of lists, between dots.',
  ),
)

const promotedSchema = Type.Union(
  [
    Type.Enum(['images', 'charts']),
    Type.Object(
      { file: text(500, 'A file, from the application’s folder.'), field: fieldSchema },
      { ...strict, description: 'One value of one file.' },
    ),
    Type.Object(
      {
        folder: text(500, 'A folder, from the application’s folder; "." is that itself.'),
        except: Type.Optional(
          list(text(500, 'A file or folder in it.'), 'paths', 'What each environment keeps for itself.'),
        ),
      },
      { ...strict, description: 'Every file of a folder.' },
    ),
  ],
  described(
    'something that can be promoted',
    'write images, charts, { file: settings.yaml, field: log.level } or { folder: flags }',
    'Images, charts, one value, or a whole folder.',
  ),
)

export const applicationSchema = Type.Object(
  {
    path: text(500, 'Where applications live; {application} and {environment} stand for their names.'),
    valueFiles: Type.Optional(
      list(
        text(500, 'A file relative to the chart.'),
        'files',
        'Helm: values files; by convention when absent.',
      ),
    ),
    namespace: Type.Optional(name('a namespace', 'The namespace for objects that name none.')),
    renderer: Type.Optional(
      Type.String({
        maxLength: 80,
        pattern: '^(kustomize|helm|plain|jsonnet|ytt|plugin/[a-z0-9]+(-[a-z0-9]+)*)$',
        ...described(
          'a renderer',
          'write kustomize, helm, plain, jsonnet, ytt or plugin/NAME',
          'What renders the folders that match; found out when absent.',
        ),
      }),
    ),
    inputs: Type.Optional(
      list(
        text(500, 'A pattern with * for any text, from the root of the repository.'),
        'patterns',
        'Plug-ins: files outside of the folder that are read.',
      ),
    ),
    conflicts: Type.Optional(
      list(conflictSchema, 'rules', 'What is done where others own fields that are applied.'),
    ),
    promote: Type.Optional(
      list(promotedSchema, 'things', 'What a promotion carries; [images, charts] when absent.'),
    ),
    dependsOn: Type.Optional(
      list(dependencySchema, 'dependencies', 'What must be healthy before these applications are applied.'),
    ),
  },
  { ...strict, ...described('an application rule', 'write - path: apps/{application}/{environment}', '') },
)
