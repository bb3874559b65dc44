import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { findFields } from '../../../src/features/rendering/find-fields.ts'
import { sourceLine } from '../../../src/features/rendering/source-line.ts'
import { repositoryOf } from './repository-of.ts'

function aSource(source: Partial<RenderSource> = {}): RenderSource {
  return {
    application: 'checkout',
    environment: 'prod',
    clusters: ['prod-eu'],
    renderer: 'plain',
    path: '.',
    valueFiles: [],
    files: [],
    because: '',
    ...source,
  }
}

/** A Deployment as people write it; `more` is put below the container. */
function deployment(name: string, image: string, more = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  template:
    spec:
      containers:
        - name: web
          image: ${image}
${more}`
}

const sidecar = '        - name: proxy\n          image: proxy:1\n'
const service = 'apiVersion: v1\nkind: Service\nmetadata:\n  name: checkout\nspec:\n  type: NodePort\n'

function rendered(
  change: {
    name?: string
    namespace?: string
    image?: string
    replicas?: number
    containers?: object[]
  } = {},
): KubernetesObject {
  const { name = 'checkout', namespace, image = 'shop:1', replicas = 1 } = change
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(namespace && { namespace }) },
    spec: {
      replicas,
      template: { spec: { containers: change.containers ?? [{ name: 'web', image }] } },
    },
  }
}

interface Row {
  texts: Record<string, string>
  object?: KubernetesObject
  field?: string
  message?: string
  source?: Partial<RenderSource>
  place: string | undefined
}

function placeOf({ texts, object = rendered(), field, message = 'web', source }: Row): string | undefined {
  const place = sourceLine(
    { source: aSource(source), object, fields: field === undefined ? [] : [field], message },
    repositoryOf(texts),
  )
  return place && `${place.path}:${place.line}`
}

const image = 'containers[*].image'
const memory = 'containers[*].resources.limits.memory'
const two = [
  { name: 'web', image: 'shop:1' },
  { name: 'proxy', image: 'proxy:1' },
]

/**
 * what is written                         | line
 * the rendered value, in one place        | of that value
 * another value: something else set it    | of the object
 * nothing, but the item it is missing in  | of the item
 * the object in two places, or in none    | none
 */
describe('the line of plain objects', () => {
  const plain = (path = 'a.yaml') => ({ renderer: 'plain' as const, path: '.', files: [path] })
  const rows: [string, Row][] = [
    [
      'of the object where no field is known',
      { texts: { 'a.yaml': deployment('checkout', 'shop:1') }, place: 'a.yaml:1' },
    ],
    [
      'of the field',
      { texts: { 'a.yaml': deployment('checkout', 'shop:1') }, field: image, place: 'a.yaml:11' },
    ],
    [
      'of the second document',
      {
        texts: { 'a.yaml': `${service}---\n${deployment('checkout', 'shop:1')}` },
        field: image,
        place: 'a.yaml:18',
      },
    ],
    [
      'of the second object',
      { texts: { 'a.yaml': `${service}---\n${deployment('checkout', 'shop:1')}` }, place: 'a.yaml:8' },
    ],
    [
      'below comments',
      { texts: { 'a.yaml': `# ours\n\n${deployment('checkout', 'shop:1')}` }, place: 'a.yaml:3' },
    ],
    [
      'of another field',
      { texts: { 'a.yaml': deployment('checkout', 'shop:1') }, field: 'spec.replicas', place: 'a.yaml:6' },
    ],
    [
      'of the container in which something is missing',
      { texts: { 'a.yaml': deployment('checkout', 'shop:1') }, field: memory, place: 'a.yaml:10' },
    ],
    [
      'of the container that the message names',
      {
        texts: { 'a.yaml': deployment('checkout', 'shop:1', sidecar) },
        object: rendered({ containers: two }),
        field: image,
        message: 'image proxy:1 has no tag',
        place: 'a.yaml:13',
      },
    ],
    [
      'of the object where the message names none of two',
      {
        texts: { 'a.yaml': deployment('checkout', 'shop:1', sidecar) },
        object: rendered({ containers: two }),
        field: image,
        message: 'an image',
        place: 'a.yaml:1',
      },
    ],
    [
      'of the object where another value was rendered',
      { texts: { 'a.yaml': deployment('checkout', 'shop:0') }, field: image, place: 'a.yaml:1' },
    ],
    [
      'of a mapping as a whole',
      { texts: { 'a.yaml': deployment('checkout', 'shop:1') }, field: 'spec.template', place: 'a.yaml:7' },
    ],
    [
      'none where two define it',
      {
        texts: { 'a.yaml': `${deployment('checkout', 'shop:1')}---\n${deployment('checkout', 'shop:1')}` },
        place: undefined,
      },
    ],
    ['none where nobody does', { texts: { 'a.yaml': service }, place: undefined }],
    ['none in what is not YAML', { texts: { 'a.yaml': 'a: [\n' }, place: undefined }],
    [
      'none of another kind of that name',
      {
        texts: { 'a.yaml': deployment('checkout', 'shop:1').replace('Deployment', 'StatefulSet') },
        place: undefined,
      },
    ],
    [
      'none in another namespace',
      {
        texts: {
          'a.yaml': deployment('checkout', 'shop:1').replace(
            'name: checkout',
            'name: checkout\n  namespace: b',
          ),
        },
        object: rendered({ namespace: 'a' }),
        place: undefined,
      },
    ],
    [
      'of the object in its namespace',
      {
        texts: {
          'a.yaml': deployment('checkout', 'shop:1').replace(
            'name: checkout',
            'name: checkout\n  namespace: a',
          ),
        },
        object: rendered({ namespace: 'a' }),
        field: image,
        place: 'a.yaml:12',
      },
    ],
  ]
  it.each(rows)('%s', (_, row) => {
    expect(placeOf({ source: plain(), ...row })).toBe(row.place)
  })
})

