import { describe, expect, it } from 'vitest'
import type { KustomizeEdits } from '../../../src/domain/kustomize-edits.ts'
import { editKustomization } from '../../../src/features/rendering/edit-kustomization.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { parseKubernetesYaml } from '../../../src/features/rendering/kubernetes-yaml.ts'
import { indexRepository } from '../../../src/features/rendering/repository-index.ts'
import { deployment, repositoryOf } from './repository-of.ts'

const edit = (edits: KustomizeEdits, texts: Record<string, string>) => {
  const files = repositoryOf(texts)
  const edited = editKustomization({ path: 'app', edits }, files, indexRepository(files))
  return edited && { ...edited, data: parseKubernetesYaml(edited.text) as Record<string, unknown> }
}

/** The kustomization `before`, as `edits` alone leave it. */
const edited = (by: KustomizeEdits['by'], { before, edits }: Record<string, unknown>) =>
  edit({ by, ...(edits as object) }, { 'app/kustomization.yaml': JSON.stringify(before) })?.data

describe('Argo CD, as `kustomize edit` does it', () => {
  const [one, two] = [
    { name: 'web', newTag: '1' },
    { name: 'web', newName: 'registry/web' },
  ]
  it.each`
    case                                    | before                                       | edits                                                                                    | after
    ${'namespace, prefix and suffix'}       | ${{ namespace: 'a', namePrefix: 'b-' }}      | ${{ namespace: 'x', namePrefix: 'y-', nameSuffix: '-z' }}                                | ${{ namespace: 'x', namePrefix: 'y-', nameSuffix: '-z' }}
    ${'an image takes the whole place'}     | ${{ images: [one] }}                         | ${{ images: [two] }}                                                                     | ${{ images: [two] }}
    ${'an image keeps what * stands for'}   | ${{ images: [one] }}                         | ${{ images: [{ ...two, newTag: '*' }] }}                                                 | ${{ images: [{ ...two, newTag: '1' }] }}
    ${'* stands for nothing where none is'} | ${{}}                                        | ${{ images: [{ ...two, newTag: '*' }] }}                                                 | ${{ images: [two] }}
    ${'images are sorted by name'}          | ${{ images: [one] }}                         | ${{ images: [{ name: 'api', newTag: '2' }] }}                                            | ${{ images: [{ name: 'api', newTag: '2' }, one] }}
    ${'imageTags are images'}               | ${{ imageTags: [one] }}                      | ${{ images: [two] }}                                                                     | ${{ images: [two] }}
    ${'bases are resources'}                | ${{ resources: ['a'], bases: ['b'] }}        | ${{ namespace: 'x' }}                                                                    | ${{ resources: ['a', 'b'] }}
    ${'replicas by name'}                   | ${{ replicas: [{ name: 'web', count: 1 }] }} | ${{ replicas: [{ name: 'web', count: 3 }] }}                                             | ${{ replicas: [{ name: 'web', count: 3 }] }}
    ${'patches are appended'}               | ${{ patches: [{ path: 'p.yaml' }] }}         | ${{ patches: [{ patch: 'p', target: { kind: 'A' } }] }}                                  | ${{ patches: [{ path: 'p.yaml' }, { patch: 'p', target: { kind: 'A' } }] }}
    ${'components, each once'}              | ${{ components: ['../tls'] }}                | ${{ components: ['tls', 'parts/log', 'app/own'] }}                                       | ${{ components: ['../tls', '../parts/log', './own'] }}
    ${'labels with selectors'}              | ${{ commonLabels: { a: '1' } }}              | ${{ labels: [{ pairs: { b: '2' }, includeSelectors: true, includeTemplates: false }] }}  | ${{ commonLabels: { a: '1', b: '2' } }}
    ${'labels without selectors'}           | ${{}}                                        | ${{ labels: [{ pairs: { b: '2' }, includeSelectors: false, includeTemplates: false }] }} | ${{ labels: [{ pairs: { b: '2' } }] }}
    ${'labels join those of their kind'}    | ${{ labels: [{ pairs: { a: '1' } }] }}       | ${{ labels: [{ pairs: { b: '2' }, includeSelectors: false, includeTemplates: false }] }} | ${{ labels: [{ pairs: { a: '1', b: '2' } }] }}
    ${'labels of templates stand apart'}    | ${{ labels: [{ pairs: { a: '1' } }] }}       | ${{ labels: [{ pairs: { b: '2' }, includeSelectors: false, includeTemplates: true }] }}  | ${{ labels: [{ pairs: { a: '1' } }, { pairs: { b: '2' }, includeTemplates: true }] }}
    ${'annotations'}                        | ${{ commonAnnotations: { a: '1' } }}         | ${{ annotations: { b: '2' } }}                                                           | ${{ commonAnnotations: { a: '1', b: '2' } }}
    ${'forced over what is there'}          | ${{ commonAnnotations: { a: '1' } }}         | ${{ annotations: { a: '2' }, areAnnotationsForced: true }}                               | ${{ commonAnnotations: { a: '2' } }}
  `('$case', (row: Record<string, unknown>) => {
    expect(edited('argocd', row)).toMatchObject(row.after as object)
  })

  it.each([
    ['annotation', { commonAnnotations: { a: '1' } }, { annotations: { a: '2' } }],
    [
      'label',
      { commonLabels: { a: '1' } },
      { labels: [{ pairs: { a: '2' }, includeSelectors: true, includeTemplates: false }] },
    ],
  ])('refuses an %s that is there already', (kind, before, edits) => {
    const done = edit({ by: 'argocd', ...edits }, { 'app/kustomization.yaml': JSON.stringify(before) })
    expect(done?.problems).toMatchObject([{ code: 'KUSTOMIZE_EDIT_REFUSED', path: 'app/kustomization.yaml' }])
    expect(done?.problems[0]?.message).toContain(`the ${kind} a is in the kustomization already`)
  })

  it('makes no kustomization up', () => {
    expect(edit({ by: 'argocd', namespace: 'x' }, { 'app/a.yaml': deployment('a') })).toBeUndefined()
  })
})

