import { formatOption, organisationOption, revisionOptions } from './shared-options.ts'
import type { Subcommand } from './subcommand.ts'

export const validate: Subcommand = {
  summary: 'configuration, CODEOWNERS, allowed signers and policies: everything that is wrong, at once',
  usage: '[--repo DIR] [--rev REV] [--organisation DIR] [--format text|json]',
  options: {
    ...revisionOptions,
    ...organisationOption,
    ...formatOption('text', 'json'),
  },
  description: [
    'Reads what is committed, as the product does. Each problem is one line: path, line, what is wrong, what makes it right.',
    'In a clone of the organisation’s own .github: drawbridge validate --organisation .',
    'Exit codes: 0 nothing is wrong; 1 something is.',
  ],
  run: async (given, context) => (await import('./run-validate.ts')).runValidate(given, context),
}
