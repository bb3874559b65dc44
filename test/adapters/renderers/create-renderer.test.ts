import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RenderSource } from '../../../src/domain/rendered-target.ts'
import { createRenderer } from '../../../src/adapters/renderers/create-renderer.ts'
import { programs } from '../../programs.ts'
import { systemClock } from '../../../src/adapters/system/system-clock.ts'
import { systemRandom } from '../../../src/adapters/system/system-random.ts'
import type { ChildProcesses } from '../../../src/ports/child-process.ts'
import type { Renderer } from '../../../src/ports/renderer.ts'
import type { Log } from '../../../src/ports/log.ts'
import type { Cache } from '../../../src/ports/store.ts'
import { inputClosure } from '../../../src/features/rendering/input-closure.ts'
import { asMapping } from '../../../src/features/discovery/fields.ts'
import { deployment, repositoryOf } from '../../features/rendering/repository-of.ts'
import { memoryRepository } from './memory-repository.ts'

const quiet: Log = { child: () => quiet, debug() {}, info() {}, warn() {}, error() {} }
const onLinux = process.platform === 'linux' && process.arch === 'x64'
const source: RenderSource = {
  application: 'shop',
  environment: 'dev',
  clusters: ['dev'],
  renderer: 'kustomize',
  path: 'app',
  valueFiles: [],
  files: [],
  because: '',
}
const overlay = {
  'base/kustomization.yaml': 'resources: [d.yaml]',
  'base/d.yaml': deployment('cart'),
  'app/kustomization.yaml': 'namePrefix: dev-\nresources: [../base]\n',
}
const chart = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/values.yaml': 'replicas: 1\n',
  'chart/values-prod.yaml': 'replicas: 3\n',
  'chart/templates/d.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}\ndata: {replicas: "{{ .Values.replicas }}", extra: "{{ .Values.extra }}"}\n',
  'chart/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hook, annotations: {helm.sh/hook: pre-install}}\n',
  'chart/templates/test.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\n',
  'chart/crds/c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: definition}\n',
}