describe('Flux', () => {
  const resources = ['a.yaml']
  it.each`
    case                                   | before                                                        | edits                                                     | after
    ${'namespace, prefix and suffix'}      | ${{ resources, namespace: 'a' }}                              | ${{ namespace: 'x', namePrefix: 'y-', nameSuffix: '-z' }} | ${{ namespace: 'x', namePrefix: 'y-', nameSuffix: '-z' }}
    ${'an image keeps what is not given'}  | ${{ resources, images: [{ name: 'w', newTag: '1' }] }}        | ${{ images: [{ name: 'w', newName: 'r/w' }] }}            | ${{ images: [{ name: 'w', newName: 'r/w', newTag: '1' }] }}
    ${'a tag takes the place of a digest'} | ${{ resources, images: [{ name: 'w', digest: 'sha256:1' }] }} | ${{ images: [{ name: 'w', newTag: '2' }] }}               | ${{ images: [{ name: 'w', newTag: '2', digest: '' }] }}
    ${'a digest takes the place of a tag'} | ${{ resources, images: [{ name: 'w', newTag: '1' }] }}        | ${{ images: [{ name: 'w', digest: 'sha256:2' }] }}        | ${{ images: [{ name: 'w', newTag: '', digest: 'sha256:2' }] }}
    ${'other images are appended'}         | ${{ resources, images: [{ name: 'z', newTag: '1' }] }}        | ${{ images: [{ name: 'a', newTag: '2' }] }}               | ${{ images: [{ name: 'z', newTag: '1' }, { name: 'a', newTag: '2' }] }}
    ${'patches are appended'}              | ${{ resources, patches: [{ path: 'p.yaml' }] }}               | ${{ patches: [{ patch: 'p' }] }}                          | ${{ patches: [{ path: 'p.yaml' }, { patch: 'p' }] }}
    ${'components are appended'}           | ${{ resources, components: ['../tls'] }}                      | ${{ components: ['parts/log'] }}                          | ${{ components: ['../tls', '../parts/log'] }}
    ${'nothing counts as empty'}           | ${{ components: ['../tls'] }}                                 | ${{}}                                                     | ${{ buildMetadata: ['originAnnotations'] }}
    ${'its own annotations of the build'}  | ${{ components: ['../tls'] }}                                 | ${{ buildMetadata: ['transformerAnnotations'] }}          | ${{ buildMetadata: ['transformerAnnotations'] }}
  `('$case', (row: Record<string, unknown>) => {
    expect(edited('flux', row)).toMatchObject(row.after as object)
  })

  it('drops fields that are none of a kustomization', () => {
    const texts = { 'app/kustomization.yaml': 'resources: [a.yaml]\nnonsense: 1\nNamePrefix: b-\n' }
    expect(edit({ by: 'flux' }, texts)?.data).toEqual({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: ['a.yaml'],
      NamePrefix: 'b-',
    })
  })

  it('makes up a kustomization of all YAML files below, and of folders with one of their own', () => {
    const done = edit(
      { by: 'flux', namespace: 'x' },
      {
        'app/b.yml': deployment('b'),
        'app/deep/er/a.yaml': deployment('a'),
        'app/own/kustomization.yml': 'resources: [c.yaml]',
        'app/own/c.yaml': deployment('c'),
        'app/own/deeper/d.yaml': deployment('d'),
        'app/.hidden/e.yaml': deployment('e'),
        'app/.github/f.yaml': deployment('f'),
        'app/g.json': '{}',
        'app/h.txt': '',
        'app/i.yaml': '-> b.yml',
        'app/skip/j.yaml': deployment('j'),
        '.sourceignore': 'skip/',
        'other/k.yaml': deployment('k'),
      },
    )
    expect(done?.path).toBe('app/kustomization.yaml')
    expect(done?.data).toMatchObject({
      namespace: 'x',
      resources: ['./.hidden/e.yaml', './b.yml', './deep/er/a.yaml', './own'],
    })
  })

  it('makes up an empty one where there is nothing', () => {
    expect(edit({ by: 'flux' }, { 'app/a.txt': '' })?.data).toMatchObject({ namespace: '_placeholder' })
  })
})

