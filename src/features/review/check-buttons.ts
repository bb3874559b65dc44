import type { CheckButton } from '../../domain/action.ts'
import type { Configuration } from '../../domain/configuration.ts'
import { overridableGates, type Verdict } from '../../domain/verdict.ts'
import { describeSources } from '../promotion/promotion-sources.ts'
import { clip } from './comment-size.ts'

/** Source: GitHub Docs, "Create a check run": at most three actions, and their sizes in characters. */
const limits = { buttons: 3, label: 20, description: 40, identifier: 20 }

export const renderAgain: CheckButton = {
  label: 'Re-render',
  description: 'Renders and asks every gate again',
  identifier: 're-render',
}

const promotePrefix = 'promote:'
const overridePrefix = 'override:'
/** A button takes no words; the check, the release and the issue to follow up show these. */
const overrideReason = 'by the button of its check'

/** The buttons of a check: look again, and promote from the environments that the change is about. */
export function checkButtons(
  configuration: Pick<Configuration, 'environments'>,
  changed: ReadonlySet<string>,
): CheckButton[] {
  const promotions = configuration.environments.flatMap(({ name, promotion }) =>
    promotion?.from.environments.some((each) => changed.has(each))
      ? promoteButton(describeSources(promotion.from), name)
      : [],
  )
  return [renderAgain, ...promotions].slice(0, limits.buttons)
}

/** Of the check of a closed gate: half of an override, where some role grants it to anybody. */
export function gateButtons(
  { roles }: Pick<Configuration, 'roles'>,
  { gate, outcome }: Pick<Verdict, 'gate' | 'outcome'>,
): CheckButton[] {
  const isGranted = roles.some(({ may }) => may.includes('override'))
  if (outcome === 'pass' || !isGranted || !isOverridable(gate)) return []
  const description = 'Opens it for an hour, by two people'
  return [{ label: `Override ${gate}`, description, identifier: `${overridePrefix}${gate}` }]
}

function isOverridable(gate: string): boolean {
  return overridableGates.some((each) => each === gate)
}

/** None where GitHub has no room for the environment's name: a button must not act on another than it says. */
function promoteButton(from: string, to: string): CheckButton[] {
  const identifier = `${promotePrefix}${to}`
  const label = [`Promote to ${to}`, `Promote: ${to}`, to].find((text) => text.length <= limits.label)
  if (identifier.length > limits.identifier || label === undefined) return []
  const description = clip(`What runs in ${from} goes to ${to}`, limits.description - 1)
  return [{ label, description, identifier }]
}

/** The command that a button stands for, as somebody would write it; undefined for a button that we never had. */
export function commandOfButton(identifier: string): string | undefined {
  if (identifier === renderAgain.identifier) return '/recheck'
  const gate = identifier.slice(overridePrefix.length)
  if (identifier.startsWith(overridePrefix))
    return isOverridable(gate) ? `/override ${gate} ${overrideReason}` : undefined
  const environment = identifier.slice(promotePrefix.length)
  const isPromotion = identifier.startsWith(promotePrefix) && /^[A-Za-z0-9._-]+$/.test(environment)
  return isPromotion ? `/promote ${environment}` : undefined
}
