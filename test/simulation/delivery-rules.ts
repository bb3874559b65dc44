import type { PromotionProposal, Proposal } from '../../src/domain/proposal.ts'
import type { Instant, Sha } from '../../src/domain/refs.ts'
import type { Controls } from '../../src/domain/release.ts'
import type { PullToOpen } from '../../src/domain/action.ts'
import { parseProposal } from '../../src/features/promotion/proposal-trailers.ts'
import { mainBranch } from './fake-github.ts'
import { asksForCheck } from './shop-files.ts'
import { self, type SimulatedWorld } from './simulated-world.ts'

const hour = 3_600_000

/** What must hold of promotions and reverts, told from what GitHub and git show. */
export interface DeliveryRules {
  /** Of the open pull requests as they are now. */
  look(): string[]
  /** From now on nobody does anything, and every call succeeds. */
  settle(): void
  /** Our pull request is about to be opened, or brought up to date. */
  onOpen(pull: PullToOpen): string[]
  /** The rendered ref of production is about to become this. */
  onRelease(commit: Sha, parent: Sha | undefined, hasSaid: (verb: string) => boolean): string[]
}

export function createDeliveryRules(
  world: SimulatedWorld,
  green: ReadonlySet<Sha>,
  count: (what: string) => void,
): DeliveryRules {
  const { git } = world
  /** Titles of promotions since everything came to rest. */
  let settled: Set<string> | undefined
  const opened = new Map<string, { application: string; at: Instant }>()
  return {
    look: () => twiceOpen(world),
    settle: () => void (settled = new Set()),
    onOpen({ branch, title }) {
      const head = git.branches.get(branch)
      const proposal = head === undefined ? undefined : proposalAt(world, head)
      if (head === undefined || proposal === undefined) return []
      if (proposal.kind === 'promotion') {
        count(`promotion opened${proposal.requestedBy ? ' by a command' : ''}`)
        if (proposal.holds) count('promotion of something older opened')
        if (waitsForCheck(world)) count('promotion opened behind checks')
        if (proposal.requestedBy) return []
        const again = settled?.has(title) ? [`“${title}” is opened again though nobody did anything`] : []
        settled?.add(title)
        return [
          ...again,
          ...notGreen(world, proposal, green),
          ...broughtBack(world, proposal.applications, head),
        ]
      }
      count(`revert opened for ${proposal.cause}`)
      if (proposal.cause === 'command' || isOffer(proposal)) return []
      const [application = ''] = proposal.applications
      const isNew = !opened.has(branch)
      opened.set(branch, { application, at: world.now() })
      return [
        ...(isNew ? tooOften([...opened.values()], application, world.now()) : []),
        ...(isRevert(world, proposal.bad) ? [`${branch} takes back a revert`] : []),
      ]
    },
    onRelease(commit, parent, hasSaid) {
      const [after, before] = [controlsAt(world, commit), controlsAt(world, parent)]
      const left = (which: 'pins' | 'holds') =>
        before[which].filter((one) => !after[which].some((each) => isSame(each, one)))
      const pins = left('pins').filter(() => !hasSaid('/unpin'))
      // Whoever holds again gives another reason.
      const holds = left('holds').filter(() => !hasSaid('/unhold') && !hasSaid('/hold'))
      return [
        ...pins.map(({ application, reason }) => `the pin of ${application} is lost (${reason})`),
        ...holds.map(({ application }) => `the hold of ${application} is lost`),
      ]
    },
  }
}

/** Not one open promotion, or one open revert, for each application in each environment. */
function twiceOpen(world: SimulatedWorld): string[] {
  const places = world.github
    .openPulls()
    .filter(({ author }) => author.id === self.id)
    .flatMap(({ headSha }) => {
      const proposal = proposalAt(world, headSha)
      // Each commit that nobody approved is offered to be taken back by itself.
      if (proposal === undefined || isOffer(proposal)) return []
      const environment = proposal.kind === 'promotion' ? proposal.to : proposal.environment
      return proposal.applications.map(
        (application) => `${proposal.kind} of ${application} in ${environment}`,
      )
    })
  return places
    .filter((place, index) => places.indexOf(place) !== index)
    .map((place) => `two pull requests are open for the ${place}`)
}

/** Whether promotions wait for the check. */
function waitsForCheck({ git }: SimulatedWorld): boolean {
  const tip = git.branches.get(mainBranch)
  return tip !== undefined && asksForCheck(git.texts(tip))
}

/** What automation proposes though its check is not green. */
function notGreen(
  world: SimulatedWorld,
  { carries = [] }: PromotionProposal,
  green: ReadonlySet<Sha>,
): string[] {
  return carries
    .filter(({ revision }) => waitsForCheck(world) && !green.has(revision))
    .map(({ revision }) => `${revision.slice(0, 7)} is promoted though its check is not green`)
}

function isOffer(proposal: Proposal): boolean {
  return proposal.kind === 'revert' && proposal.cause === 'unapproved-commit'
}

/** What automation proposes for production though somebody, or evidence, put it out of the way. */
function broughtBack(world: SimulatedWorld, applications: readonly string[], head: Sha): string[] {
  const { pins, holds } = controlsAt(world, world.git.branches.get('drawbridge/rendered/prod'))
  const texts = world.git.texts(head)
  return applications.flatMap((application) => {
    const manifest = texts.get(`apps/${application}/prod/deployment.yaml`) ?? ''
    const pinned = pins
      .filter((pin) => pin.application === application)
      .flatMap(({ images }) => Object.entries(images).map(([image, version]) => `${image}:${version}`))
      .filter((image) => manifest.includes(`image: ${image}\n`))
    return [
      ...pinned.map((image) => `${image} is promoted though it is pinned`),
      ...holds
        .filter((hold) => hold.application === application)
        .map(() => `${application} is promoted though it is held`),
    ]
  })
}

/** Once an hour for each application, three times a day in all. */
function tooOften(
  opened: readonly { application: string; at: Instant }[],
  application: string,
  now: Instant,
): string[] {
  const lately = opened.filter((one) => one.application === application && now - one.at < hour)
  const today = opened.filter(({ at }) => now - at < 24 * hour)
  return [
    ...(lately.length > 1 ? [`${application} is taken back twice within an hour`] : []),
    ...(today.length > 3 ? [`${today.length} releases are taken back within a day`] : []),
  ]
}

/** Whether what was released from this commit was itself a revert by evidence. */
function isRevert(world: SimulatedWorld, revision: Sha): boolean {
  const { github } = world
  const landed = [...github.pulls.values()].find(({ pull }) => pull.mergeSha === revision)?.pull
  const proposal = landed && proposalAt(world, github.pull(landed.ref.number).headSha)
  return proposal?.kind === 'revert'
}

function proposalAt({ git }: SimulatedWorld, head: Sha): Proposal | undefined {
  const { author, message } = git.commit(head)
  return author.name === self.login ? parseProposal(message) : undefined
}

function controlsAt({ git }: SimulatedWorld, commit: Sha | undefined): Pick<Controls, 'pins' | 'holds'> {
  const text = commit === undefined ? undefined : git.texts(commit).get('controls.json')
  return { pins: [], holds: [], ...(text === undefined ? {} : (JSON.parse(text) as Partial<Controls>)) }
}

function isSame(left: object, right: object): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
