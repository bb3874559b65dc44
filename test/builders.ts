import type { Configuration, Environment, FreezeRule, Window } from '../src/domain/configuration.ts'
import type { Finding } from '../src/domain/finding.ts'
import type { KubernetesObject } from '../src/domain/kubernetes-object.ts'
import type { Problem } from '../src/domain/problem.ts'
import type { PromotionProposal, RevertProposal } from '../src/domain/proposal.ts'
import type { Pull, Review } from '../src/domain/pull.ts'
import type { Actor, RepositoryRef } from '../src/domain/refs.ts'
import type { Attestation, Freeze, Hold, Pin, Release, Rollout } from '../src/domain/release.ts'
import type { RenderedTarget, Rendering } from '../src/domain/rendered-target.ts'
import type { Tenant } from '../src/domain/tenant.ts'
import type { ReviewFacts } from '../src/features/review/review-facts.ts'

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
    approvals: { fourEyes: true, need: { kind: 'people', from: 'owners', count: 1, each: 1, when: {} } },
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
    unknown?: string
  } = {},
): RenderedTarget {
  const {
    application = 'checkout',
    environment = 'prod',
    cluster = 'prod-eu',
    digest = 'd1',
    objects,
    unknown,
  } = overrides
  return {
    ...(unknown !== undefined && { unknown }),
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

/** Drawbridge's own account. */
export const drawbridge = { id: 'id-drawbridge', login: 'drawbridge[bot]', isBot: true }

export function aConfiguration(overrides: Partial<Configuration> = {}): Configuration {
  return {
    isConfigured: true,
    applications: [],
    environments: [anEnvironment()],
    roles: [],
    policies: { severities: {}, folders: [] },
    slos: [],
    ...overrides,
  }
}

export function aTenant(overrides: Partial<Tenant> = {}): Tenant {
  return {
    name: 'payments',
    applications: ['payments-*'],
    environments: ['*'],
    clusters: ['*'],
    namespaces: ['payments', 'payments-*'],
    clusterKinds: [],
    deniedKinds: ['Role.rbac.authorization.k8s.io', 'RoleBinding.rbac.authorization.k8s.io'],
    rule: '.drawbridge.yaml',
    ...overrides,
  }
}

export function aProblem(overrides: Partial<Problem> = {}): Problem {
  return {
    code: 'RENDER_FAILED',
    path: 'apps/checkout/overlays/prod/kustomization.yaml',
    line: 3,
    message: 'resource ../../bse does not exist',
    fix: 'mend the path',
    ...overrides,
  }
}

export function aRendering(targets: RenderedTarget[], problems: Problem[] = []): Rendering {
  return { revision: 'r'.repeat(40), targets, problems }
}

export function aReview(login: string, overrides: Partial<Review> = {}): Review {
  return {
    id: `review-${login}`,
    author: anActor(login),
    state: 'approved',
    sha: 'a'.repeat(40),
    at: noon,
    ...overrides,
  }
}

export function aFinding(overrides: Partial<Finding> = {}): Finding {
  return {
    policy: 'image-tag-latest',
    severity: 'error',
    target: { application: 'checkout', environment: 'prod', cluster: 'prod-eu' },
    object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
    message: 'app runs shop/checkout:latest',
    fix: 'name a version',
    path: 'apps/checkout/overlays/prod/kustomization.yaml',
    line: 1,
    isOld: false,
    ...overrides,
  }
}

export function aPromotion(overrides: Partial<PromotionProposal> = {}): PromotionProposal {
  return { kind: 'promotion', applications: ['checkout'], from: ['staging'], to: 'prod', ...overrides }
}

export function aRevert(overrides: Partial<RevertProposal> = {}): RevertProposal {
  return {
    kind: 'revert',
    applications: ['checkout'],
    environment: 'prod',
    cause: 'slo',
    bad: 'c'.repeat(40),
    good: 'd'.repeat(40),
    merge: 'rule',
    ...overrides,
  }
}

export function aFreeze(overrides: Partial<Freeze> = {}): Freeze {
  return { environment: 'prod', application: '*', reason: 'audit', by: 'grace', at: noon, ...overrides }
}

export function aHold(overrides: Partial<Hold> = {}): Hold {
  return {
    environment: 'prod',
    application: 'checkout',
    reason: 'wait',
    by: 'grace',
    at: noon,
    ...overrides,
  }
}

/** Monday to Thursday, nine to four in Berlin. */
export function aWindow(overrides: Partial<Window> = {}): Window {
  return {
    kind: 'allow',
    name: 'office hours',
    zone: 'Europe/Berlin',
    days: [1, 2, 3, 4],
    from: '09:00',
    to: '16:00',
    exceptClasses: [],
    ...overrides,
  }
}

export function aFreezeRule(overrides: Partial<FreezeRule> = {}): FreezeRule {
  return {
    environments: ['prod*'],
    applications: ['*'],
    reason: 'audit',
    rule: '.drawbridge.yaml',
    ...overrides,
  }
}

export function aPin(overrides: Partial<Pin> = {}): Pin {
  return {
    application: 'checkout',
    environment: 'prod',
    images: { 'registry.shop.example/checkout': '1.9.0' },
    reason: 'burnt its SLO',
    by: 'drawbridge',
    at: noon,
    ...overrides,
  }
}

export function aRollout(overrides: Partial<Rollout> = {}): Rollout {
  return {
    application: 'checkout',
    revision: 'c'.repeat(40),
    pull: 12,
    waves: [['prod-eu'], ['prod-us']],
    reached: 0,
    ...overrides,
  }
}

/** checkout in prod on prod-eu goes from 1.8.0 to 1.9.0; grace, who owns nothing in particular but may write, has approved it. */
export function reviewFacts(overrides: Partial<ReviewFacts> = {}): ReviewFacts {
  const image = 'registry.shop.example/checkout'
  return {
    pull: aPull(),
    configuration: aConfiguration(),
    configurationProblems: [],
    base: aRendering([
      aRenderedTarget({ digest: 'd0', objects: [aDeployment('checkout', `${image}:1.8.0`)] }),
    ]),
    head: aRendering([
      aRenderedTarget({ digest: 'd1', objects: [aDeployment('checkout', `${image}:1.9.0`)] }),
    ]),
    applications: 14,
    notShown: 0,
    notices: [],
    affected: [
      {
        application: 'checkout',
        environment: 'prod',
        source: 'apps/checkout/overlays/prod',
        because: 'it reads apps/checkout/overlays/prod/kustomization.yaml',
        changedPaths: ['apps/checkout/overlays/prod/kustomization.yaml'],
      },
    ],
    changedRules: [],
    findings: [],
    policyProblems: [],
    approvals: {
      codeowners: undefined,
      reviews: [aReview('grace')],
      recorded: [],
      contributors: [anActor('ada')],
      self: drawbridge,
      teams: new Map(),
      permissions: new Map([['id-grace', 'write']]),
    },
    codeownersProblems: [],
    freezes: [],
    locks: [],
    overrides: [],
    consents: [],
    hotfixes: [],
    holds: [],
    pins: [],
    sourceReleases: [],
    ...overrides,
  }
}