describe('the line of a kustomization’s objects', () => {
  const overlay = (text: string, base = deployment('checkout', 'shop:1')) => ({
    'base/kustomization.yaml': 'resources:\n  - deployment.yaml\n',
    'base/deployment.yaml': base,
    'prod/kustomization.yaml': `resources:\n  - ../base\n${text}`,
  })
  const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: checkout\nspec:\n  replicas: 3\n'
  const rows: [string, Row][] = [
    ['of the field in the base', { texts: overlay(''), field: image, place: 'base/deployment.yaml:11' }],
    ['of the object in the base', { texts: overlay(''), place: 'base/deployment.yaml:1' }],
    [
      'of an object with a prefix',
      {
        texts: overlay('namePrefix: eu-\n'),
        object: rendered({ name: 'eu-checkout' }),
        field: image,
        place: 'base/deployment.yaml:11',
      },
    ],
    [
      'of an object in a namespace given by the overlay',
      {
        texts: overlay('namespace: shop\n'),
        object: rendered({ namespace: 'shop' }),
        field: image,
        place: 'base/deployment.yaml:11',
      },
    ],
    [
      'of a new tag',
      {
        texts: overlay('images:\n  - name: shop\n    newTag: "2"\n'),
        object: rendered({ image: 'shop:2' }),
        field: image,
        place: 'prod/kustomization.yaml:5',
      },
    ],
    [
      'of a new name and tag',
      {
        texts: overlay('images:\n  - name: shop\n    newName: eu/shop\n    newTag: "2"\n'),
        object: rendered({ image: 'eu/shop:2' }),
        field: image,
        place: 'prod/kustomization.yaml:6',
      },
    ],
    [
      'of a digest',
      {
        texts: overlay('images:\n  - name: shop\n    digest: sha256:aa\n'),
        object: rendered({ image: 'shop@sha256:aa' }),
        field: image,
        place: 'prod/kustomization.yaml:5',
      },
    ],
    [
      'of replicas',
      {
        texts: overlay('replicas:\n  - name: checkout\n    count: 4\n'),
        object: rendered({ replicas: 4 }),
        field: 'spec.replicas',
        place: 'prod/kustomization.yaml:5',
      },
    ],
    [
      'of a patch’s field',
      {
        texts: { ...overlay('patches:\n  - path: more.yaml\n'), 'prod/more.yaml': patch },
        object: rendered({ replicas: 3 }),
        field: 'spec.replicas',
        place: 'prod/more.yaml:6',
      },
    ],
    [
      'of an inline patch’s field',
      {
        texts: overlay(`patches:\n  - patch: |-\n${patch.replaceAll(/^(?=.)/gm, '      ')}`),
        object: rendered({ replicas: 3 }),
        field: 'spec.replicas',
        place: 'prod/kustomization.yaml:10',
      },
    ],
    [
      'of the base where the patch sets another field',
      {
        texts: { ...overlay('patches:\n  - path: more.yaml\n'), 'prod/more.yaml': patch },
        object: rendered({ replicas: 3 }),
        field: image,
        place: 'base/deployment.yaml:11',
      },
    ],
    [
      'of the object, never of the patch, where no field is known',
      {
        texts: { ...overlay('patches:\n  - path: more.yaml\n'), 'prod/more.yaml': patch },
        object: rendered({ replicas: 3 }),
        place: 'base/deployment.yaml:1',
      },
    ],
    [
      'of the object where something set the field that we cannot read',
      {
        texts: overlay(''),
        object: rendered({ replicas: 9 }),
        field: 'spec.replicas',
        place: 'base/deployment.yaml:1',
      },
    ],
    [
      'none where two bases have the object',
      {
        texts: {
          ...overlay('  - ../other\n'),
          'other/kustomization.yaml': 'resources:\n  - deployment.yaml\n',
          'other/deployment.yaml': deployment('checkout', 'shop:1'),
        },
        place: undefined,
      },
    ],
    [
      'of the exact name among names that fit',
      {
        texts: {
          ...overlay(
            '',
            `${deployment('checkout', 'shop:1')}---\n${deployment('checkout-worker', 'shop:1')}`,
          ),
        },
        object: rendered({ name: 'checkout-worker' }),
        field: image,
        place: 'base/deployment.yaml:23',
      },
    ],
  ]
  it.each(rows)('%s', (_, row) => {
    expect(placeOf({ source: { renderer: 'kustomize', path: 'prod' }, ...row })).toBe(row.place)
  })
})

