import { formatOption, revisionOptions } from './shared-options.ts'
import type { Subcommand } from './subcommand.ts'

export const validate: Subcommand = {
  summary: 'configuration, CODEOWNERS and policies: everything that is wrong, at once',
  usage: '[--repo DIR] [--rev REV] [--format text|json]',
  options: {
    ...revisionOptions,
    ...formatOption('text', 'json'),
  },
  description: [
    'Reads what is committed, as the product does. Each problem is one line: path, line, what is wrong, what makes it right.',
    'Exit codes: 0 nothing is wrong; 1 something is.',
  ],
  run: async (given, context) => (await import('./run-validate.ts')).runValidate(given, context),
}
