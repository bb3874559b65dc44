import { type CommandAnswer, type CommandContext, failed } from './command-answer.ts'
import { obeyControl } from './obey-control.ts'
import type { Ports } from '../ports.ts'

/** Only where the configuration knows hotfixes: in every environment that the change reaches, or nowhere. */
export async function obeyHotfix(ports: Ports, context: CommandContext): Promise<CommandAnswer> {
  const known = context.tip.configuration.environments.filter(({ hotfix }) => hotfix !== undefined)
  const unknown = context.places.find(({ environment }) => !known.some(({ name }) => name === environment))
  if (!unknown) return obeyControl(ports, context)
  const fix = `write environments.${unknown.environment}.hotfix into .drawbridge.yaml, or ask for /override`
  return failed(ports, context, `${unknown.environment} knows no hotfixes`, fix)
}
