import { maskText } from '../diff/mask-text.ts'
import { sensitiveNames } from '../diff/sensitive-names.ts'

const secretNames = sensitiveNames([])

/** Controllers put answers of other systems into their messages, and with them what those were asked with. */
export function hideSecrets(text: string): string {
  return maskText(text, secretNames, () => '(hidden)')
}
