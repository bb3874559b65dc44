import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { canonicalise, digestOf } from '../../../src/features/rendering/canonical.ts'
import { renderKey } from '../../../src/adapters/renderers/render-key.ts'
import { programs } from '../../programs.ts'
import type { ChildProcesses } from '../../../src/ports/child-process.ts'
import { hasPinnedTools, openRenderer, type OpenedRenderer } from './open-renderer.ts'

const object = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`
const chart = (more: Record<string, string>) => ({
  'app/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'app/values.yaml': 'replicas: 1\n',
  ...more,
})
const template = (body: string) =>
  chart({
    'app/templates/a.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {v: "${body}"}\n`,
  })
const helm = { renderer: 'helm' as const }
const plain = (file: string) => ({ renderer: 'plain' as const, files: [file] })

/** What was learned the hard way by others, one row for each; every refusal has a code, a place and a way out. */
describe.runIf(hasPinnedTools)('hard cases of rendering', () => {
  let opened: OpenedRenderer
  let commands = 0
  beforeAll(() => {
    const system = programs
    const children: ChildProcesses = {
      ...system,
      run: (command) => {
        commands += 1
        return system.run(command)
      },
    }
    opened = openRenderer({ children })
  })
  afterAll(() => opened.close())

  async function refused(texts: Record<string, string>, source = {}) {
    const { objects, problems } = await opened.render(texts, source)
    expect(objects).toEqual([])
    expect(problems.length).toBeGreaterThan(0)
    for (const problem of problems) {
      expect(problem.fix).not.toBe('')
      expect(`${problem.message} ${problem.path}`).not.toMatch(/\/job\/|\/tmp\/|drawbridge-render-|\/root\//)
    }
    return problems[0]
  }

  describe('before a tool starts', () => {
    const kustomize = (line: string, more: Record<string, string> = {}) => ({
      'app/kustomization.yaml': `namePrefix: a-\n${line}\n`,
      'other-tenant/a.yaml': object('theirs'),
      ...more,
    })

    it.each`
      case                              | line                                                           | code
      ${'K1 https base'}                | ${'resources: ["https://github.com/a/b?ref=main"]'}            | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K1 ssh base'}                  | ${'resources: ["ssh://git@example.org/a/b"]'}                  | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K1 git:: base'}                | ${'resources: ["git::https://example.org/a"]'}                 | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K1 scp style base'}            | ${'resources: ["git@github.com:a/b"]'}                         | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K1 file base'}                 | ${'resources: ["file:///etc/passwd"]'}                         | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K1 option as ref'}             | ${'resources: ["github.com/a/b?ref=--upload-pack=x"]'}         | ${'KUSTOMIZE_REMOTE_BASE'}
      ${'K2 helmCharts'}                | ${'helmCharts: [{name: web, repo: "https://charts.example"}]'} | ${'KUSTOMIZE_HELM_REFUSED'}
      ${'K2 helmChartInflation…'}       | ${'helmChartInflationGenerator: [{chartName: web}]'}           | ${'KUSTOMIZE_HELM_REFUSED'}
      ${'K3 exec generator'}            | ${'generators: [exec.yaml]'}                                   | ${'KUSTOMIZE_PLUGIN_REFUSED'}
      ${'K3 container transformer'}     | ${'transformers: [container.yaml]'}                            | ${'KUSTOMIZE_PLUGIN_REFUSED'}
      ${'K3 alpha plug-in'}             | ${'validators: [alpha.yaml]'}                                  | ${'KUSTOMIZE_PLUGIN_REFUSED'}
      ${'K4 file of another tenant'}    | ${'resources: [../other-tenant/a.yaml]'}                       | ${'KUSTOMIZE_OUTSIDE_ROOT'}
      ${'K4 outside of the repository'} | ${'resources: [../../other/a.yaml]'}                           | ${'PATH_OUTSIDE_REPOSITORY'}
      ${'K4 absolute path'}             | ${'resources: [/etc/passwd]'}                                  | ${'PATH_OUTSIDE_REPOSITORY'}
    `('$case is refused at its line', async ({ line, code }: { line: string; code: string }) => {
      const started = commands
      const plugins = {
        'app/exec.yaml':
          'apiVersion: a/v1\nkind: A\nmetadata: {name: a, annotations: {config.kubernetes.io/function: "exec: {path: ./x}"}}\n',
        'app/container.yaml':
          'apiVersion: builtin\nkind: A\nmetadata:\n  annotations:\n    config.kubernetes.io/function: "container: {image: x}"\n',
        'app/alpha.yaml': 'apiVersion: someteam.example.com/v1\nkind: Validator\nmetadata: {name: a}\n',
      }
      expect(await refused(kustomize(line, plugins))).toMatchObject({
        code,
        path: 'app/kustomization.yaml',
        line: 2,
      })
      expect(commands).toBe(started)
    })

    it('K7 50 MB of manifests are refused with figures', async () => {
      const texts = {
        'app/kustomization.yaml': 'resources: [a.yaml]',
        'app/a.yaml': '#'.repeat(50 * 1024 * 1024),
      }
      expect(await refused(texts)).toMatchObject({
        code: 'TOO_LARGE',
        message: '2 input files of 51 MB; at most 10000 files and 20 MB are rendered',
      })
    })

    it('K7, K8 more than 10,000 objects are refused with figures and advice', async () => {
      const many = Array.from({ length: 10_001 }, (_, index) => `---\n${object(`a${index}`)}`).join('')
      const texts = { 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': many }
      const started = commands
      expect(await refused(texts)).toMatchObject({
        code: 'TOO_MANY_OBJECTS',
        fix: expect.stringContaining('split'),
      })
      expect((await refused(texts))?.message).toContain('10001')
      expect(commands - started).toBeLessThanOrEqual(6)
    })

    it.each`
      case                           | file                            | code
      ${'K9 values outside'}         | ${'../../values.yaml'}          | ${'HELM_VALUES_MISSING'}
      ${'K9 absolute values'}        | ${'/etc/passwd'}                | ${'HELM_VALUES_MISSING'}
      ${'K9 values by address'}      | ${'https://example.org/v.yaml'} | ${'HELM_VALUES_MISSING'}
      ${'K9 values that are a link'} | ${'app/link.yaml'}              | ${'SYMLINK_REFUSED'}
    `('$case are refused', async ({ file, code }: { file: string; code: string }) => {
      const texts = chart({ 'app/link.yaml': '-> ../../etc/passwd' })
      expect(await refused(texts, { ...helm, valueFiles: [file] })).toMatchObject({ code })
    })

    it.each`
      case                               | path                | code
      ${'K10 a link in a chart'}         | ${'app/files/link'} | ${'SYMLINK_REFUSED'}
      ${'K14 Chart.lock that is a link'} | ${'app/Chart.lock'} | ${'SYMLINK_REFUSED'}
    `('$case is refused', async ({ path, code }: { path: string; code: string }) => {
      expect(await refused(chart({ [path]: '-> /etc/passwd' }), helm)).toMatchObject({ code, path })
    })
  })

  describe('in the sandbox', () => {
    it('K5 circular bases end', async () => {
      const texts = {
        'app/kustomization.yaml': 'resources: [../b]',
        'b/kustomization.yaml': 'resources: [../app]',
      }
      expect(await refused(texts)).toMatchObject({ code: 'KUSTOMIZE_CYCLE', path: 'app' })
    })

    it('K6 an alias bomb ends, and what is rendered beside it does not notice', async () => {
      const level = (index: number) => `l${index}: &l${index} [${`*l${index - 1}, `.repeat(9)}]`
      const levels = Array.from({ length: 9 }, (_, index) => level(index + 1))
      const bomb = `${object('a')}${['l0: &l0 [x, x, x, x, x, x, x, x, x]', ...levels].join('\n')}\n`
      const kustomization = { 'app/kustomization.yaml': 'resources: [a.yaml]' }
      const [problem, beside] = await Promise.all([
        refused({ ...kustomization, 'app/a.yaml': bomb }),
        opened.render({ ...kustomization, 'app/a.yaml': object('a') }, {}),
      ])
      expect(problem?.code).toMatch(/^RENDER_OOM$|^KUSTOMIZE_YAML_INVALID$/)
      expect(beside.objects).toHaveLength(1)
    })

    it('K7 nesting of 200,000 levels ends', async () => {
      const deep = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: ${'['.repeat(200_000)}`
      const texts = { 'app/kustomization.yaml': 'resources: [a.yaml]', 'app/a.yaml': deep }
      expect((await refused(texts))?.code).toMatch(/^KUSTOMIZE_(?:YAML_INVALID|FAILED)$|^RENDER_/)
    })

    it.each(['lookup \\"v1\\" \\"Secret\\" \\"a\\" \\"b\\"', 'getHostByName \\"localhost\\"'])(
      'K11 %s finds nothing',
      async (call) => {
        const { objects, problems } = await opened.render(
          template(`{{ ${call.replaceAll('\\"', '`')} }}`),
          helm,
        )
        expect(problems).toEqual([])
        expect(['map[]', '']).toContain((objects[0]?.data as { v?: string } | undefined)?.v)
      },
    )

    it.each(['env', 'expandenv'])('K11 %s does not exist', async (name) => {
      expect(await refused(template(`{{ ${name} \`HOME\` }}`), helm)).toMatchObject({ code: 'HELM_FAILED' })
    })

    it.each(['file:///dev/zero', 'file:///etc/passwd', 'http://127.0.0.1:1/schema.json'])(
      'K12 a schema that refers to %s is refused',
      async (address) => {
        const schema = JSON.stringify({ $ref: address })
        const texts = { ...template('x'), 'app/values.schema.json': schema }
        expect((await refused(texts, helm))?.code).toMatch(/^HELM_|^RENDER_/)
      },
      60_000,
    )

    it('K12 values that the schema refuses are named where they are written', async () => {
      const schema = JSON.stringify({
        properties: { web: { properties: { replicas: { type: 'integer' } } } },
      })
      const texts = {
        ...template('x'),
        'app/values.schema.json': schema,
        'app/values-dev.yaml': '# for dev\nweb:\n  name: a\n  replicas: many\n',
      }
      expect(await refused(texts, { ...helm, valueFiles: ['app/values-dev.yaml'] })).toMatchObject({
        code: 'HELM_VALUES_INVALID',
        path: 'app/values-dev.yaml',
        line: 4,
        message: expect.stringContaining('want integer'),
      })
    })

    it.each`
      case                | text
      ${'broken'}         | ${'{{{'}
      ${'a list'}         | ${'- a\n'}
      ${'without a name'} | ${'apiVersion: v2\n'}
      ${'empty'}          | ${''}
    `('K14 a Chart.yaml that is $case fails alone', async ({ text }: { text: string }) => {
      expect((await refused({ ...template('x'), 'app/Chart.yaml': text }, helm))?.code).toMatch(/^HELM_/)
      expect((await opened.render(template('fine'), helm)).objects).toHaveLength(1)
    })

    it('K16 plug-ins in the repository are not looked at', async () => {
      const texts = {
        ...template('x'),
        'app/plugins/evil/plugin.yaml': 'name: evil\nversion: 1.0.0\ncommand: /bin/sh\n',
        'app/.helm/plugins/evil/plugin.yaml': 'name: evil\n',
      }
      expect((await opened.render(texts, helm)).problems).toEqual([])
    })

    it.each`
      case                      | body
      ${'an endless range'}     | ${'{{ range until 1000000000 }}x{{ end }}'}
      ${'a billion letters'}    | ${'{{ repeat 1000000000 `abcdefghij` }}'}
      ${'a template of itself'} | ${'{{ define `a` }}{{ template `a` }}{{ end }}{{ template `a` }}'}
    `(
      'K17 $case ends',
      async ({ body }: { body: string }) => {
        expect((await refused(template(body), helm))?.code).toMatch(/^RENDER_|^HELM_/)
      },
      60_000,
    )

    it.each(['randAlphaNum 8', 'now', 'uuidv4', 'genPrivateKey `ed25519` | b64enc'])(
      'K17 what changes from render to render is found out: %s',
      async (call) => {
        const { problems } = await opened.render(template(`{{ ${call} }}`), helm)
        expect(problems.map(({ code }) => code)).toEqual(['NON_DETERMINISTIC'])
      },
    )

    it('K18 output in other encodings and with control characters is a problem, not a crash', async () => {
      const { problems } = await opened.render(template('\\u0000\\u001b[31m'), helm)
      expect(problems).toEqual([])
      const broken = await refused(
        chart({ 'app/templates/a.yaml': 'a: \u001b[31m{{ fail "\u001b[31mred" }}\n' }),
        helm,
      )
      expect(broken?.message).not.toContain('\u001b')
    })

    it('K5, K6 leave nothing behind', () => {
      expect(readdirSync(opened.folder)).toEqual([])
    })
  })

  describe('what objects may look like', () => {
    it.each`
      case                             | text                                                         | code
      ${'K21 two equal keys'}          | ${`${object('a')}data: {a: x}\ndata: {a: y}\n`}              | ${'DUPLICATE_KEY'}
      ${'K21 no kind'}                 | ${'apiVersion: v1\nmetadata: {name: a}\n'}                   | ${'NOT_AN_OBJECT'}
      ${'K21 a name that is a number'} | ${object('1')}                                               | ${'NOT_AN_OBJECT'}
      ${'K21 a generated name'}        | ${'apiVersion: v1\nkind: A\nmetadata: {generateName: a-}\n'} | ${'NOT_AN_OBJECT'}
    `('$case is reported', async ({ text, code }: { text: string; code: string }) => {
      const { problems } = await opened.render({ 'app/a.yaml': text }, plain('app/a.yaml'))
      expect(problems).toMatchObject([{ code, path: 'app/a.yaml' }])
    })

    it('K21 an object that is there twice is reported', async () => {
      const texts = {
        'app/kustomization.yaml': 'resources: [a.yaml, b.yaml]',
        'app/a.yaml': object('a'),
        'app/b.yaml': object('a'),
      }
      expect(await refused(texts)).toMatchObject({ code: 'KUSTOMIZE_DUPLICATE_OBJECT' })
      const { objects } = await opened.render(
        { 'app/a.yaml': `${object('a')}---\n${object('a')}` },
        plain('app/a.yaml'),
      )
      expect(canonicalise(objects).problems).toMatchObject([{ code: 'DUPLICATE_OBJECT' }])
    })

    it('K21 lists are taken apart; a definition and its object stand side by side', async () => {
      const text = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}}\n- {apiVersion: a.example/v1, kind: A, metadata: {name: a}}\n`
      const { objects, problems } = await opened.render({ 'app/a.yaml': text }, plain('app/a.yaml'))
      expect(problems).toEqual([])
      expect(objects.map(({ kind }) => kind)).toEqual(['CustomResourceDefinition', 'A'])
    })

    it('K22 one form, whatever the order of keys, on 1,000 permutations', async () => {
      const lines = [
        'a: yes',
        'b: 0777',
        'c: 1e3',
        'd: "1"',
        'e: {<<: *x, z: 1}',
        'f: !!binary aGk=',
        'g: 9007199254740993',
      ]
      const digests = new Set<string>()
      for (const order of permutations(lines).slice(0, 1_000)) {
        const text = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx: &x {y: 1}\nspec:\n${order.map((line) => `  ${line}\n`).join('')}`
        const { objects } = await opened.render({ 'app/a.yaml': text }, plain('app/a.yaml'))
        digests.add(digestOf(canonicalise(objects).objects))
      }
      expect(digests.size).toBe(1)
    })

    it('K23 another version of a tool renders again', () => {
      const request = opened.request({ 'app/kustomization.yaml': 'resources: []' }, {})
      expect(renderKey(request, { kubectl: 'v1.36.3' })).not.toBe(renderKey(request, { kubectl: 'v1.36.4' }))
    })

    it('says where YAML is broken that kustomize reads', async () => {
      const texts = {
        'app/kustomization.yaml': 'resources: [a.yaml]',
        'app/a.yaml': `${object('a')}spec: [\n`,
      }
      expect(await refused(texts)).toMatchObject({ code: 'KUSTOMIZE_YAML_INVALID', path: 'app/a.yaml' })
    })
  })
})

function permutations(items: string[]): string[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}
