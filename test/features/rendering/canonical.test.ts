import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../../../src/domain/kubernetes-object.ts'
import {
  canonicalise,
  digestOf,
  renderedFiles,
  toCanonicalYaml,
} from '../../../src/features/rendering/canonical.ts'
import { readManifests } from '../../../src/features/rendering/read-manifests.ts'

const object = (kind: string, name: string, more: Partial<KubernetesObject> = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'shop' },
  ...more,
})

describe('canonicalise', () => {
  it('sorts objects and keys, and drops what the server writes when it is empty', () => {
    const { objects } = canonicalise([
      object('Service', 'b', { status: { loadBalancer: {} } }),
      object('Service', 'a', { status: {}, metadata: { name: 'a', creationTimestamp: null } }),
      object('ConfigMap', 'z', { data: { b: '1', a: '2' } }),
    ])
    expect(objects.map((each) => each.metadata.name)).toEqual(['z', 'a', 'b'])
    expect(Object.keys(objects[0]?.data as object)).toEqual(['a', 'b'])
    expect(objects[1]).toEqual({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' } })
    expect(objects[2]?.status).toEqual({ loadBalancer: {} })
  })

  it('reports an object that is rendered twice', () => {
    const { objects, problems } = canonicalise([object('Service', 'a'), object('Service', 'a', { spec: 1 })])
    expect(objects).toHaveLength(1)
    expect(objects[0]?.spec).toBe(1)
    expect(problems).toMatchObject([{ code: 'DUPLICATE_OBJECT' }])
  })

  it('gives one digest whatever the order of objects and keys', () => {
    const make = (order: string[]) =>
      order.map((name) =>
        object('ConfigMap', name, { data: Object.fromEntries(order.map((key) => [key, key])) }),
      )
    const digests = permutations(['yes', '0777', 'a', '1e3', 'null']).map((order) =>
      digestOf(canonicalise(make(order)).objects),
    )
    expect(digests).toHaveLength(120)
    expect(new Set(digests).size).toBe(1)
  })
})

describe('large integers', () => {
  const text = 'apiVersion: v1\nkind: A\nmetadata:\n  name: a\nspec: 9007199254740993\n'
  const read = (from: string) => readManifests(from, 'a').objects.map(({ object: each }) => each)

  it('are written digit by digit, as YAML and as JSON', () => {
    const [first] = read(text)
    expect(first && toCanonicalYaml(first)).toBe(text)
    expect(JSON.stringify(first)).toContain('"spec":9007199254740993}')
    expect(read(JSON.stringify(first))).toEqual(read(text))
  })

  it('differ in digest from their neighbours, which no float tells apart', () => {
    expect(digestOf(read(text.replace('993', '992')))).not.toBe(digestOf(read(text)))
  })
})

describe('files', () => {
  it('are named after their objects', () => {
    const names = [
      ...renderedFiles([
        object('Service', 'a'),
        { ...object('Deployment', 'a'), apiVersion: 'apps/v1' },
      ]).keys(),
    ]
    expect(names).toEqual(['service-shop-a.yaml', 'deployment.apps-shop-a.yaml'])
  })

  it('never share a name', () => {
    const objects = [
      object('Role', 'b-c', { metadata: { name: 'b-c', namespace: 'a' } }),
      object('Role', 'c', { metadata: { name: 'c', namespace: 'a-b' } }),
      object('Role', 'X:y', { metadata: { name: 'X:y' } }),
      object('Role', 'x_y', { metadata: { name: 'x_y' } }),
      object('Role', 'long', { metadata: { name: 'n'.repeat(250) } }),
    ]
    const names = [...renderedFiles(objects).keys()]
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(5)
    expect(names.every((name) => /^[a-z0-9._-]{1,220}\.yaml$/.test(name))).toBe(true)
  })

  it('hash to the tree that git makes of them', () => {
    // git mktree over the two blobs that `git hash-object` gives for these files.
    const objects = [object('ConfigMap', 'a', { data: { k: 'yes' } }), object('Service', 'b')]
    expect(renderedFiles(objects).get('configmap-shop-a.yaml')).toBe(
      "apiVersion: v1\ndata:\n  k: 'yes'\nkind: ConfigMap\nmetadata:\n  name: a\n  namespace: shop\n",
    )
    expect(digestOf(objects)).toBe('c95b43099be689ada879b6b23daa5f4f0a232f21')
  })

  it('are read back as what was written', () => {
    const written = object('ConfigMap', 'a', {
      data: { a: 'y', b: '0x1F', c: 'x\ny\n', d: ' ', e: '# no comment' },
    })
    expect(readManifests(toCanonicalYaml(written), 'a').objects[0]?.object).toEqual(written)
  })
})

function permutations(items: string[]): string[][] {
  if (items.length <= 1) return [items]
  return items.flatMap((item, index) =>
    permutations(items.filter((_, other) => other !== index)).map((rest) => [item, ...rest]),
  )
}
