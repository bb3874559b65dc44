import type {
  ApprovalRule,
  Configuration,
  Environment,
  EnvironmentRules,
  OrganisationRules,
  PolicySettings,
  Window,
} from '../../domain/configuration.ts'
import { matchesGlob } from './glob.ts'

/**
 * A repository's configuration under its organisation's rules. They add and never remove:
 *
 * | key                              | what holds                                                                         |
 * | -------------------------------- | ---------------------------------------------------------------------------------- |
 * | roles, diff.mask, freezes        | both                                                                               |
 * | environments.*.approvals         | both needs; four eyes where either asks for them                                   |
 * | environments.*.hotfix.approvals  | both; no hotfix passes a window or a freeze of the organisation                    |
 * | environments.*.windows           | deny of either closes; with allow of both, a change starts inside one of each      |
 * | environments.*.protected         | protected where either says so                                                     |
 * | policies.severities              | the repository's where both name a policy, unless `policies` is locked             |
 * | policies.folders                 | both, each read from its own repository                                            |
 * | tenants                          | the limits of both, one tenant of each; the organisation's identity goes first     |
 * | applications, slos, all the rest | the repository's alone                                                             |
 *
 * What a repository writes under a locked key was dropped before, as a problem.
 */
export function addOrganisation(own: Configuration, rules: OrganisationRules): Configuration {
  const mask = [...new Set([...rules.mask, ...(own.diff?.mask ?? [])])]
  const freezes = [
    ...rules.freezes.map((freeze) => ({ ...freeze, ofOrganisation: true as const })),
    ...(own.freezes ?? []),
  ]
  return {
    ...own,
    environments: own.environments.map((environment) => addRules(environment, rules)),
    roles: [...rules.roles, ...own.roles],
    policies: addPolicies(own.policies, rules),
    ...(mask.length > 0 && { diff: { ...own.diff, mask } }),
    ...(freezes.length > 0 && { freezes }),
    ...(rules.tenants && { tenants: [rules.tenants, ...(own.tenants ?? [])] }),
  }
}

function addRules(environment: Environment, { environments, rule }: OrganisationRules): Environment {
  return environments
    .filter(({ environments: glob }) => matchesGlob(glob, environment.name))
    .reduce((sum, rules) => addEnvironmentRules(sum, rules, rule), environment)
}

function addEnvironmentRules(environment: Environment, rules: EnvironmentRules, rule: string): Environment {
  const { hotfix } = environment
  return {
    ...environment,
    isProtected: environment.isProtected || rules.isProtected,
    approvals: joinApprovals(rules.approvals, environment.approvals),
    ...(hotfix?.approvals && { hotfix: { approvals: joinApprovals(rules.approvals, hotfix.approvals) } }),
    windows: [...rules.windows.map((window) => ofRule(window, rules, rule)), ...environment.windows],
  }
}

/** Each entry's allow windows are a condition of their own: no other entry, and no repository, widens them. */
function ofRule(window: Window, { environments }: EnvironmentRules, rule: string): Window {
  return { ...window, name: `${window.name}, of ${rule}`, rule: `${rule} ${environments}` }
}

function joinApprovals(left: ApprovalRule, right: ApprovalRule): ApprovalRule {
  const needs = [left.need, right.need].flatMap((need) => need ?? [])
  const [first, second] = needs
  const need = first && second ? { kind: 'all' as const, of: needs, when: {} } : first
  return { fourEyes: left.fourEyes || right.fourEyes, ...(need && { need }) }
}

function addPolicies(own: PolicySettings, rules: OrganisationRules): PolicySettings {
  const isLocked = rules.locked.includes('policies')
  const severities: PolicySettings['severities'] = Object.assign(
    Object.create(null),
    rules.severities,
    isLocked ? {} : own.severities,
  )
  return { ...own, severities, ofOrganisation: rules.policies }
}
