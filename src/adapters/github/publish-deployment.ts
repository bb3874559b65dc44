import type { Deployment } from '../../domain/deployment.ts'
import type { RepositoryRef } from '../../domain/refs.ts'
import type { GitHubClient } from './github-client.ts'
import { hasStatus, orUndefined } from './github-fault.ts'
import { scopeOf } from './read-github.ts'

/** Told apart by it from what other tools deploy. */
const task = 'deploy:drawbridge'

/**
 * Creates the deployment of a revision in an environment, or finds the one that was created before it could be remembered,
 * and gives it its state. Undefined: the app may not.
 */
export async function publishDeployment(
  client: GitHubClient,
  appId: string,
  repository: RepositoryRef,
  deployment: Deployment,
  knownId: string | undefined,
): Promise<{ id: string } | undefined> {
  const { octokit, at } = scopeOf(client, repository, 'deployments')
  try {
    const id = await idOf()
    const { data: newest } = await octokit.rest.repos.listDeploymentStatuses({
      ...at,
      deployment_id: id,
      per_page: 1,
    })
    if (newest[0]?.state !== deployment.state) await addStatus(id)
    return { id: String(id) }
  } catch (error) {
    // 422: the installation has not granted the permission, so no token is given, or the commit is there no more.
    if (hasStatus(error, 403, 404, 409, 422)) return undefined
    throw error
  }

  async function idOf(): Promise<number> {
    const { environment, revision } = deployment
    if (knownId !== undefined) {
      const known = await orUndefined(
        octokit.rest.repos.getDeployment({ ...at, deployment_id: Number(knownId) }),
      )
      if (known) return Number(known.data.id)
    }
    const list = { ...at, sha: revision, environment, task, per_page: 100 }
    const { data: found } = await octokit.rest.repos.listDeployments(list)
    const own = found.find((one) => String(one.performed_via_github_app?.id) === appId)
    return own ? Number(own.id) : create()
  }

  async function create(): Promise<number> {
    const { environment, revision, applications, isProduction } = deployment
    const { data } = await octokit.rest.repos.createDeployment({
      ...at,
      ref: revision,
      task,
      environment,
      description: applications.join(', ').slice(0, 140),
      payload: { applications },
      // The gates were asked before the merge: GitHub need not ask again, and nothing is to be merged into the commit.
      auto_merge: false,
      required_contexts: [],
      transient_environment: false,
      production_environment: isProduction,
    })
    if ('id' in data) return Number(data.id)
    throw new Error('GitHub merged instead of creating a deployment')
  }

  async function addStatus(id: number): Promise<void> {
    const { state, description, environment, url, logUrl } = deployment
    await octokit.rest.repos.createDeploymentStatus({
      ...at,
      deployment_id: id,
      state,
      description: description.slice(0, 140),
      environment,
      ...(url !== undefined && { environment_url: url }),
      log_url: logUrl,
      // Other applications' deployments go on in the same environment; which of them ended is said one by one.
      auto_inactive: false,
    })
  }
}
