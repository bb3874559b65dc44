import * as fc from '../../properties.ts'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import { promotedByDefault } from '../../../src/domain/configuration.ts'
import { planPromotion } from '../../../src/features/promotion/plan-promotion.ts'
import type { PromotionToPlan } from '../../../src/features/promotion/promotion-to-plan.ts'

const image = 'registry.shop.example/checkout'

function running(...images: string[]): KubernetesObject[] {
  const containers = images.map((name, index) => ({ name: `c${index}`, image: name }))
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'a' },
      spec: { template: { spec: { containers } } },
    },
  ]
}

interface Sides {
  from?: KubernetesObject[]
  to?: KubernetesObject[]
  valueFiles?: string[]
  pins?: PromotionToPlan['target']['pins']
  isAutomatic?: boolean
}

function plan(
  files: Record<string, string>,
  { from, to, valueFiles = [], pins = [], isAutomatic = false }: Sides = {},
) {
  const side = { folder: 'apps/checkout', entries: [], files: new Map<string, string>() }
  return planPromotion({
    application: 'checkout',
    promoted: promotedByDefault,
    source: { ...side, environment: 'staging', objects: from ?? running(`${image}:1.9.0`) },
    target: {
      ...side,
      environment: 'prod',
      objects: to ?? running(`${image}:1.8.0`),
      files: new Map(Object.entries(files)),
      valueFiles,
      shared: new Set(),
      pins,
      pinned: [],
    },
    isAutomatic,
  })
}

const kustomization = 'apps/checkout/overlays/prod/kustomization.yaml'
const values = 'charts/checkout/values-prod.yaml'
const digest = `sha256:${'a'.repeat(64)}`

