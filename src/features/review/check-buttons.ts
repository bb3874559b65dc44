import type { CheckButton } from '../../domain/action.ts'
import type { Configuration } from '../../domain/configuration.ts'
import { clip } from './comment-size.ts'

/** Source: GitHub Docs, "Create a check run": at most three actions, and their sizes in characters. */
const limits = { buttons: 3, label: 20, description: 40, identifier: 20 }

export const renderAgain: CheckButton = {
  label: 'Re-render',
  description: 'Renders and asks every gate again',
  identifier: 're-render',
}

const promotePrefix = 'promote:'

/** The buttons of a check: look again, and promote from the environments that the change is about. */
export function checkButtons(
  configuration: Pick<Configuration, 'environments'>,
  changed: ReadonlySet<string>,
): CheckButton[] {
  const promotions = configuration.environments.flatMap(({ name, promotion }) =>
    promotion && changed.has(promotion.from) ? promoteButton(promotion.from, name) : [],
  )
  return [renderAgain, ...promotions].slice(0, limits.buttons)
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
  const environment = identifier.slice(promotePrefix.length)
  const isPromotion = identifier.startsWith(promotePrefix) && /^[A-Za-z0-9._-]+$/.test(environment)
  return isPromotion ? `/promote ${environment}` : undefined
}
