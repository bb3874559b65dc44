import { cacheOption, formatOption, progressOption, revisionOptions } from './shared-options.ts'
import type { Subcommand } from './subcommand.ts'

export const render: Subcommand = {
  summary: 'every object that a revision of the repository renders to',
  usage: '[--repo DIR] [--rev REV] [--application NAME] [--environment NAME] [--format text|json]',
  options: {
    ...revisionOptions,
    application: { type: 'string', value: 'NAME', summary: 'Only this application', multiple: true },
    environment: { type: 'string', value: 'NAME', summary: 'Only this environment', multiple: true },
    'mask-secrets': { type: 'boolean', summary: 'Print fingerprints instead of the values of Secrets' },
    ...formatOption('text', 'json'),
    ...cacheOption,
    ...progressOption,
  },
  description: [
    'Finds the applications as `drawbridge discover` does and renders each with the official tools. text is YAML with one\n' +
      'comment per target; json is schemas/render.schema.json. The objects are exactly what would be applied, Secrets included, unless --mask-secrets is given.',
    'Exit codes: 0 at least one target rendered, or there is none; 1 there are problems and nothing rendered. Problems of single\n' +
      'sources are listed (in text: on stderr) and leave the code at 0.',
    'Example: drawbridge render --environment prod --format json',
  ],
  run: async (given, context) => (await import('./run-render.ts')).runRender(given, context),
}
