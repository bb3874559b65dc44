import type { Hub } from '../hub.ts'
import { fullNameOf, type CheckRun, type CheckSuite, type Repository } from '../state.ts'
import { suiteConclusion, suiteStatus } from '../suites.ts'
import { app } from './account.ts'
import { api, nodeId, time, timeOrNull } from './basics.ts'
import { repository } from './repository.ts'

export function checkRun(hub: Hub, run: CheckRun) {
  const { suite } = run
  const self = `${api(hub)}/repos/${fullNameOf(suite.repository)}/check-runs/${run.id}`
  const page = `${hub.url}/${fullNameOf(suite.repository)}/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: suite.sha,
    external_id: run.externalId,
    url: self,
    html_url: page,
    details_url: run.detailsUrl ?? page,
    status: run.status,
    conclusion: run.conclusion,
    started_at: time(run.startedAt),
    completed_at: timeOrNull(run.completedAt),
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.annotations.length,
      annotations_url: `${self}/annotations`,
    },
    check_suite: { id: suite.id },
    app: app(hub, suite.app),
    pull_requests: suitePulls(hub, suite),
  }
}

export function checkSuite(hub: Hub, suite: CheckSuite) {
  const runs = suite.repository.runs.filter((run) => run.suite === suite)
  return {
    ...nestedSuite(hub, suite),
    repository: repository(hub, suite.repository),
    latest_check_runs_count: runs.length,
    check_runs_url: `${api(hub)}/repos/${fullNameOf(suite.repository)}/check-suites/${suite.id}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  }
}

/** The suite inside a check run's webhook. */
export function nestedSuite(hub: Hub, suite: CheckSuite) {
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.branch,
    head_sha: suite.sha,
    status: suiteStatus(suite),
    conclusion: suiteConclusion(suite),
    url: `${api(hub)}/repos/${fullNameOf(suite.repository)}/check-suites/${suite.id}`,
    before: suite.before,
    after: suite.sha,
    pull_requests: suitePulls(hub, suite),
    app: app(hub, suite.app),
    created_at: time(suite.createdAt),
    updated_at: time(suite.updatedAt),
  }
}

/** Open pull requests of the same repository whose head is the suite's commit. */
function suitePulls(hub: Hub, suite: CheckSuite) {
  return pullsAt(suite.repository, suite.sha).map((pull) => ({
    url: `${api(hub)}/repos/${fullNameOf(suite.repository)}/pulls/${pull.number}`,
    id: pull.id,
    number: pull.number,
    head: { ref: pull.headBranch, sha: pull.headSha, repo: reference(hub, suite.repository) },
    base: { ref: pull.baseBranch, sha: pull.baseSha, repo: reference(hub, suite.repository) },
  }))
}

function pullsAt(repository: Repository, sha: string) {
  return [...repository.pulls.values()].filter((pull) => pull.state === 'open' && pull.headSha === sha)
}

function reference(hub: Hub, repository: Repository) {
  return {
    id: repository.id,
    url: `${api(hub)}/repos/${fullNameOf(repository)}`,
    name: repository.name,
  }
}