describe('the line of a chart’s objects', () => {
  const chart = (values: string, prod = '') => ({
    'chart/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
    'chart/values.yaml': values,
    'chart/templates/deployment.yaml': '{{- if true }}\napiVersion: apps/v1\nkind: Deployment\n{{- end }}\n',
    'chart/templates/service.yaml': 'apiVersion: v1\nkind: Service\n',
    'prod.yaml': prod,
  })
  const rows: [string, Row][] = [
    [
      'of the tag in the last values file',
      {
        texts: chart('image:\n  tag: "1"\n', '# prod\nimage:\n  tag: "1"\n'),
        field: image,
        place: 'prod.yaml:3',
      },
    ],
    [
      'of the tag in the chart’s own values',
      { texts: chart('image:\n  name: shop\n  tag: "1"\n'), field: image, place: 'chart/values.yaml:3' },
    ],
    ['of a whole image', { texts: chart('image: shop:1\n'), field: image, place: 'chart/values.yaml:1' }],
    [
      'of a count by its name',
      {
        texts: chart('a: 3\nreplicaCount: 3\n'),
        object: rendered({ replicas: 3 }),
        field: 'spec.replicas',
        place: 'chart/values.yaml:2',
      },
    ],
    [
      'of the template where two values fit',
      {
        texts: chart('a:\n  tag: "1"\nb:\n  tag: "1"\n'),
        field: image,
        place: 'chart/templates/deployment.yaml:3',
      },
    ],
    [
      'of the template where no value fits',
      {
        texts: chart('replicaCount: 3\n'),
        object: rendered({ replicas: 4 }),
        field: 'spec.replicas',
        place: 'chart/templates/deployment.yaml:3',
      },
    ],
    [
      'of the template where no field is known',
      { texts: chart(''), place: 'chart/templates/deployment.yaml:3' },
    ],
    [
      'of the template whose file is named so, among two',
      {
        texts: { ...chart(''), 'chart/templates/more.yaml': 'kind: Deployment\n' },
        place: 'chart/templates/deployment.yaml:3',
      },
    ],
    [
      'none where two templates could be it',
      {
        texts: { ...chart(''), 'chart/templates/deployment-2.yaml': 'kind: Deployment\n' },
        place: undefined,
      },
    ],
  ]
  it.each(rows)('%s', (_, row) => {
    expect(placeOf({ source: { renderer: 'helm', path: 'chart', valueFiles: ['prod.yaml'] }, ...row })).toBe(
      row.place,
    )
  })

  it('is none for what other tools render', () => {
    expect(
      placeOf({ source: { renderer: 'jsonnet', path: 'a' }, texts: {}, place: undefined }),
    ).toBeUndefined()
  })
})

describe('findFields', () => {
  it('finds the same field in a Pod, a Deployment and a CronJob', () => {
    const spec = { containers: [{ name: 'web', image: 'shop:1' }] }
    const objects = [
      { spec },
      { spec: { template: { spec } } },
      { spec: { jobTemplate: { spec: { template: { spec } } } } },
    ]
    const found = objects.map((object) => findFields(object as never, [image]).map((steps) => steps.length))
    expect(found).toEqual([[4], [6], [8]])
  })
})
