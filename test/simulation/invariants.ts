import type { CheckToPublish, PullToOpen } from '../../src/domain/action.ts'
import type { PullRef, Sha } from '../../src/domain/refs.ts'
import type { Attestation, Controls } from '../../src/domain/release.ts'
import type { CheckWrite } from '../../src/ports/github.ts'
import { reviewMarker } from '../../src/features/review/write-review-comment.ts'
import { createDeliveryRules } from './delivery-rules.ts'
import { type FakeGitHub, mainBranch } from './fake-github.ts'
import { greenCommits, type Sight, whyClosed } from './gate-oracle.ts'
import { self, type SimulatedWorld } from './simulated-world.ts'

/** Looks at the world from outside, and at what the product is about to do to it. */
export interface Invariants {
  broken: string[]
  /** A journey begins: what it reads is true now, or becomes true while it runs. */
  begin(): void
  /** Something happened: throws where the world is not as it must always be. */
  look(): void
  /** Nobody does anything any more, and every call succeeds. */
  settle(): void
  /** A call is about to be made: throws where it must not be. */
  onCall(name: string, parameters: unknown[]): void
  demand(broken: readonly string[]): void
}

export function createInvariants(
  world: SimulatedWorld,
  seen: ReadonlyMap<string, Sight>,
  count: (what: string) => void,
): Invariants {
  const { git, github } = world
  const broken: string[] = []
  /** Heads that might be open at some moment of the journey that runs, as `<number> <sha>`. */
  const openHeads = new Set<string>()
  const spoken = new Set<string>()
  const green = new Set<Sha>()
  /** Who may do what, at the moments of the journey that runs. */
  const people: FakeGitHub['people'][] = []
  const truth = () => ({ git, github, seen, now: world.now(), green })
  const deliveries = createDeliveryRules(world, green, count)

  function demand(found: readonly string[]): void {
    if (found.length === 0) return
    broken.push(...found)
    throw new Error(found.join('; '))
  }

  function noteOpenHeads(): void {
    for (const pull of github.openPulls()) {
      if (whyClosed(truth(), pull, pull.baseSha) === undefined)
        openHeads.add(`${pull.ref.number} ${pull.headSha}`)
    }
  }

  function notePeople(): void {
    const { permissions, teams } = github.people
    const copied = [...teams].map(([name, members]) => [name, new Set(members)] as const)
    people.push({ permissions: new Map(permissions), teams: new Map(copied) })
  }

  /** At some moment of the journey that runs. */
  function noteGreen(): void {
    for (const sha of greenCommits(github)) green.add(sha)
  }

  /** What people have said and not changed, at some moment of the journey that runs, as `<login> /<verb>`. */
  function noteSpoken(): void {
    for (const { comments } of github.pulls.values()) {
      for (const { author, body, isEdited } of comments) {
        if (!isEdited && author.id !== self.id) spoken.add(`${author.login} ${body.split(' ')[0]}`)
      }
    }
  }

  /** Nobody's comment is obeyed that was edited before it was read. */
  function judgeControls(commit: Sha, parent: Sha | undefined): void {
    const before = new Set(parent === undefined ? [] : commandsIn(git.texts(parent)))
    const unsaid = commandsIn(git.texts(commit)).filter(
      (each) => !before.has(each) && !spoken.has(each.split('@')[0] ?? ''),
    )
    demand(unsaid.map((each) => `${each} is obeyed, and nobody said it`))
  }

  function judgeHead(number: number, sha: Sha, what: string): void {
    const pull = { ...github.pull(number), headSha: sha }
    if (openHeads.has(`${number} ${sha}`)) return
    const base = git.branches.get(mainBranch) ?? pull.baseSha
    const reason = whyClosed(truth(), pull, base)
    demand(reason === undefined ? [] : [`#${number} ${what} at ${sha.slice(0, 7)} although ${reason}`])
  }

  function judgeCheck(check: CheckToPublish): void {
    if (check.name !== 'drawbridge' || check.conclusion !== 'success') return
    const heads = [...github.pulls.values()].filter(
      ({ pull }) => github.pull(pull.ref.number).headSha === check.sha,
    )
    count('gate opened')
    for (const { pull } of heads) judgeHead(pull.ref.number, check.sha, 'is called open')
  }

  /** Whatever is new on the rendered ref of production came through gates that were open when it was merged. */
  function judgeRelease(commit: Sha, parent: Sha | undefined): void {
    const [after, before] = [
      git.texts(commit),
      parent === undefined ? new Map<string, string>() : git.texts(parent),
    ]
    for (const [path, text] of after) {
      if (!path.endsWith('.release.json') || before.get(path) === text) continue
      const { kind, pull, revision, target } = JSON.parse(text) as Attestation
      // Later waves inherit what was true when the first was opened.
      const isLaterWave = [...before].some(
        ([known, statement]) =>
          known.endsWith(`/${target.application}.release.json`) && statement.includes(`"${revision}"`),
      )
      if (isLaterWave || (kind === 'baseline' && parent === undefined)) continue
      count('released to production')
      const landed = git.commit(revision)
      const [base = revision] = landed.parents
      const judged = pull && github.pull(pull.number)
      const at = { ...truth(), now: landed.committer.at }
      const reasons = judged
        ? people.map((each) =>
            whyClosed({ ...at, github: { ...github, people: each } }, judged, base, revision),
          )
        : ['no pull request brought it']
      demand(
        reasons.includes(undefined)
          ? []
          : [`${path} is released from ${revision.slice(0, 7)} although ${reasons[0]}`],
      )
    }
  }

  return {
    broken,
    demand,
    begin() {
      openHeads.clear()
      spoken.clear()
      green.clear()
      people.length = 0
      notePeople()
      noteGreen()
      noteSpoken()
      noteOpenHeads()
    },
    settle: () => deliveries.settle(),
    look() {
      notePeople()
      noteGreen()
      noteOpenHeads()
      noteSpoken()
      demand([...duplicateComments(world), ...deliveries.look(), ...duplicateChecks(world)])
    },
    onCall(name, parameters) {
      if (name === 'publishChecks') for (const { check } of parameters[1] as CheckWrite[]) judgeCheck(check)
      if (name === 'openPull') demand(deliveries.onOpen(parameters[1] as PullToOpen))
      if (name === 'mergePull') {
        const [ref, sha] = parameters as [PullRef, Sha]
        if (github.pull(ref.number).headSha !== sha) return
        count('merged by rule')
        judgeHead(ref.number, sha, 'is merged by us')
      }
      if (name === 'push' && parameters[0] === 'drawbridge/rendered/prod') {
        judgeRelease(parameters[1] as Sha, parameters[2] as Sha | undefined)
        judgeControls(parameters[1] as Sha, parameters[2] as Sha | undefined)
        const hasSaid = (verb: string) => [...spoken].some((words) => words.endsWith(` ${verb}`))
        demand(deliveries.onRelease(parameters[1] as Sha, parameters[2] as Sha | undefined, hasSaid))
      }
    },
  }
}

