import { parseArgs } from 'node:util'
import type { ReviewFacts } from '../src/features/review/review-facts.ts'
import { evaluatePolicies } from '../src/features/policy/evaluate-policies.ts'
import { parsePolicy } from '../src/features/policy/parse-policy.ts'
import { decideReview } from '../src/features/review/decide-review.ts'
import { gatherReviewFacts } from '../src/journeys/review/gather-review-facts.ts'
import { reviewPullRequest } from '../src/journeys/review/review-pull-request.ts'
import type { PolicyEvaluator } from '../src/ports/policy-evaluator.ts'
import { anAccount, mainBranch } from '../test/simulation/fake-github.ts'
import { commitOf } from '../test/simulation/memory-git.ts'
import {
  createSimulatedWorld,
  quietHooks,
  repository,
  type SimulatedWorld,
} from '../test/simulation/simulated-world.ts'

/** Reviews many pull requests under many rules, and lets the window of all of them close. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      pulls: { type: 'string', default: '500' },
      rules: { type: 'string', default: '200' },
      owners: { type: 'string', default: '2000' },
    },
  })
  const [pulls, rules, owners] = [Number(values.pulls), Number(values.rules), Number(values.owners)]
  const world = createSimulatedWorld(quietHooks, {
    files: repositoryFiles(pulls, rules, owners),
    policies: inThisThread(),
  })
  openPulls(world, pulls)
  print('first look', await timed(pulls, (number) => review(world, number)))
  print('second look, nothing new', await timed(pulls, (number) => review(world, number)))

  const facts: ReviewFacts[] = []
  for (let number = 1; number <= pulls; number += 1) facts.push(await factsOf(world, number))
  const now = world.now()
  const times = facts.map((each) => {
    const start = computed()
    decideReview(each, 'bench', now)
    return computed() - start
  })
  print('the decision alone', times)

  world.moveClock(new Date(now).setUTCHours(17, 0, 0, 0))
  print('the window closes', await timed(pulls, (number) => review(world, number)))
}

function print(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((left, right) => left - right)
  const mean = times.reduce((sum, each) => sum + each, 0) / times.length
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(1)
  process.stdout.write(
    `${what.padEnd(26)} ${mean.toFixed(1)} ms of computing a pull request; half below ${at(0.5)}, 99 of 100 below ${at(0.99)}, slowest ${at(1)}\n`,
  )
}

/** Milliseconds that the machine computed for us: others may be at work on it. */
function computed(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

async function timed(pulls: number, look: (number: number) => Promise<void>): Promise<number[]> {
  const times: number[] = []
  for (let number = 1; number <= pulls; number += 1) {
    const start = computed()
    await look(number)
    times.push(computed() - start)
  }
  return times
}

async function review({ ports }: SimulatedWorld, number: number): Promise<void> {
  await reviewPullRequest(ports, { repository, number })
}

async function factsOf({ ports, github, git }: SimulatedWorld, number: number): Promise<ReviewFacts> {
  const pull = github.pull(number)
  const merged = git.mergeTree(pull.baseSha, pull.headSha)
  if ('conflicts' in merged) throw new Error(`#${number} conflicts`)
  return gatherReviewFacts(ports, pull, { base: pull.baseSha, head: merged.tree })
}

/** Without the thread: what it costs to hand a request over is not ours. */
function inThisThread(): PolicyEvaluator {
  const parsed = new Map<string, ReturnType<typeof parsePolicy>>()
  return {
    async evaluate({ settings, repositoryPolicies, targets }) {
      const files = Object.entries(repositoryPolicies).map(([path, text]) => {
        const known = parsed.get(path) ?? parsePolicy(text, path)
        parsed.set(path, known)
        return known
      })
      const { findings, problems } = evaluatePolicies(
        files.flatMap(({ policies }) => policies),
        settings,
        targets,
      )
      return { findings, problems: [...files.flatMap((file) => file.problems), ...problems] }
    },
  }
}

function openPulls({ git, github, now }: SimulatedWorld, pulls: number): void {
  const main = git.branches.get(mainBranch) ?? ''
  for (let number = 1; number <= pulls; number += 1) {
    const tree = git.writeTree(main, { [pathOf(number)]: deployment(number, '1.1.0') })
    const commit = git.writeCommit(commitOf(tree, [main], 'raise', 'ada', now() - 60_000))
    github.push(anAccount('ada'), `change-${number}`, commit, false)
    github.openPull(anAccount('ada'), `change-${number}`, `Raise app ${number}`)
    github.review(anAccount(`owner-${number}`), number, 'approved')
    github.people.permissions.set(`owner-${number}`, 'write')
  }
}

function pathOf(number: number): string {
  return `apps/app-${number}/prod/deployment.yaml`
}

function deployment(number: number, version: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${number}, namespace: shop }
spec:
  replicas: 3
  selector: { matchLabels: { app: app-${number} } }
  template:
    metadata: { labels: { app: app-${number} } }
    spec:
      containers:
        - name: app
          image: registry.shop.example/app-${number}:${version}
          resources: { limits: { memory: 256Mi }, requests: { cpu: 100m, memory: 256Mi } }
`
}

function repositoryFiles(pulls: number, rules: number, owners: number): Record<string, string> {
  const half = Math.ceil(rules / 2)
  const numbers = Array.from({ length: pulls }, (_, index) => index + 1)
  const filler = Array.from(
    { length: Math.max(0, owners - pulls) },
    (_, index) => `/legacy/part-${index}/** @ken`,
  )
  const lines = [...numbers.map((number) => `/apps/app-${number}/ @owner-${number}`), ...filler]
  return {
    '.drawbridge.yaml': configuration(half),
    CODEOWNERS: `${lines.join('\n')}\n`,
    ...Object.fromEntries(numbers.map((number) => [pathOf(number), deployment(number, '1.0.0')])),
    ...Object.fromEntries(
      Array.from({ length: rules - half }, (_, index) => [`rules/rule-${index}.yaml`, policy(index)]),
    ),
  }
}

function configuration(rules: number): string {
  const more = Array.from(
    { length: rules - 1 },
    (_, index) =>
      `        - { from: ["@ken"], when: { paths: ["/legacy/part-${index}/**", "charts/**/values-${index}.yaml"] } }\n`,
  )
  return `version: 1
applications:
  - path: apps/{application}/{environment}
environments:
  prod:
    clusters: [prod]
    approvals:
      all:
        - from: owners
${more.join('')}    windows:
      - { allow: office hours, days: mon-fri, from: "09:00", to: "17:00", zone: Europe/London }
policies:
  folders: [rules]
`
}

function policy(index: number): string {
  return `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: rule-${index}
  annotations: { drawbridge.dev/title: A rule, drawbridge.dev/severity: error, drawbridge.dev/fix: mend it }
spec:
  matchConstraints:
    resourceRules:
      - { apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments] }
  validations:
    - expression: object.spec.template.spec.containers.all(c, !c.image.endsWith(":broken-${index}"))
      message: the image is a broken one
`
}
