import { describe, expect, it } from 'vitest'
import { parseKubernetesYaml } from '../../src/features/rendering/kubernetes-yaml.ts'
import type { KubernetesObject } from '../../src/domain/kubernetes-object.ts'
import { loadFiles, renderChange, renderRevision } from '../../src/journeys/repository/render-revision.ts'
import type { Renderer, RenderRequest } from '../../src/ports/renderer.ts'
import { memoryRepository } from '../adapters/renderers/memory-repository.ts'
import { deployment, repositoryOf, unconfigured } from '../features/rendering/repository-of.ts'

/** Renders every input that is an object as it is, and keeps what it was asked for. */
function aRenderer(): Renderer & { requests: RenderRequest[] } {
  const requests: RenderRequest[] = []
  return {
    requests,
    async render(request) {
      requests.push(request)
      const ids = request.tree.entries
        .filter((entry) => request.inputs.includes(entry.path))
        .map((entry) => entry.id)
      const blobs = await request.repository.read(ids)
      const data = [...blobs.values()].map((blob) => parseKubernetesYaml(new TextDecoder().decode(blob)))
      return {
        objects: data.filter((each): each is KubernetesObject => Object(each).kind !== undefined),
        problems: [],
      }
    },
    describe: () => Promise.reject(new Error('not asked for')),
  }
}

const shop = {
  'base/kustomization.yaml': 'resources: [d.yaml]',
  'base/d.yaml': deployment('cart'),
  'apps/cart/overlays/dev/kustomization.yaml': 'resources: [../../../../base]',
  'apps/cart/overlays/prod/kustomization.yaml': 'resources: [../../../../base]',
  'plain/mail/prod/m.yaml': deployment('mail'),
}
const options = { isTrusted: true }

async function change(before: Record<string, string>, after: Record<string, string>) {
  const renderer = aRenderer()
  const repository = memoryRepository(before, after)
  const base = await loadFiles(repository, repositoryOf(before).tree.id)
  const head = await loadFiles(repository, repositoryOf(after).tree.id)
  const changed = await renderChange(renderer, repository, base, head, unconfigured, unconfigured, {
    isTrusted: false,
  })
  const affected = changed.affected.map((each) => `${each.environment}/${each.application}: ${each.because}`)
  return { ...changed, affected, requests: renderer.requests }
}

describe('renderRevision', () => {
  it('renders every source and counts them off', async () => {
    const repository = memoryRepository(shop)
    const files = await loadFiles(repository, repositoryOf(shop).tree.id)
    const progress: string[] = []
    const { targets, problems } = await renderRevision(aRenderer(), repository, files, unconfigured, {
      ...options,
      onProgress: (done, all) => progress.push(`${done}/${all}`),
    })
    expect(problems).toEqual([])
    expect(
      targets.map(({ target, source }) => `${target.environment}/${target.application} ${source}`),
    ).toEqual([
      'dev/cart apps/cart/overlays/dev',
      'prod/cart apps/cart/overlays/prod',
      'prod/mail plain/mail/prod',
    ])
    expect(targets[0]?.digest).toMatch(/^[0-9a-f]{40}$/)
    expect(targets[0]?.digest).toBe(targets[1]?.digest)
    expect(progress).toEqual(['0/3', '1/3', '2/3', '3/3'])
  })

  it('goes on where one source is broken', async () => {
    const texts = {
      ...shop,
      'apps/cart/overlays/dev/kustomization.yaml': 'resources: [https://host.example/x]',
    }
    const repository = memoryRepository(texts)
    const files = await loadFiles(repository, repositoryOf(texts).tree.id)
    const { targets, problems } = await renderRevision(aRenderer(), repository, files, unconfigured, options)
    expect(targets).toHaveLength(2)
    expect(problems).toMatchObject([
      { code: 'KUSTOMIZE_REMOTE_BASE', path: 'apps/cart/overlays/dev/kustomization.yaml', line: 1 },
    ])
  })

  it('gives the configured namespace to objects that name none, not to those of the whole cluster', async () => {
    const texts = {
      'plain/mail/m.yaml': deployment('mail'),
      'plain/mail/n.yaml': '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}',
      'plain/mail/c.yaml': '{apiVersion: x.example/v1, kind: Unknown, metadata: {name: c}}',
    }
    const repository = memoryRepository(texts)
    const files = await loadFiles(repository, repositoryOf(texts).tree.id)
    const configuration = {
      ...unconfigured,
      applications: [{ path: 'plain/{application}', valueFiles: [], namespace: 'shop' }],
    }
    const { targets } = await renderRevision(aRenderer(), repository, files, configuration, options)
    const namespaces = targets[0]?.objects.map(({ kind, metadata }) => [kind, metadata.namespace])
    expect(Object.fromEntries(namespaces ?? [])).toEqual({
      Deployment: 'shop',
      Namespace: undefined,
      Unknown: undefined,
    })
  })
})

describe('renderChange', () => {
  it('renders nothing where no input differs', async () => {
    const { affected, requests } = await change(shop, { ...shop, 'README.md': 'words' })
    expect(affected).toEqual([])
    expect(requests).toEqual([])
  })

  it('renders what reads a changed base, on both sides, and trusts only the base', async () => {
    const { affected, base, head, requests } = await change(shop, {
      ...shop,
      'base/d.yaml': deployment('cart', 'registry.example/app:2'),
    })
    expect(affected).toEqual(['dev/cart: it reads base/d.yaml', 'prod/cart: it reads base/d.yaml'])
    expect([base.targets.length, head.targets.length]).toEqual([2, 2])
    expect(base.targets[0]?.digest).not.toBe(head.targets[0]?.digest)
    expect(requests.map((request) => request.isTrusted).toSorted()).toEqual([false, false, true, true])
  })

  it('knows sources that appear and vanish', async () => {
    const { 'plain/mail/prod/m.yaml': mail, ...rest } = shop
    const { affected, base, head } = await change(shop, { ...rest, 'plain/post/prod/m.yaml': mail })
    expect(affected).toEqual(['prod/mail: it is removed', 'prod/post: it is new'])
    expect(base.targets.map(({ target }) => target.application)).toEqual(['mail'])
    expect(head.targets.map(({ target }) => target.application)).toEqual(['post'])
  })
})