describe('what an edited kustomization reads', () => {
  const source = (edits: KustomizeEdits) => ({
    application: 'app',
    environment: 'dev',
    clusters: ['dev'],
    renderer: 'kustomize' as const,
    path: 'app',
    valueFiles: [],
    files: [],
    because: '',
    edits,
  })

  it('follows components that the delivery adds', () => {
    const files = repositoryOf({
      'app/kustomization.yaml': 'resources: [a.yaml]',
      'app/a.yaml': deployment('a'),
      'tls/kustomization.yaml': 'kind: Component\nresources: [t.yaml]',
      'tls/t.yaml': deployment('t'),
    })
    for (const by of ['argocd', 'flux'] as const) {
      expect(inputClosure(source({ by, components: ['tls'] }), files)).toEqual({
        paths: ['app/a.yaml', 'app/kustomization.yaml', 'tls/kustomization.yaml', 'tls/t.yaml'],
        problems: [],
      })
    }
  })

  it('reads files of a made-up one, and what decides which these are', () => {
    const files = repositoryOf({
      '.sourceignore': 'b.yaml',
      'app/a.yaml': deployment('a'),
      'app/b.yaml': deployment('b'),
    })
    expect(inputClosure(source({ by: 'flux' }), files)).toEqual({
      paths: ['.sourceignore', 'app/a.yaml'],
      problems: [],
    })
  })

  it('lets Flux read files outside of the folder, as Flux does', () => {
    const files = repositoryOf({
      'app/kustomization.yaml': 'resources: [../other/a.yaml]',
      'other/a.yaml': deployment('a'),
    })
    expect(inputClosure(source({ by: 'flux' }), files).problems).toEqual([])
    expect(inputClosure(source({ by: 'argocd' }), files).problems).toMatchObject([
      { code: 'KUSTOMIZE_OUTSIDE_ROOT', path: 'app/kustomization.yaml', line: 1 },
    ])
  })
})
