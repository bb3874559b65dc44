import type { Configuration } from '../domain/configuration.ts'
import type { Finding } from '../domain/finding.ts'
import { objectId, objectKey } from '../domain/kubernetes-object.ts'
import type { Problem } from '../domain/problem.ts'
import { targetKey } from '../domain/refs.ts'
import type { Rendering } from '../domain/rendered-target.ts'
import type { RepositoryFiles } from '../domain/repository-files.ts'
import { tenancyFindings } from '../features/tenancy/tenancy-findings.ts'
import type { PolicyEvaluator } from '../ports/policy-evaluator.ts'
import { readPolicies } from '../features/policy/read-policies.ts'

/** What the policies and the tenants of the base say about the objects of the head, as the gates of a pull request ask them. */
export async function evaluateFindings(
  policies: PolicyEvaluator,
  configuration: Configuration,
  files: RepositoryFiles,
  base: Rendering,
  head: Rendering,
): Promise<{ findings: Finding[]; problems: Problem[] }> {
  const old = new Map(base.targets.map((target) => [targetKey(target.target), target.objects]))
  const judged = await policies.evaluate({
    settings: configuration.policies,
    repositoryPolicies: readPolicies(files, configuration.policies),
    targets: head.targets.map(({ target, source, objects }) => {
      const before = old.get(targetKey(target)) ?? []
      const known = new Map(before.map((object) => [objectKey(objectId(object)), object]))
      const pairs = objects.map((after) => ({ before: known.get(objectKey(objectId(after))), after }))
      return { target, path: source, objects: pairs }
    }),
  })
  const tenancy = tenancyFindings(head.targets, configuration, (source) => source)
  return { ...judged, findings: [...tenancy, ...judged.findings] }
}
