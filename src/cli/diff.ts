import {
  cacheOption,
  formatOption,
  organisationOption,
  progressOption,
  repositoryOption,
} from './shared-options.ts'
import type { Subcommand } from './subcommand.ts'

export const diff: Subcommand = {
  summary: 'what a change does to every application in every environment',
  usage:
    '[--repo DIR] [--base REV] [--head REV] [--organisation DIR] [--format text|json|markdown] [--exit-code]',
  options: {
    ...repositoryOption,
    ...organisationOption,
    base: {
      type: 'string',
      value: 'REV',
      summary: "What the change is merged into; default: the remote's default branch",
    },
    head: { type: 'string', value: 'REV', summary: 'The change; default: HEAD' },
    ...formatOption('text', 'json', 'markdown'),
    'exit-code': { type: 'boolean', summary: 'Exit with 2 when something renders differently' },
    ...cacheOption,
    ...progressOption,
  },
  description: [
    'Works on any clone, without configuration. Compares what head merged into base renders with what base renders, exactly as\n' +
      'the comment on a pull request does; text and markdown are that comment, json is schemas/diff.schema.json.\n' +
      'Values of Secrets are shown as fingerprints under a key that is new in each run.',
    'Exit codes: 0 it ran, with or without differences; 1 nothing could be compared, because head does not merge into base or\n' +
      'nothing rendered; 2 something differs, with --exit-code. Problems of single sources are listed and leave the code at 0.',
    'Example: drawbridge diff --base main --head my-branch --format json',
  ],
  run: async (given, context) => (await import('./run-diff.ts')).runDiff(given, context),
}
