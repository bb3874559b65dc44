/** A small repository of plain manifests: two applications, of which production is guarded. */
export const applications = ['checkout', 'search'] as const
export type Application = (typeof applications)[number]
export const environments = ['staging', 'prod'] as const
export type EnvironmentName = (typeof environments)[number]

export const codeownersPath = 'CODEOWNERS'

export function manifestPath(application: Application, environment: EnvironmentName): string {
  return `apps/${application}/${environment}/deployment.yaml`
}

/** Beside the workload, so that two changes of one application can merge. */
export function settingsPath(application: Application, environment: EnvironmentName): string {
  return `apps/${application}/${environment}/settings.yaml`
}

export function settings(application: Application, level: number): string {
  return `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${application}
  namespace: shop
data:
  level: "${level}"
`
}

export function manifest(application: Application, version: string, replicas = 2): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${application}
  namespace: shop
spec:
  replicas: ${replicas}
  template:
    spec:
      containers:
        - name: ${application}
          image: registry.shop.example/${application}:${version}
`
}

/** Who owns search is named alone; checkout is a team's. */
export function codeowners(searchOwner: string): string {
  return `/apps/checkout/ @shop/checkout\n/apps/search/ @${searchOwner}\n/CODEOWNERS @shop/release\n`
}

function slo(application: Application): string {
  return `  - name: ${application} answers
    application: ${application}
    environment: prod
    objective: 99.9
    window: 28d
    bad: http_requests_total{app="${application}",code=~"5.."}
    total: http_requests_total{app="${application}"}
    onBreach: revert
`
}

export const demandedCheck = { name: 'e2e', app: 'ci' } as const

/** How a promotion to production may be asked for besides what is always asked. */
const edges = [
  '',
  ', batch: every',
  ', batch: quiet',
  `, checks: [{ name: ${demandedCheck.name}, app: ${demandedCheck.app} }]`,
  `, batch: every, checks: [{ name: ${demandedCheck.name}, app: ${demandedCheck.app} }]`,
]

const configurationWith = (edge: string) => `version: 1
applications:
  - path: apps/{application}/{environment}
environments:
  staging:
    clusters: [staging]
  prod:
    waves: [[prod-eu], [prod-us]]
    promotion: { from: staging, soak: 1m, automatic: true, merge: rule${edge} }
    approvals: { count: 1, from: owners, fourEyes: true }
    windows:
      - allow: office hours
        days: mon-fri
        from: "09:00"
        to: "17:00"
        zone: UTC
        except: [revert]
slos:
${applications.map(slo).join('')}roles:
  - name: release managers
    members: ["@shop/release"]
    may: [approve, override, promote, revert, freeze, unfreeze, lock, unlock, pin, unpin, hold, unhold]
    environments: ["*"]
  - name: writers
    permission: write
    may: [approve, lock, unlock]
    environments: ["*"]
`

/** Whether the repository's promotions to production wait for the check. */
export function asksForCheck(texts: ReadonlyMap<string, string>): boolean {
  return texts.get('.drawbridge.yaml')?.includes(', checks:') === true
}

/** Each number another edge to production, over and over. */
export function shopFilesOf(variant: number): Record<string, string> {
  return { ...shopFiles, '.drawbridge.yaml': configurationWith(edges[variant % edges.length] ?? '') }
}

export const shopFiles: Record<string, string> = {
  '.drawbridge.yaml': configurationWith(''),
  [codeownersPath]: codeowners('grace'),
  'README.md': 'The shop.\n',
  ...Object.fromEntries(
    applications.flatMap((application) =>
      environments.flatMap((environment) => [
        [manifestPath(application, environment), manifest(application, '1.0.0')],
        [settingsPath(application, environment), settings(application, 0)],
      ]),
    ),
  ),
}
