import { formatOption, revisionOptions } from './shared-options.ts'
import type { Subcommand } from './subcommand.ts'

export const discoverCommand: Subcommand = {
  summary: 'which applications and environments are found, and why',
  usage: '[--repo DIR] [--rev REV] [--format text|json]',
  options: { ...revisionOptions, ...formatOption('text', 'json') },
  description: [
    'Renders nothing. With a .drawbridge.yaml its rules come first; without one everything is found by convention.\n' +
      'What Argo CD or Flux deliver that cannot be shown (a chart of a registry, another repository, parameters that only\n' +
      'the cluster knows) is listed with the reason. json is schemas/discover.schema.json.',
    'Exit codes: 0 something was found, or the repository holds nothing to find; 1 there are problems and nothing was found.',
  ],
  run: async (given, context) => (await import('./run-discover.ts')).runDiscover(given, context),
}
