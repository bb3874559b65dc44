import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createWords } from '../../../src/adapters/words/handlebars-words.ts'
import { diffRenderings } from '../../../src/features/diff/diff-renderings.ts'
import type { ReviewView, Write } from '../../../src/features/review/review-view.ts'
import { anObject, aSide, aWorkload } from '../diff/diff-builders.ts'

const folder = join(import.meta.dirname, '../../../templates')

const templates = Object.fromEntries(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.hbs'))
    .map((path) => [path.slice(0, -4), readFileSync(join(folder, path), 'utf8')]),
)

const words = createWords(templates)

export const templateNames = Object.keys(templates).toSorted()

export const write: Write = (template, view) => words.write(template, view)

const target = { application: 'checkout', environment: 'prod', cluster: 'prod-eu' }
const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' }

/** A change to one application on two clusters, with everything that a comment can show. */
export function aReview(view: Partial<ReviewView> = {}): ReviewView {
  const secret = (value: string) => anObject('Secret', { data: { password: value } }, { name: 'database' })
  const before = aSide([aWorkload(), secret('b2xk')], ['prod-eu', 'prod-us'])
  const after = aSide(
    [
      aWorkload({ image: 'shop/checkout:latest', spec: { replicas: 0 }, annotations: {} }),
      secret('bmV3'),
      anObject('Service', { spec: { ports: [{ port: 80 }] } }),
    ],
    ['prod-eu', 'prod-us'],
  )
  return {
    head: 'b'.repeat(40),
    base: 'a'.repeat(40),
    diff: diffRenderings(before, after, { maskKey: 'k' }),
    affected: [
      {
        application: 'checkout',
        environment: 'prod',
        source: 'apps/checkout/overlays/prod',
        because: 'it reads apps/checkout/base/deployment.yaml',
      },
    ],
    verdicts: [
      { gate: 'configuration', outcome: 'pass', reason: 'the configuration is valid', details: [] },
      {
        gate: 'policy',
        outcome: 'block',
        reason: '1 finding of severity error',
        details: [],
        fix: 'mend the findings above',
      },
      {
        gate: 'approvals',
        outcome: 'wait',
        reason: '1 approval is missing',
        details: ['prod asks for 1 of the owners'],
        fix: 'ask @shop/payments for a review',
      },
    ],
    findings: [
      {
        policy: 'image-tag-latest',
        severity: 'error',
        target,
        object,
        message: 'app runs shop/checkout:latest',
        fix: 'name a version',
        path: 'apps/checkout/base/deployment.yaml',
        line: 12,
        isOld: false,
      },
      {
        policy: 'image-tag-latest',
        severity: 'error',
        target: { ...target, cluster: 'prod-us' },
        object,
        message: 'app runs shop/checkout:latest',
        fix: 'name a version',
        path: 'apps/checkout/base/deployment.yaml',
        line: 12,
        isOld: false,
      },
      {
        policy: 'memory-limit',
        severity: 'warning',
        target,
        object,
        message: 'app has no memory limit',
        fix: 'set resources.limits.memory',
        path: 'apps/checkout/base/deployment.yaml',
        line: 9,
        isOld: true,
      },
    ],
    problems: [
      {
        code: 'RENDER_FAILED',
        path: 'apps/search/overlays/prod/kustomization.yaml',
        line: 3,
        message: 'resource ../../bse does not exist',
        fix: 'mend the path',
      },
    ],
    approvals: {
      missing: { users: ['ada'], teams: ['@shop/payments'] },
      counted: [{ login: 'bob', for: 'checkout in prod' }],
      notCounted: [{ login: 'eve', because: 'is the author of the change' }],
    },
    links: { dashboard: 'https://drawbridge.example/pulls/shop/gitops/7' },
    ...view,
  }
}
