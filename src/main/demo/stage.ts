import type { Release } from '../../domain/release.ts'
import { fullName, type RepositoryRef } from '../../domain/refs.ts'
import type { ClusterName } from '../../emulator/shop/create-shop.ts'
import type { CheckRun, Pull as EmulatedPull } from '../../emulator/github/state.ts'
import type { Demo } from './open-demo.ts'
import { type Narrator, StoryFailure } from './narrator.ts'

/** Path → how a person edits the file. */
export type Edits = Record<string, (text: string) => string>

/** A check as people see it. */
export interface SeenCheck {
  title: string
  conclusion: string | null
}

/** What the people of the story do and see, in their words. Looks answer undefined or false while there is nothing to see. */
export type Stage = ReturnType<typeof createStage>

export function createStage(demo: Demo, narrator: Narrator) {
  const { shop, drawbridge, clock } = demo
  const { github, repository, githubUrl } = shop
  const { ports } = drawbridge
  const ref: RepositoryRef | undefined = drawbridge.repositories.all()[0]
  if (!ref) throw new StoryFailure('the app does not see the repository shop/config')

  const pullOf = (number: number): EmulatedPull => github.pull(repository, number)
  const person = (login: string) => {
    const { approve, review } = github.as(login)
    return {
      approve: async (number: number) => void approve(pullOf(number)),
      requestChanges: async (number: number, body: string) => void review(pullOf(number), 'REQUEST_CHANGES', body),
    }
  }
  const textAtMain = async (path: string): Promise<string> => {
    const git = await ports.repository(ref)
    await git.fetch()
    const tip = await git.resolve('refs/heads/main')
    const entry = tip && (await git.tree(tip)).entries.find((candidate) => candidate.path === path)
    if (!entry) throw new StoryFailure(`${path} is not on main`)
    return Buffer.from((await git.read([entry.id])).get(entry.id) ?? []).toString('utf8')
  }
  const edited = async (edits: Edits): Promise<Record<string, string>> => {
    const files: Record<string, string> = {}
    for (const [path, edit] of Object.entries(edits)) {
      const before = await textAtMain(path)
      const after = edit(before)
      if (after === before) throw new StoryFailure(`the edit of ${path} changes nothing`)
      files[path] = after
    }
    return files
  }
  /** Open or not: what may be merged by rule is open for a moment only. */
  const openedPulls = (prefix: string): EmulatedPull[] =>
    [...repository.pulls.values()].filter(
      ({ author, headBranch }) => String(author.id) === ports.self.actor.id && headBranch.startsWith(prefix),
    )
  const newestCheck = (sha: string, name: string): CheckRun | undefined =>
    github.checks(repository, sha).findLast((run) => run.name === name)
  const toSeen = (run: CheckRun): SeenCheck => ({ title: run.output.title ?? '', conclusion: run.conclusion })
  const deployment = (cluster: string, name: string) =>
    shop.live.get(cluster as ClusterName)?.get({ kind: 'Deployment', namespace: 'shop', name, group: 'apps' }) as
      | DeploymentFields
      | undefined

  return {
    demo,
    narrator,
    as: person,
    pullPage: (number: number) => `${githubUrl}/${fullName(ref)}/pull/${number}`,
    commitsPage: (branch: string) => `${githubUrl}/${fullName(ref)}/commits/${branch}`,
    boardPage: () => drawbridge.url(),

    /** The first rendered refs: what is found is adopted, and runs. */
    async baseline(): Promise<void> {
      await narrator.until('every environment is adopted and healthy', async () => {
        const releases = await ports.store.releases.list()
        return releases.length === 28 && releases.every(({ release }) => release.phase === 'healthy')
      })
    },

    async openPull(wanted: { by: string; title: string; branch: string; edits: Edits }): Promise<number> {
      const author = github.as(wanted.by)
      await author.push(repository, wanted.branch, await edited(wanted.edits), wanted.title)
      const pull = await author.openPull({ repository, head: wanted.branch, title: wanted.title })
      return pull.number
    },

    async push(by: string, message: string, edits: Edits): Promise<string> {
      return github.as(by).push(repository, 'main', await edited(edits), message)
    },

    /** Merges; false while GitHub still refuses. */
    async merge(by: string, number: number): Promise<boolean> {
      await github.as(by).merge(pullOf(number), 'squash')
      return true
    },

    isMerged: (number: number) => pullOf(number).merged !== undefined,

    /** Drawbridge's comment, once it says what `says` looks for. */
    comment(number: number, says: (body: string) => boolean): string | undefined {
      const own = pullOf(number).comments.filter(({ author }) => author.type === 'Bot')
      return own.find(({ body }) => body.startsWith('<!-- drawbridge:review -->') && says(body))?.body
    },

    /** What the comment says first. */
    headOf(comment: string): string {
      const lines = comment.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('<!--'))
      return lines.slice(0, 12).join('\n')
    },

    check(number: number, name: string, is: (check: SeenCheck) => boolean): SeenCheck | undefined {
      const run = newestCheck(pullOf(number).headSha, name)
      return run && is(toSeen(run)) ? toSeen(run) : undefined
    },

    commitCheck(sha: string, name: string): SeenCheck | undefined {
      const run = newestCheck(sha, name)
      return run && toSeen(run)
    },

    hasChecks: (number: number, count: number) =>
      new Set(github.checks(repository, pullOf(number).headSha).map(({ name }) => name)).size >= count,

    /** Comments a command; answers the comment's id. */
    async commandBy(login: string, number: number, command: string): Promise<string> {
      return String(github.as(login).comment(pullOf(number), command).id)
    },

    answer(number: number, commentId: string, says: (body: string) => boolean): string | undefined {
      const marker = `<!-- drawbridge:answer-${commentId} -->`
      const found = pullOf(number).comments.find(({ body }) => body.startsWith(marker) && says(body))
      return found?.body.replace(marker, '').trim()
    },

    /** The pull requests that Drawbridge has opened from branches that begin so, oldest first. */
    openedPulls,
    openedPull: (prefix: string) => openedPulls(prefix).at(-1),

    /** The lines that a pull request takes away and adds. */
    async diffOf(number: number): Promise<string[]> {
      const git = await ports.repository(ref)
      await git.fetch()
      const { headSha } = pullOf(number)
      const [base = headSha] = (await git.commit(headSha)).parents
      const lines: string[] = []
      for (const { path } of await git.changedPaths(base, headSha)) {
        const [before, after] = await Promise.all([linesAt(base, path), linesAt(headSha, path)])
        lines.push(...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`))
        lines.push(...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`))
      }
      return lines

      async function linesAt(sha: string, path: string): Promise<string[]> {
        const entry = (await git.tree(sha)).entries.find((candidate) => candidate.path === path)
        if (!entry) return []
        return Buffer.from((await git.read([entry.id])).get(entry.id) ?? []).toString('utf8').split('\n')
      }
    },

    /** The newest commit of the rendered ref, once it holds a release of the application that came by a pull request. */
    async renderedCommit(environment: string, application: string): Promise<string | undefined> {
      const state = await ports.ledger.read(ref, environment)
      if (state?.trust !== 'trusted') return undefined
      return state.attestations.some(({ target, pull }) => target.application === application && pull) ? state.commit : undefined
    },

    async isPinned(environment: string, application: string, version: string): Promise<boolean> {
      const state = await ports.ledger.read(ref, environment)
      return state?.controls.pins.some((pin) => pin.application === application && Object.values(pin.images).includes(version)) ?? false
    },

    /** Every replica of the application is ready and runs the version. */
    runs(cluster: string, name: string, version: string): boolean {
      const found = deployment(cluster, name)
      const image = found?.spec.template.spec.containers[0]?.image
      return image?.endsWith(`:${version}`) === true && found?.status?.readyReplicas === found?.spec.replicas
    },
    /** The cluster is told to run the version, whatever it runs yet. */
    holds: (cluster: string, name: string, version: string): boolean =>
      deployment(cluster, name)?.spec.template.spec.containers[0]?.image.endsWith(`:${version}`) === true,
    replicas: (cluster: string, name: string) => deployment(cluster, name)?.spec.replicas,
    memoryLimit: (cluster: string, name: string) =>
      deployment(cluster, name)?.spec.template.spec.containers[0]?.resources?.limits?.memory,

    /** Somebody's `kubectl edit`. */
    edit(cluster: ClusterName, name: string, patch: unknown): void {
      shop.live.get(cluster)?.edit({ kind: 'Deployment', namespace: 'shop', name, group: 'apps' }, patch, 'kubectl-edit')
    },

    async release(application: string, environment: string, is: (release: Release) => boolean): Promise<Release | undefined> {
      const all = (await ports.store.releases.list(ref)).map(({ release }) => release)
      return all.find((release) => release.target.application === application && release.target.environment === environment && is(release))
    },

    /** Lets time pass at once, as when a machine was asleep, after what is at hand is done. */
    async pass(ms: number): Promise<void> {
      await passUntil(clock.now() + ms)
    },

    passUntil: (instant: string) => passUntil(Date.parse(instant)),
  }

  /** The jump waits for a quiet moment, so that nothing is torn in two; a busy queue is not waited for long. */
  async function passUntil(instant: number): Promise<void> {
    for (let looks = 0; looks < 50; looks += 1) {
      const { due, running } = await ports.store.queue.depth(clock.now())
      if (due + running === 0) break
      await clock.sleep(1_000)
    }
    clock.jumpTo(instant)
  }
}

interface DeploymentFields {
  spec: {
    replicas: number
    template: { spec: { containers: { image: string; resources?: { limits?: { memory?: string } } }[] } }
  }
  status?: { readyReplicas?: number }
}