/** `<login> /<verb>@<when>` of what people have put in the way of production, or out of it. */
function commandsIn(texts: ReadonlyMap<string, string>): string[] {
  const {
    overrides = [],
    freezes = [],
    locks = [],
  } = JSON.parse(texts.get('controls.json') ?? '{}') as Partial<Controls>
  return [
    ...overrides.map(({ by, at }) => `${by.login} /override@${at}`),
    ...freezes.map(({ by, at }) => `${by} /freeze@${at}`),
    ...locks.map(({ by, at }) => `${by.login} /lock@${at}`),
  ]
}

/** One status comment on a pull request, and one answer to a command. */
function duplicateComments({ github }: SimulatedWorld): string[] {
  return [...github.pulls.values()].flatMap(({ pull, comments }) => {
    const marks = comments
      .filter(({ author }) => author.id === self.id)
      .map(({ body }) => /^<!-- drawbridge:(.+?) -->/.exec(body)?.[1] ?? reviewMarker)
    const double = marks.find((mark, index) => marks.indexOf(mark) !== index)
    return double === undefined ? [] : [`#${pull.ref.number} has two comments of ours marked ${double}`]
  })
}

function duplicateChecks({ github }: SimulatedWorld): string[] {
  return [...github.runs].flatMap(([sha, runs]) =>
    new Set(runs.map(({ name }) => name)).size < runs.length
      ? [`${sha.slice(0, 7)} has two checks of one name`]
      : [],
  )
}