describe('planPromotion', () => {
  it.each`
    case                                   | before                                                                 | after
    ${'a plain tag'}                       | ${`images:\n  - name: ${image}\n    newTag: 1.8.0 # keep\n`}           | ${`images:\n  - name: ${image}\n    newTag: 1.9.0 # keep\n`}
    ${'double quotes'}                     | ${`images: [{name: ${image}, newTag: "1.8.0"}]\n`}                     | ${`images: [{name: ${image}, newTag: "1.9.0"}]\n`}
    ${'single quotes, tag first, CRLF'}    | ${`images:\r\n- newTag: '1.8.0'\r\n  name: ${image}\r\n`}              | ${`images:\r\n- newTag: '1.9.0'\r\n  name: ${image}\r\n`}
    ${'a new name'}                        | ${`images:\n- name: checkout\n  newName: ${image}\n  newTag: 1.8.0\n`} | ${`images:\n- name: checkout\n  newName: ${image}\n  newTag: 1.9.0\n`}
    ${'an anchor nobody uses'}             | ${`images:\n- name: ${image}\n  newTag: &t 1.8.0\n`}                   | ${`images:\n- name: ${image}\n  newTag: &t 1.9.0\n`}
    ${'no entry yet: added at the end'}    | ${`resources:\n  - ../../base`}                                        | ${`resources:\n  - ../../base\nimages:\n  - name: ${image}\n    newTag: 1.9.0\n`}
    ${'another entry: added behind it'}    | ${`images:\n- name: x\n  newTag: "1" # x\n# end\nresources: []\n`}     | ${`images:\n- name: x\n  newTag: "1" # x\n- name: ${image}\n  newTag: 1.9.0\n# end\nresources: []\n`}
    ${'a patch in the kustomization, too'} | ${`images:\n- name: other\n  newTag: 1.8.0\n`}                         | ${`images:\n- name: other\n  newTag: 1.8.0\n- name: ${image}\n  newTag: 1.9.0\n`}
  `('kustomize: $case', ({ before, after }) => {
    expect(plan({ [kustomization]: before })).toEqual({
      kind: 'promote',
      moves: [{ kind: 'image', name: image, before: '1.8.0', after: '1.9.0' }],
      files: { [kustomization]: after },
    })
  })

  it.each`
    case                    | before                                                                          | after
    ${'repository and tag'} | ${`image:\n  repository: ${image}\n  tag: '1.8.0'\n`}                           | ${`image:\n  repository: ${image}\n  tag: '1.9.0'\n`}
    ${'a registry apart'}   | ${'image: {registry: registry.shop.example, repository: checkout, tag: 1.8.0}'} | ${'image: {registry: registry.shop.example, repository: checkout, tag: 1.9.0}'}
    ${'the tag alone'}      | ${`image:\n  tag: 1.8.0\nreplicas: 3 # three\n`}                                | ${`image:\n  tag: 1.9.0\nreplicas: 3 # three\n`}
    ${'name and tag'}       | ${`worker:\n  image: "${image}:1.8.0"\n`}                                       | ${`worker:\n  image: "${image}:1.9.0"\n`}
  `('helm: $case', ({ before, after }) => {
    const result = plan(
      { [values]: before, 'charts/checkout/other.yaml': 'image: {tag: 1.8.0}' },
      { valueFiles: [values] },
    )
    expect(result).toMatchObject({ kind: 'promote', files: { [values]: after } })
  })

  it('plain: every manifest of the target that runs it, and nothing that only looks like it', () => {
    const manifest = (version: string) =>
      `# shop\nkind: Deployment\nspec:\n    image: ${image}:${version}   # here\n    env: [{name: IMAGE, value: '${image}:1.8.0'}]\n---\nimage: other:1.8.0\n`
    const result = plan({ 'plain/checkout/prod/a.yaml': manifest('1.8.0') })
    expect(result).toMatchObject({
      kind: 'promote',
      files: { 'plain/checkout/prod/a.yaml': manifest('1.9.0') },
    })
  })

  const bom = '\uFEFF'
  it.each`
    case                                  | text
    ${'a byte order mark, CRLF'}          | ${`${bom}# ü\r\nimage: {repository: ${image}, tag: §}\r\n`}
    ${'line ends of both kinds'}          | ${`a: 1\r\nimage:\n  repository: ${image}\r\n  tag: §\n`}
    ${'no final newline, blanks behind'}  | ${`image:\n    repository: ${image}\n    tag: "§"  \t`}
    ${'directives and markers'}           | ${`%YAML 1.1\n---\n# first\nimage: {repository: ${image}, tag: '§'}\n...\n# after\n`}
    ${'the tag before, far away'}         | ${`image:\n  tag: § # tag: 1.8.0\n  # repository: x\n\n\n  repository: ${image}\n`}
    ${'keys in quotes, a trailing comma'} | ${`{"image": {"repository": "${image}", "tag": "§",},}\n`}
    ${'an explicit key'}                  | ${`? image\n: repository: ${image}\n  tag: §\n`}
    ${'a tag and an anchor of its own'}   | ${`image:\n  repository: ${image}\n  tag: !!str &tag §\n`}
    ${'a mapping that others take whole'} | ${`image: &i\n  repository: ${image}\n  tag: §\nworker:\n  image: *i\n`}
    ${'a block of text that looks alike'} | ${`text: |\n  tag: 1.8.0\nimage:\n  repository: ${image}\n  tag: §\nmore: >-\n  1.8.0\n`}
    ${'a repository over two lines'}      | ${`image:\n  repository: "registry.shop.example/\\\n    checkout"\n  tag: §\n`}
  `('a values file keeps $case', ({ text }) => {
    const result = plan({ [values]: text.replace('§', '1.8.0') }, { valueFiles: [values] })
    expect(result).toMatchObject({ kind: 'promote', files: { [values]: text.replace('§', '1.9.0') } })
  })

  it('a JSON patch keeps its braces', () => {
    const patch = (version: string) =>
      `[{"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "${image}:${version}"}]`
    expect(plan({ 'p/patch.json': patch('1.8.0') })).toMatchObject({
      files: { 'p/patch.json': patch('1.9.0') },
    })
  })

  it('quotes a version that YAML would read as a number', () => {
    const toTen = { from: running(`${image}:1.10`), to: running(`${image}:v1`) }
    const entry = (tag: string) => `images:\n- name: ${image}\n  newTag: ${tag}\n`
    expect(plan({ [kustomization]: entry('v1') }, toTen)).toMatchObject({
      files: { [kustomization]: entry('"1.10"') },
    })
  })

  it('carries a digest, also where a tag was', () => {
    const toDigest = { from: running(`${image}@${digest}`) }
    const entry = (version: string) => `images:\n- name: ${image}\n  ${version} # v\n`
    expect(plan({ [kustomization]: entry('newTag: 1.8.0') }, toDigest)).toMatchObject({
      files: { [kustomization]: entry(`digest: ${digest}`) },
    })
    const manifest = (version: string) => `image: ${image}${version}\n`
    expect(plan({ 'a.yaml': manifest(':1.8.0') }, toDigest)).toMatchObject({
      files: { 'a.yaml': manifest(`@${digest}`) },
    })
  })

  it.each`
    case                                        | files                                                                                         | rest                                                                        | kind            | text
    ${'the same version'}                       | ${{}}                                                                                         | ${{ from: running(`${image}:1.8.0`) }}                                      | ${'nothing'}    | ${'runs the versions of staging already'}
    ${'an image that does not run there'}       | ${{}}                                                                                         | ${{ from: running('other:2') }}                                             | ${'nothing'}    | ${'already'}
    ${'no file of its own'}                     | ${{}}                                                                                         | ${{}}                                                                       | ${'impossible'} | ${'no file that belongs to prod alone'}
    ${'an alias'}                               | ${{ [kustomization]: `x: &v 1.8.0\nimages: [{name: ${image}, newTag: *v}]\n` }}               | ${{}}                                                                       | ${'impossible'} | ${'no file'}
    ${'an anchor used elsewhere'}               | ${{ [kustomization]: `images:\n- name: ${image}\n  newTag: &v 1.8.0\nx: *v\n` }}              | ${{}}                                                                       | ${'impossible'} | ${'no file'}
    ${'what others merge and change'}           | ${{ [values]: `image: &i {repository: ${image}, tag: 1.8.0}\nx: {<<: *i, repository: y}\n` }} | ${{ valueFiles: [values] }}                                                 | ${'impossible'} | ${'no file'}
    ${'two versions in the source'}             | ${{ [kustomization]: '' }}                                                                    | ${{ from: running(`${image}:1`, `${image}:2`) }}                            | ${'impossible'} | ${'more than one version'}
    ${'no version in the source'}               | ${{ [kustomization]: '' }}                                                                    | ${{ from: running(image) }}                                                 | ${'impossible'} | ${'without a version'}
    ${'a version that is no version'}           | ${{ [kustomization]: '' }}                                                                    | ${{ from: running(`${image}:1 evil`) }}                                     | ${'impossible'} | ${'none that can be named'}
    ${'two images of one version, tag alone'}   | ${{ [values]: 'image: {tag: 1.8.0}' }}                                                        | ${{ valueFiles: [values], to: running(`${image}:1.8.0`, 'sidecar:1.8.0') }} | ${'impossible'} | ${'no file'}
    ${'a tag that is not the one that runs'}    | ${{ [values]: `image: {repository: ${image}, tag: 1.7.0}` }}                                  | ${{ valueFiles: [values] }}                                                 | ${'impossible'} | ${'no file'}
    ${'an image that is not the one that runs'} | ${{ [values]: `image: ${image}:1.7.0` }}                                                      | ${{ valueFiles: [values] }}                                                 | ${'impossible'} | ${'no file'}
    ${'two places for a tag alone'}             | ${{ [values]: 'image: {tag: 1.8.0}\ninitImage: {tag: 1.8.0}' }}                               | ${{ valueFiles: [values] }}                                                 | ${'impossible'} | ${'no file'}
  `('$case → $kind', ({ files, rest, kind, text }) => {
    const result = plan(files, rest)
    expect(result.kind).toBe(kind)
    expect(JSON.stringify(result)).toContain(text)
  })

  it.each`
    case                      | pin                                                   | kind
    ${'the version to bring'} | ${{ images: { [image]: '1.9.0' } }}                   | ${'pinned'}
    ${'another version'}      | ${{ images: { [image]: '1.7.0' } }}                   | ${'promote'}
    ${'another environment'}  | ${{ images: { [image]: '1.9.0' }, environment: 'x' }} | ${'promote'}
    ${'another application'}  | ${{ images: { [image]: '1.9.0' }, application: 'x' }} | ${'promote'}
  `('a pin on $case → $kind', ({ pin, kind }) => {
    const whole = {
      application: 'checkout',
      environment: 'prod',
      reason: 'burnt the SLO',
      by: 'drawbridge',
      at: 0,
      ...pin,
    }
    for (const isAutomatic of [true, false]) {
      expect(plan({ [kustomization]: 'resources: []' }, { pins: [whole], isAutomatic }).kind).toBe(kind)
    }
  })

  it('a pin on one of the versions to bring keeps all of them back', () => {
    const sidecar = 'registry.shop.example/sidecar'
    const pin = {
      application: 'checkout',
      environment: 'prod',
      reason: 'burnt the SLO',
      by: 'drawbridge',
      at: 0,
    }
    const sides = {
      from: running(`${image}:1.9.0`, `${sidecar}:2`),
      to: running(`${image}:1.8.0`, `${sidecar}:1`),
    }
    for (const [name, version] of [
      [image, '1.9.0'],
      [sidecar, '2'],
    ] as const) {
      const pins = [{ ...pin, images: { [name]: version } }]
      expect(plan({ [kustomization]: '' }, { ...sides, pins }).kind).toBe('pinned')
    }
  })

  it('changes only the target scalar, whatever surrounds it', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/)
    const comment = fc.stringMatching(/^[ -~]{0,20}$/)
    const noise = fc.oneof(
      fc
        .record({ key: word, comment })
        .map(({ key, comment }) => `x-${key}: &${key} { b: [1,2], 'c':  "d" }   # ${comment}`),
      comment.map((text) => `# ${text} newTag: 1.8.0`),
      fc.constant(''),
      word.map((key) => `y-${key}: |\n    image: ${image}:1.8.0\n    text`),
    )
    const document = fc.record({
      before: fc.array(noise, { maxLength: 4 }),
      after: fc.array(noise, { maxLength: 4 }),
      others: fc.array(word, { maxLength: 3 }),
      indent: fc.constantFrom('', '  ', '    '),
      quote: fc.constantFrom('', '"', "'"),
      eol: fc.constantFrom('\n', '\r\n'),
      tail: fc.constantFrom('', '   # the version', ' #'),
    })
    fc.assert(
      fc.property(document, ({ before, after, others, indent, quote, eol, tail }) => {
        const text = (version: string) =>
          [
            ...before,
            'images:',
            ...others.flatMap((name) => [`${indent}- name: other/${name}`, `${indent}  newTag: 1.8.0`]),
            `${indent}- newTag: ${quote}${version}${quote}${tail}`,
            `${indent}  name: ${image}`,
            ...after,
          ].join(eol)
        fc.pre(parseDocument(text('1.8.0')).errors.length === 0)
        expect(plan({ [kustomization]: text('1.8.0') })).toMatchObject({
          files: { [kustomization]: text('1.9.0') },
        })
      }),
      { numRuns: 300, seed: 7 },
    )
  })
})
