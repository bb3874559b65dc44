import { ApiError, notFound } from '../api-error.ts'
import { deployment as presentDeployment, deploymentStatus } from '../present/commit.ts'
import { created, numberParam, ok, onRepository, page, type RepositoryCall, type Route } from '../route.ts'
import { nextId, type Deployment } from '../state.ts'

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']

/** Deployments and their statuses. */
export const deploymentRoutes: Route[] = [
  onRepository('GET', '/deployments', 'deployments:read', 'read', (call) => {
    const { query } = call
    const found = call.repository.deployments.filter((each) =>
      (['sha', 'ref', 'task', 'environment'] as const).every(
        (key) => !query.get(key) || query.get(key) === each[key],
      ),
    )
    return page(call, found.toReversed(), (each) => presentDeployment(call.hub, call.repository, each))
  }),
  onRepository('POST', '/deployments', 'deployments:write', 'write', async (call) => {
    const { hub, repository, input, doer } = call
    const ref = input.text('ref')
    const sha = await hub.git.resolve(repository.folder, ref)
    if (!sha) throw new ApiError(422, `No ref found for: ${ref}`)
    const now = hub.clock.now()
    const deployment: Deployment = {
      id: nextId(hub.state),
      sha,
      ref,
      task: input.optionalText('task') ?? 'deploy',
      environment: input.optionalText('environment') ?? 'production',
      isTransient: input.boolean('transient_environment') ?? false,
      isProduction:
        input.boolean('production_environment') ??
        (input.optionalText('environment') ?? 'production') === 'production',
      description: input.optionalText('description') ?? null,
      payload: input.object('payload') ?? {},
      creator: doer.account,
      app: doer.app,
      createdAt: now,
      updatedAt: now,
      statuses: [],
    }
    repository.deployments.push(deployment)
    return created(presentDeployment(hub, repository, deployment))
  }),
  onRepository('GET', '/deployments/{deployment_id}', 'deployments:read', 'read', (call) =>
    ok(presentDeployment(call.hub, call.repository, theDeployment(call))),
  ),
  onRepository('GET', '/deployments/{deployment_id}/statuses', 'deployments:read', 'read', (call) => {
    const deployment = theDeployment(call)
    return page(call, deployment.statuses.toReversed(), (each) =>
      deploymentStatus(call.hub, call.repository, deployment, each),
    )
  }),
  onRepository('POST', '/deployments/{deployment_id}/statuses', 'deployments:write', 'write', (call) => {
    const { hub, repository, input, doer } = call
    const deployment = theDeployment(call)
    const state = input.text('state')
    if (!states.includes(state))
      throw new ApiError(422, `Invalid request.\n\n"${state}" is not a member of ${JSON.stringify(states)}.`)
    const status = {
      id: nextId(hub.state),
      state,
      description: input.optionalText('description') ?? '',
      environment: input.optionalText('environment') ?? deployment.environment,
      environmentUrl: input.optionalText('environment_url') ?? '',
      logUrl: input.optionalText('log_url') ?? '',
      creator: doer.account,
      createdAt: hub.clock.now(),
    }
    deployment.statuses.push(status)
    deployment.updatedAt = status.createdAt
    return created(deploymentStatus(hub, repository, deployment, status))
  }),
]

function theDeployment(call: RepositoryCall): Deployment {
  const id = numberParam(call, 'deployment_id')
  const found = call.repository.deployments.find((each) => each.id === id)
  if (!found) throw notFound()
  return found
}
