import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import type { RenderedTarget } from '../../../src/domain/rendered-target.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import { anObject, aSide, aWorkload } from './diff-builders.ts'

const options = { maskKey: 'a key' }

function diffObjects(before: KubernetesObject[], after: KubernetesObject[]) {
  return diffRenderings(aSide(before), aSide(after), options).targets.flatMap(({ objects }) => objects)
}

const app = (hash: string, value: string) =>
  anObject('ConfigMap', { data: { value } }, { name: `app-config-${hash}` })

describe('objects', () => {
  it('says nothing about equal sides', () => {
    expect(diffObjects([aWorkload()], [aWorkload()])).toEqual([])
  })

  it('takes the order of fields for no change', () => {
    const { apiVersion, kind, ...rest } = aWorkload()
    expect(diffObjects([aWorkload()], [{ ...rest, kind, apiVersion }])).toEqual([])
  })

  it.each`
    case                     | before                      | after                                                                         | change
    ${'new'}                 | ${[]}                       | ${[anObject('Service')]}                                                      | ${'added'}
    ${'gone'}                | ${[anObject('Service')]}    | ${[]}                                                                         | ${'removed'}
    ${'another image'}       | ${[aWorkload()]}            | ${[aWorkload({ image: 'shop/checkout:1.1.0' })]}                              | ${'changed'}
    ${'another version'}     | ${[anObject('Role')]}       | ${[{ ...anObject('Role'), apiVersion: 'rbac.authorization.k8s.io/v1beta1' }]} | ${'changed'}
    ${'generated name'}      | ${[app('7f9c2k5t8d', 'a')]} | ${[app('9mf2c4hb6t', 'b')]}                                                   | ${'renamed'}
    ${'renamed by a person'} | ${[aWorkload()]}            | ${[aWorkload({ metadata: { name: 'pay' } })]}                                 | ${'renamed'}
  `('$case → $change', ({ before, after, change }) => {
    expect(diffObjects(before, after).map((object) => object.change)).toEqual([change])
  })

  it('does not take two objects that say little for a rename', () => {
    const account = (name: string) => anObject('ServiceAccount', {}, { name })
    expect(diffObjects([account('a')], [account('b')]).map(({ change, name }) => [change, name])).toEqual([
      ['removed', 'a'],
      ['added', 'b'],
    ])
  })

  it('names where a renamed object comes from', () => {
    const [object] = diffObjects([app('7f9c2k5t8d', 'a')], [app('9mf2c4hb6t', 'b')])
    expect(object).toMatchObject({ name: 'app-config-9mf2c4hb6t', from: { name: 'app-config-7f9c2k5t8d' } })
  })
})

describe('targets', () => {
  it('shows a target that appears as added and one that vanishes as removed', () => {
    const diff = diffRenderings(
      aSide([anObject('Service')], ['old']),
      aSide([anObject('Service')], ['new']),
      options,
    )
    expect(diff.targets.map(({ target, objects }) => [target.cluster, objects[0]?.change])).toEqual([
      ['new', 'added'],
      ['old', 'removed'],
    ])
  })

  it.each`
    case                                      | path                                      | old      | isRemoved
    ${'its source is broken'}                 | ${'apps/checkout/overlays/prod/kus.yaml'} | ${false} | ${false}
    ${'a file that many may share is broken'} | ${'apps/base/deployment.yaml'}            | ${false} | ${false}
    ${'another source that rendered warns'}   | ${'apps/other/x.yaml'}                    | ${false} | ${true}
    ${'the base has the same problem'}        | ${'apps/base/deployment.yaml'}            | ${true}  | ${true}
  `('a target that is missing while $case counts as removed: $isRemoved', ({ path, old, isRemoved }) => {
    const problem = { code: 'RENDER_FAILED', path, line: 0, message: 'm', fix: 'f' }
    const other = {
      ...aSide([anObject('Service')], ['x']).targets[0],
      source: 'apps/other',
    } as RenderedTarget
    const base = aSide([anObject('Service')], ['prod-eu'], old ? { problems: [problem] } : {})
    const head = { revision: 'b', targets: [other], problems: [problem] }
    const diff = diffRenderings({ ...base, targets: [...base.targets, other] }, head, options)
    expect(diff.targets.map(({ objects }) => objects[0]?.change)).toEqual(isRemoved ? ['removed'] : [])
    expect(diff.problems).toEqual([problem])
  })

  it.each`
    case                                               | source                           | application   | isRemoved
    ${'nothing of it is found any more'}               | ${'apps/other'}                  | ${'other'}    | ${true}
    ${'it is found and does not render'}               | ${'apps/checkout/overlays/prod'} | ${'renamed'}  | ${false}
    ${'it is found in another folder, without result'} | ${'apps/moved'}                  | ${'checkout'} | ${false}
  `('a missing target counts as removed where $case: $isRemoved', ({ source, application, isRemoved }) => {
    const problem = { code: 'RENDER_FAILED', path: 'charts/new/Chart.yaml', line: 0, message: 'm', fix: 'f' }
    const base = aSide([anObject('Service')], ['prod-eu'])
    const target = { ...base.targets[0]?.target, application } as RenderedTarget['target']
    const head = { revision: 'b', targets: [], problems: [problem], unrendered: [{ target, source }] }
    const diff = diffRenderings(base, head, options)
    expect(diff.targets.map(({ objects }) => objects[0]?.change)).toEqual(isRemoved ? ['removed'] : [])
  })

  it('does not call a target added that took the place of another, whatever the base said of its folder', () => {
    const problem = {
      code: 'FILE_MISSING',
      path: 'apps/new/kustomization.yaml',
      line: 1,
      message: 'm',
      fix: 'f',
    }
    const base = aSide([anObject('Service'), anObject('Deployment')], ['prod-eu'], { problems: [problem] })
    const [old] = base.targets
    const young = {
      ...old,
      target: { ...old?.target, application: 'new' },
      source: 'apps/new',
    } as RenderedTarget
    const diff = diffRenderings(base, { revision: 'b', targets: [young], problems: [] }, options)
    expect(diff.targets[0]?.from?.source).toBe(old?.source)
    expect(diff.problems).toEqual([])
  })
})

