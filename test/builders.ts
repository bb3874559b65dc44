import type { Environment } from '../src/domain/configuration.ts'
import type { KubernetesObject } from '../src/domain/kubernetes-object.ts'
import type { Pull } from '../src/domain/pull.ts'
import type { Actor, RepositoryRef } from '../src/domain/refs.ts'
import type { Attestation, Release } from '../src/domain/release.ts'
import type { RenderedTarget } from '../src/domain/rendered-target.ts'

/** Valid defaults; a test writes only what it is about. */

export const noon = Date.parse('2026-11-19T12:00:00Z')

export const shop: RepositoryRef = { id: '101', owner: 'shop', name: 'config', installation: '7' }

export function anActor(login: string): Actor {
  return { id: `id-${login}`, login, isBot: false }
}

export function aPull(overrides: Partial<Pull> & { number?: number } = {}): Pull {
  const { number = 12, ...rest } = overrides
  return {
    ref: { repository: shop, number },
    title: 'Raise checkout to 1.9.0',
    body: '',
    author: anActor('ada'),
    state: 'open',
    isDraft: false,
    isFork: false,
    baseBranch: 'main',
    baseSha: 'b'.repeat(40),
    headBranch: 'raise-checkout',
    headSha: 'a'.repeat(40),
    createdAt: noon,
    updatedAt: noon,
    url: `https://github.example/shop/config/pull/${number}`,
    ...rest,
  }
}

export function anEnvironment(overrides: Partial<Environment> = {}): Environment {
  return {
    name: 'prod',
    waves: [['prod-eu'], ['prod-us']],
    isProtected: true,
    approvals: { count: 1, from: 'owners', fourEyes: true },
    windows: [],
    ...overrides,
  }
}

export function aDeployment(name: string, image: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: { template: { spec: { containers: [{ name, image }] } } },
  }
}

export function aRenderedTarget(
  overrides: {
    application?: string
    environment?: string
    cluster?: string
    digest?: string
    objects?: KubernetesObject[]
  } = {},
): RenderedTarget {
  const {
    application = 'checkout',
    environment = 'prod',
    cluster = 'prod-eu',
    digest = 'd1',
    objects,
  } = overrides
  return {
    target: { application, environment, cluster },
    source: `apps/${application}/overlays/${environment}`,
    digest,
    objects: objects ?? [aDeployment(application, `registry.shop.example/${application}:1.9.0`)],
  }
}

export function anAttestation(overrides: Partial<Attestation> = {}): Attestation {
  return {
    target: { application: 'checkout', environment: 'prod', cluster: 'prod-eu' },
    revision: 'c'.repeat(40),
    digest: 'd0',
    source: 'apps/checkout/overlays/prod',
    kind: 'change',
    verdicts: [],
    images: { 'registry.shop.example/checkout': '1.8.0' },
    at: noon,
    ...overrides,
  }
}

export function aRelease(overrides: Partial<Release> = {}): Release {
  return {
    target: { application: 'checkout', environment: 'prod', cluster: 'prod-eu' },
    revision: 'c'.repeat(40),
    digest: 'd1',
    phase: 'healthy',
    health: { status: 'Healthy', reason: '' },
    since: noon,
    reason: '',
    ...overrides,
  }
}