describe.runIf(onLinux)('the renderer with the pinned tools', () => {
  let folder = ''
  let runs = 0
  const system = programs
  const counting: ChildProcesses = {
    ...system,
    run: (command) => {
      runs += 1
      return system.run(command)
    },
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-renderer-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const made = new Map<string, Renderer>()
  const shared = (searchPath?: string[]) => {
    const key = String(searchPath)
    const renderer = made.get(key) ?? create({ searchPath })
    made.set(key, renderer)
    return renderer
  }
  const create = (more: { searchPath?: string[]; cache?: Cache } = {}) =>
    createRenderer({
      children: counting,
      clock: systemClock,
      random: systemRandom,
      log: quiet,
      places: {
        platform: 'linux-x64',
        cacheFolders: ['/dev/null/never-a-folder', join(tmpdir(), 'drawbridge-tools')],
        searchPath: more.searchPath ?? ['/usr/local/bin', '/usr/bin', '/bin'],
        temporaryFolder: folder,
      },
      concurrency: 2,
      cache: more.cache,
    })
  const request = (texts: Record<string, string>, more: Partial<RenderSource> = {}, isTrusted = true) => {
    const files = repositoryOf(texts)
    const own = { ...source, ...more }
    const inputs = inputClosure(own, files).paths
    return { repository: memoryRepository(texts), tree: files.tree, source: own, inputs, isTrusted }
  }

  it('names the versions and the sandbox', async () => {
    const description = await shared().describe()
    expect(description).toMatchObject({ kubectl: 'v1.36.3', kustomize: 'v5.8.1', helm: 'v4.2.3' })
    expect((await shared([]).describe()).sandbox.kind).toBe('limits-only')
  })

  it.each([
    ['as the machine has it', undefined],
    ['without bubblewrap', []],
  ])('renders a kustomization, sandbox %s', async (_, searchPath) => {
    const { objects, problems } = await shared(searchPath).render(request(overlay))
    expect(problems).toEqual([])
    expect(objects.map((object) => object.metadata.name)).toEqual(['dev-cart'])
  })

  it('renders a chart with values, hooks and definitions, without test hooks', async () => {
    const { objects, problems } = await shared().render(
      request(chart, {
        renderer: 'helm',
        path: 'chart',
        valueFiles: ['chart/values-prod.yaml'],
        values: { extra: 'inline' },
        namespace: 'web',
        releaseName: 'front',
      }),
    )
    expect(problems).toEqual([])
    expect(objects.map((object) => object.metadata.name)).toEqual(['definition', 'front', 'hook'])
    expect(objects[1]).toMatchObject({
      metadata: { namespace: 'web' },
      data: { replicas: '3', extra: 'inline' },
    })
  })

  it('gives helm the values that a delivery tool sets, later than every file, in helm’s own syntax', async () => {
    const texts = {
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/values-prod.yaml': 'list: [{a: 1, b: 2}, {a: 3}]\nkept: file\n',
      'chart/values.schema.json': '{"required": ["missing"]}',
      'chart/templates/c.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: all, namespace: {{ .Release.Namespace }}}\ndata: {values: {{ toJson .Values | quote }}}\n',
      'texts/license.txt': 'a, b',
    }
    const parameters = [
      { name: 'list[0].b', value: '5', isText: false },
      { name: 'number', value: '007', isText: true },
      { name: 'a\\.b', value: 'x\\,y', isText: false },
      { name: 'flag', value: '--dry-run', isText: false },
      { name: 'items', value: '{p,q}', isText: false },
    ]
    const helm = {
      namespace: 'inner',
      parameters,
      fileParameters: [{ name: 'license', path: 'texts/license.txt' }],
      isSchemaIgnored: true,
    }
    const { objects, problems } = await shared().render(
      request(texts, {
        renderer: 'helm',
        path: 'chart',
        valueFiles: ['chart/values-prod.yaml'],
        values: { kept: 'inline' },
        namespace: 'outer',
        helm,
      }),
    )
    expect(problems).toEqual([])
    expect(objects[0]?.metadata.namespace).toBe('inner')
    expect(JSON.parse(String(asMapping(objects[0]?.data).values))).toEqual({
      list: [{ a: 1, b: 5 }, { a: 3 }],
      kept: 'inline',
      number: '007',
      'a.b': 'x,y',
      flag: '--dry-run',
      items: ['p', 'q'],
      license: 'a, b',
    })
  })

  it('tells a chart about its cluster, and leaves definitions out where asked', async () => {
    const texts = {
      ...chart,
      'chart/templates/k.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cluster}\ndata: {v: "{{ .Capabilities.KubeVersion }}", has: "{{ .Capabilities.APIVersions.Has "a.example/v1/Thing" }}", lookup: "{{ lookup "v1" "Secret" "a" "b" | len }}"}\n',
    }
    const told = { version: '1.31.4', apiVersions: ['a.example/v1/Thing'] }
    const { objects } = await shared().render(
      request(texts, { renderer: 'helm', path: 'chart', kubernetes: told, isWithoutCrds: true }),
    )
    expect(objects.map((object) => object.metadata.name)).not.toContain('definition')
    const cluster = objects.find((object) => object.metadata.name === 'cluster')
    expect(cluster?.data).toEqual({ v: 'v1.31.4', has: 'true', lookup: '0' })
  })

  it.each(['argocd', 'flux'] as const)('renders a kustomization as %s edits it', async (by) => {
    const edits = { by, namespace: 'shop', images: [{ name: 'registry.example/app', newTag: '2' }] }
    const { objects, problems } = await shared().render(request(overlay, { edits }))
    expect(problems).toEqual([])
    expect(objects).toMatchObject([
      {
        metadata: { name: 'dev-cart', namespace: 'shop' },
        spec: { template: { spec: { containers: [{ image: 'registry.example/app:2' }] } } },
      },
    ])
    expect((await shared().render(request(overlay))).objects[0]?.metadata.namespace).toBeUndefined()
  })

  it('renders a folder without a kustomization as Flux does, with files from elsewhere in the repository', async () => {
    const texts = {
      'app/a.yaml': deployment('a'),
      'app/own/kustomization.yaml': 'resources: [../../base/d.yaml]',
      'base/d.yaml': deployment('cart'),
    }
    const { objects, problems } = await shared().render(
      request(texts, { edits: { by: 'flux', namePrefix: 'x-' } }),
    )
    expect(problems).toEqual([])
    expect(objects.map((object) => object.metadata.name).toSorted()).toEqual(['x-a', 'x-cart'])
  })

  it('puts kustomizations and metadata over a chart, its definitions excepted', async () => {
    const { objects, problems } = await shared().render(
      request(chart, {
        renderer: 'helm',
        path: 'chart',
        releaseName: 'front',
        postRenderers: [
          {
            patches: [
              { patch: '- {op: add, path: /data, value: {added: "1"}}', target: { kind: 'ConfigMap' } },
            ],
          },
        ],
        commonMetadata: { labels: { team: 'x' }, annotations: {} },
      }),
    )
    expect(problems).toEqual([])
    const shown = objects.map(({ metadata, data }) => [metadata.name, data, metadata.labels])
    expect(shown).toEqual([
      ['definition', undefined, undefined],
      ['front', { added: '1' }, { team: 'x' }],
      ['hook', { added: '1' }, { team: 'x' }],
    ])
  })

  it('says that what Flux puts over a chart cannot be put there', async () => {
    const { problems } = await shared().render(
      request(chart, {
        renderer: 'helm',
        path: 'chart',
        postRenderers: [{ patches: [{ patch: 'nothing' }] }],
      }),
    )
    expect(problems).toMatchObject([{ code: 'POST_RENDERER_FAILED', path: 'chart' }])
  })

  it('takes values files in place of those of the chart', async () => {
    const texts = {
      ...chart,
      'chart/templates/d.yaml': chart['chart/templates/d.yaml'].replace('.extra', '.own'),
    }
    const values = { ...texts, 'chart/values.yaml': 'own: mine\n' }
    const ask = (more: Partial<RenderSource>) =>
      shared().render(
        request(values, { renderer: 'helm', path: 'chart', valueFiles: ['chart/values-prod.yaml'], ...more }),
      )
    const dataOf = async (more: Partial<RenderSource>) =>
      (await ask(more)).objects.find(({ metadata }) => metadata.name === 'shop')?.data
    expect(await dataOf({})).toEqual({ replicas: '3', extra: 'mine' })
    expect(await dataOf({ chartValues: 'replaced' })).toEqual({ replicas: '3', extra: '' })
  })

  it('puts charts of the repository where helm looks for them', async () => {
    const texts = {
      ...chart,
      'chart/Chart.yaml':
        'apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies:\n- {name: part, version: 1.0.0, repository: "file://../part"}\n',
      'part/Chart.yaml': 'apiVersion: v2\nname: part\nversion: 1.0.0\n',
      'part/templates/p.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: from-part}\n',
    }
    const { objects } = await shared().render(request(texts, { renderer: 'helm', path: 'chart' }))
    expect(objects.map((object) => object.metadata.name)).toContain('from-part')
  })

  it('says where a chart is wrong, without a path of this machine', async () => {
    const texts = { ...chart, 'chart/templates/d.yaml': 'a: 1\nb: {{ fail "needs a host" }}\n' }
    const { objects, problems } = await shared().render(request(texts, { renderer: 'helm', path: 'chart' }))
    expect(objects).toEqual([])
    expect(problems).toMatchObject([{ code: 'HELM_VALUE_REQUIRED', path: 'chart/templates/d.yaml', line: 2 }])
    expect(problems[0]?.message).toContain('needs a host')
    expect(JSON.stringify(problems)).not.toContain(folder)
  })

  it('says what kustomize refuses, without a path of this machine', async () => {
    const texts = { 'app/kustomization.yaml': 'resources: [a.yaml]\n', 'app/a.yaml': 'kind: [\n' }
    const { problems } = await shared([]).render(request(texts))
    expect(problems).toMatchObject([{ code: 'KUSTOMIZE_YAML_INVALID', path: 'app/a.yaml' }])
    expect(JSON.stringify(problems)).not.toContain(folder)
  })

  it('finds out that a chart gives another answer each time', async () => {
    const texts = {
      ...chart,
      'chart/templates/r.yaml': 'apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: {{ randAlphaNum 8 }}\n',
    }
    const { problems } = await shared().render(request(texts, { renderer: 'helm', path: 'chart' }))
    expect(problems).toMatchObject([{ code: 'NON_DETERMINISTIC', path: 'chart' }])
  })

  it('renders equal inputs once, also in the next process where there is a store', async () => {
    const kept = new Map<string, Uint8Array>()
    const cache: Cache = {
      get: (key) => Promise.resolve(kept.get(key)),
      put: (key, value) => Promise.resolve(void kept.set(key, value)),
    }
    const first = create({ cache })
    await first.describe()
    runs = 0
    const outcome = await first.render(request(overlay))
    expect(await first.render(request({ ...overlay, 'other/a.yaml': 'a: 1' }))).toEqual(outcome)
    expect(runs).toBe(1)
    const second = create({ cache })
    await second.describe()
    runs = 0
    expect(await second.render(request(overlay))).toEqual(outcome)
    expect(runs).toBe(0)
    await second.render(request({ ...overlay, 'base/d.yaml': deployment('cart', 'registry.example/app:2') }))
    expect(runs).toBe(1)
  })

  it('joins equal renders that are asked for at once, and none to one that was cancelled', async () => {
    const renderer = create()
    await renderer.describe()
    runs = 0
    const outcomes = await Promise.all([1, 2, 3].map(() => renderer.render(request(overlay))))
    expect(runs).toBe(1)
    expect(outcomes[0]?.objects).toHaveLength(1)
    expect(outcomes[1]).toEqual(outcomes[0])
    const other = { ...overlay, 'base/d.yaml': deployment('cart', 'registry.example/app:3') }
    const cancelled = new AbortController()
    const first = renderer.render({ ...request(other), signal: cancelled.signal })
    const second = renderer.render(request(other))
    cancelled.abort()
    await expect(first).rejects.toThrow(/abort|cancel/i)
    expect((await second).objects).toHaveLength(1)
  })

  it("refuses a fork's content where there is no sandbox", async () => {
    const renderer = shared([])
    const { objects, problems } = await renderer.render(request(overlay, {}, false))
    expect(objects).toEqual([])
    expect(problems).toMatchObject([{ code: 'SANDBOX_UNAVAILABLE' }])
    const plain: Partial<RenderSource> = { renderer: 'plain', path: 'base', files: ['base/d.yaml'] }
    expect((await renderer.render(request(overlay, plain, false))).objects).toHaveLength(1)
  })

  it('renders nothing of plain files where one of them cannot be read, so that no object seems to be removed', async () => {
    const files = { 'mail/a.yaml': deployment('a'), 'mail/b.yaml': 'apiVersion: v1\nkind: [\n' }
    const plain: Partial<RenderSource> = { renderer: 'plain', path: 'mail', files: Object.keys(files) }
    const { objects, problems } = await shared().render(request(files, plain))
    expect(objects).toEqual([])
    expect(problems).toMatchObject([{ code: 'YAML_INVALID', path: 'mail/b.yaml' }])
  })

  it('shows the tool no file of the machine', async () => {
    const renderer = shared()
    if ((await renderer.describe()).sandbox.kind !== 'bubblewrap') return
    await writeFile(join(folder, 'canary.yaml'), deployment('canary'))
    const texts = {
      'app/kustomization.yaml': `resources: [${folder}/canary.yaml, /proc/self/environ, /etc/passwd]\n`,
    }
    const { objects, problems } = await renderer.render(request(texts, {}, false))
    expect(objects).toEqual([])
    expect(problems).toHaveLength(1)
    expect(problems[0]?.message).not.toContain('canary,')
  })

  it('leaves nothing behind', async () => {
    expect((await readdir(folder)).filter((name) => name.startsWith('drawbridge-'))).toEqual([])
  })
})