describe('fields', () => {
  const fieldsOf = (before: KubernetesObject, after: KubernetesObject) =>
    diffObjects([before], [after])
      .flatMap(({ fields }) => fields)
      .map((change) => Object.fromEntries(Object.entries(change).filter(([name]) => name !== 'path')))

  it('names list items by their merge key', () => {
    const env = (value: string) =>
      aWorkload({
        container: {
          env: [
            { name: 'A', value: '1' },
            { name: 'LEVEL', value },
          ],
        },
      })
    expect(fieldsOf(env('info'), env('debug'))).toEqual([
      { field: 'spec.template.spec.containers[app].env[LEVEL].value', before: 'info', after: 'debug' },
    ])
  })

  it.each`
    list              | item                                 | field
    ${'ports'}        | ${{ containerPort: 80, name: 'a' }}  | ${'ports[80/TCP].name'}
    ${'volumeMounts'} | ${{ mountPath: '/data', name: 'a' }} | ${'volumeMounts[/data].name'}
    ${'unknown'}      | ${{ name: 'x', other: 'a' }}         | ${'unknown[x].other'}
    ${'args'}         | ${'a'}                               | ${'args[0]'}
  `('keys $list as $field', ({ list, item, field }) => {
    const changed = typeof item === 'string' ? 'b' : { ...item, [field.split('.').at(-1)]: 'b' }
    const of = (value: unknown) => aWorkload({ container: { [list]: [value] } })
    expect(fieldsOf(of(item), of(changed)).map((change) => change.field)).toEqual([
      `spec.template.spec.containers[app].${field}`,
    ])
  })

  it('finds an item that moved in its list', () => {
    const of = (...names: string[]) =>
      aWorkload({ container: { env: names.map((name) => ({ name, value: name })) } })
    expect(fieldsOf(of('A', 'B', 'C'), of('C', 'A'))).toEqual([
      { field: 'spec.template.spec.containers[app].env[B]', before: { name: 'B', value: 'B' } },
      {
        field: 'spec.template.spec.containers[app].env',
        isOrder: true,
        before: [{ name: 'A' }, { name: 'B' }, { name: 'C' }],
        after: [{ name: 'C' }, { name: 'A' }],
      },
    ])
  })

  it('reads a field that is called like one every object has', () => {
    const of = (annotations: Record<string, string>) => anObject('Service', {}, { annotations })
    expect(fieldsOf(of({}), of({ constructor: 'a' }))).toEqual([
      { field: 'metadata.annotations.constructor', after: 'a' },
    ])
  })
})

