import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasPinnedTools, openRenderer, type OpenedRenderer } from './open-renderer.ts'

const path = (process.env.PATH ?? '').split(':')
const has = (name: string) => path.some((folder) => existsSync(join(folder, name)))
const unless = (name: string) => (has(name) ? '' : ` (did not run: there is no ${name} on PATH)`)

describe.runIf(hasPinnedTools)('renderers besides kustomize and Helm', () => {
  let opened: OpenedRenderer
  beforeAll(() => {
    opened = openRenderer()
  })
  afterAll(() => opened.close())

  it.each(['jsonnet', 'ytt', 'plugin'] as const)(
    'says how to get a tool that is missing: %s',
    async (name) => {
      const bare = openRenderer({ searchPath: ['/usr/bin/nothing-here'] })
      const source = { renderer: name, path: 'app', files: ['app/a.jsonnet'], plugin: 'cdk8s' }
      const { objects, problems } = await bare.render({ 'app/a.jsonnet': '{}' }, source)
      expect(objects).toEqual([])
      expect(problems).toMatchObject([{ code: 'RENDERER_MISSING', path: 'app' }])
      expect(problems[0]?.fix).toMatch(/PATH|DRAWBRIDGE_PLUGINS/)
      bare.close()
    },
  )

  describe.runIf(has('jsonnet'))(`jsonnet${unless('jsonnet')}`, () => {
    const texts = {
      'app/main.jsonnet':
        "local part = import 'part.libsonnet';\nfunction(name='a') [part.map(name), {nested: {deep: part.map(std.extVar('size'))}}]\n",
      'app/more.jsonnet': "{apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: importstr 'name.txt'}}",
      'app/plain.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\n',
      'vendor/part.libsonnet':
        "// import 'not-there.libsonnet'\n{map(name):: {apiVersion: 'v1', kind: 'ConfigMap', metadata: {name: std.toString(name)}}}",
      'vendor/name.txt': 'from-text',
    }
    const source = {
      renderer: 'jsonnet' as const,
      files: ['app/main.jsonnet', 'app/more.jsonnet', 'app/plain.yaml'],
      jsonnet: {
        topLevel: [{ name: 'name', value: 'top', isCode: false }],
        external: [{ name: 'size', value: '1 + 1', isCode: true }],
        libraries: ['vendor'],
      },
    }

    it('evaluates each file, with libraries, variables and the plain objects beside it', async () => {
      const { objects, problems } = await opened.render(texts, source)
      expect(problems).toEqual([])
      expect(objects.map((object) => object.metadata.name)).toEqual(['plain', 'top', '2', 'from-text'])
    })

    it('says where a program is wrong, without a path of this machine', async () => {
      const { problems } = await opened.render(
        { ...texts, 'vendor/part.libsonnet': '{\n  map(n):: error "no"}' },
        source,
      )
      expect(problems[0]).toMatchObject({ code: 'JSONNET_FAILED', path: 'vendor/part.libsonnet', line: 2 })
      expect(JSON.stringify(problems)).not.toMatch(/\/job|\/tmp/)
    })

    it('names an import that is not in the repository', async () => {
      const { problems } = await opened.render(
        { ...texts, 'app/main.jsonnet': "\nimport '/etc/hostname'" },
        source,
      )
      expect(problems[0]).toMatchObject({ code: 'JSONNET_IMPORT_MISSING', path: 'app/main.jsonnet', line: 2 })
    })

    it('ends an endless program', async () => {
      const endless = 'local f(n) = f(n + 1) tailstrict; f(0)'
      const { problems } = await opened.render({ ...texts, 'app/main.jsonnet': endless }, source)
      expect(problems[0]?.code).toMatch(/RENDER_TIMEOUT|JSONNET_FAILED|RENDER_OOM/)
    }, 60_000)
  })

  describe.runIf(has('ytt'))(`ytt${unless('ytt')}`, () => {
    const texts = {
      'app/config.yaml':
        '#@ load("@ytt:data", "data")\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: #@ data.values.name\n',
      'app/values.yaml': '#@data/values\n---\nname: default\n',
      'values/dev.yaml': 'name: dev\n',
    }

    it('renders a folder with the values of the environment', async () => {
      const source = { renderer: 'ytt' as const, valueFiles: ['values/dev.yaml'] }
      const { objects, problems } = await opened.render(texts, source)
      expect(problems).toEqual([])
      expect(objects.map((object) => object.metadata.name)).toEqual(['dev'])
    })

    it('says where a template is wrong, without a path of this machine', async () => {
      const broken = { ...texts, 'app/config.yaml': 'a: 1\nb: #@ c\n' }
      const { problems } = await opened.render(broken, { renderer: 'ytt' })
      expect(problems).toMatchObject([{ code: 'YTT_FAILED', path: 'app/config.yaml', line: 2 }])
      expect(JSON.stringify(problems)).not.toMatch(/\/job|\/tmp/)
    })
  })

  describe('a plug-in of the operator', () => {
    const texts = {
      'app/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
      'shared/b.txt': 'b',
    }
    const source = { renderer: 'plugin' as const, plugin: 'shell', inputs: ['shared/*'] }
    const open = (script: string) => {
      const plugin = {
        name: 'shell',
        program: '/bin/sh',
        arguments: ['-c', script],
        readable: ['/lib', '/lib64', '/usr/lib', '/usr/bin/cat', '/usr/bin/od'].filter((each) =>
          existsSync(each),
        ),
      }
      return openRenderer({ plugins: [plugin] })
    }

    it('prints objects from its folder and the declared inputs, and nothing else of the repository', async () => {
      const shell = open(
        'cat a.yaml; echo "data: {b: $(cat ../shared/b.txt), c: $(cat ../secret 2>/dev/null)}"'.replaceAll(
          'cat',
          '/usr/bin/cat',
        ),
      )
      const { objects, problems } = await shell.render({ ...texts, secret: 'seen' }, source)
      expect(problems).toEqual([])
      expect(objects).toMatchObject([{ metadata: { name: 'a' }, data: { b: 'b', c: null } }])
      expect((await shell.renderer.describe()).others).toHaveProperty('plugin/shell')
      shell.close()
    })

    it('is refused when it prints something else each time', async () => {
      const random = '$(/usr/bin/od -An -N8 -tx1 /dev/urandom)'
      const shell = open(`echo "{apiVersion: v1, kind: A, metadata: {name: a}, x: '${random}'}"`)
      const { problems } = await shell.render(texts, source)
      expect(problems.map((problem) => problem.code)).toContain('NON_DETERMINISTIC')
      shell.close()
    })

    it('tells what it failed with', async () => {
      const shell = open('echo "no such cluster" >&2; exit 3')
      const { problems } = await shell.render(texts, source)
      expect(problems).toMatchObject([{ code: 'PLUGIN_FAILED', path: 'app', message: 'no such cluster' }])
      shell.close()
    })
  })
})
