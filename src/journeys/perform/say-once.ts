import { actionKey, type Action } from '../../domain/action.ts'
import type { PullRef } from '../../domain/refs.ts'
import { perform } from './perform.ts'
import type { Ports } from '../ports.ts'

/** A comment of its own on a pull request, written once for each marker and never again. Answers how many writes were made. */
export async function sayOnce(
  ports: Ports,
  pull: PullRef,
  marker: string,
  template: string,
  view: object,
): Promise<number> {
  const comment: Action = { kind: 'upsert-comment', pull, marker, body: '' }
  const said = await ports.store.effects.find(actionKey(comment))
  if (said.state === 'settled') return 0
  const body = `<!-- drawbridge:${marker} -->\n${ports.words.write(template, view)}`
  return perform(ports, [{ ...comment, body }])
}