describe('noise is folded and counted', () => {
  const limits = (cpu: unknown, memory: string) =>
    aWorkload({ container: { resources: { limits: { cpu, memory } } } })

  it('folds amounts that are written differently', () => {
    expect(diffObjects([limits('1000m', '1Gi')], [limits(1, '1024Mi')])).toMatchObject([
      { change: 'changed', fields: [], hunks: [], dangers: [], foldedLines: 4 },
    ])
  })

  it('compares amounts only where amounts are', () => {
    const of = (value: string) => anObject('ConfigMap', { data: { value } })
    expect(diffObjects([of('1000m')], [of('1')])).toMatchObject([
      { foldedLines: 0, fields: [{ field: 'data.value' }] },
    ])
  })

  it('folds a checksum but says that pods restart', () => {
    const of = (sum: string) => aWorkload({ annotations: { 'checksum/config': sum } })
    expect(diffObjects([of('aa')], [of('bb')])).toMatchObject([
      { fields: [], hunks: [], foldedLines: 2, dangers: [{ code: 'pods-restart' }] },
    ])
  })

  it('folds the chart label', () => {
    const of = (chart: string) => anObject('Service', {}, { labels: { 'helm.sh/chart': chart } })
    expect(diffObjects([of('shop-1.0.0')], [of('shop-1.0.1')])).toMatchObject([{ hunks: [], foldedLines: 2 }])
  })

  it('folds references to a generated name, and says why pods restart', () => {
    const of = (name: string) => aWorkload({ pod: { volumes: [{ name: 'config', configMap: { name } }] } })
    const before = [app('7f9c2k5t8d', 'a'), of('app-config-7f9c2k5t8d')]
    const after = [app('9mf2c4hb6t', 'b'), of('app-config-9mf2c4hb6t')]
    const [configuration, workload] = diffObjects(before, after)
    expect(configuration?.fields).toMatchObject([{ field: 'data.value', before: 'a', after: 'b' }])
    expect(workload).toMatchObject({ hunks: [], foldedLines: 2 })
    expect(workload?.dangers[0]?.sentence).toBe('Its 2 pods restart: the ConfigMap it reads is another.')
  })
})

describe('hunks', () => {
  it('are unified, of canonical YAML, with three lines around', () => {
    const [object] = diffObjects([aWorkload()], [aWorkload({ spec: { replicas: 5 } })])
    expect(object?.hunks).toMatchInlineSnapshot(`
      [
        {
          "lines": [
            "   name: checkout",
            "   namespace: shop",
            " spec:",
            "-  replicas: 2",
            "+  replicas: 5",
            "   selector:",
            "     matchLabels:",
            "       app: checkout",
          ],
          "newLines": 7,
          "newStart": 4,
          "oldLines": 7,
          "oldStart": 4,
          "section": "spec",
        },
      ]
    `)
  })
})

/** Each of these once took minutes: a run that does not end is what fails here. */
describe('bounds', () => {
  it('10 MB that differ everywhere', () => {
    const text = (word: string) =>
      Array.from({ length: 8_000 }, (_, line) => `${word} of line ${line}`).join('\n')
    const of = (word: string) =>
      Array.from({ length: 30 }, (_, index) =>
        anObject('ConfigMap', { data: { text: text(word) } }, { name: `config-${index}` }),
      )
    const objects = diffObjects(of('left'), of('right'))
    expect(objects).toHaveLength(30)
    expect(objects.map(({ isCut, fields }) => [isCut, fields.length])).toEqual(objects.map(() => [true, 0]))
  })

  it('5,000 objects that all have new names', () => {
    const of = (side: string) =>
      Array.from({ length: 5_000 }, (_, index) =>
        anObject('ConfigMap', { data: { side, index: `${index}` } }, { name: `${side}-${index}` }),
      )
    expect(diffObjects(of('a'), of('b'))).toHaveLength(10_000)
  })

  it.each([
    ['lines that assign', 'password: x\n'],
    ['assignments on one line', 'password=" '],
    ['quotes that never end', 'password="\\'],
    ['addresses that never end', '://a:'],
  ])('4 MB of %s', (_what, part) => {
    const of = (end: string) => anObject('ConfigMap', { data: { text: part.repeat(400_000) + end } })
    expect(diffObjects([of('1')], [of('2')])).toHaveLength(1)
  })

  it('1,000 workloads that read 1,000 changed ConfigMaps', () => {
    const of = (value: string) =>
      Array.from({ length: 1_000 }, (_, index) => [
        anObject('ConfigMap', { data: { value } }, { name: `config-${index}` }),
        aWorkload({
          container: { envFrom: [{ configMapRef: { name: `config-${index}` } }] },
          metadata: { name: `web-${index}` },
        }),
      ]).flat()
    const notes = diffObjects(of('a'), of('b')).filter(({ dangers }) => dangers.length > 0)
    expect(notes).toHaveLength(1_000)
  })
})
