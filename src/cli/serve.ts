import type { Subcommand } from './subcommand.ts'

export const serve: Subcommand = {
  summary: 'the GitHub App, the dashboard and the reconciler, in one process',
  usage: '[--port NUMBER] [--host ADDRESS]',
  options: {
    port: {
      type: 'string',
      value: 'NUMBER',
      summary: 'Where webhooks and the dashboard are served; default: PORT, else 3000',
    },
    host: {
      type: 'string',
      value: 'ADDRESS',
      summary: 'Address to listen on; default: HOST, else 127.0.0.1',
    },
  },
  description: [
    'Settings come from the environment; drawbridge doctor says which are missing and how to get them. Clusters whose\n' +
      'kubeconfig is in the folder DRAWBRIDGE_CLUSTERS are reconciled here, the others by their agents.',
    'Exit codes: 0 it was asked to stop; 64 a setting is missing or wrong; 69 the store or GitHub could not be reached at start.',
  ],
  run: (given, { launch }) => launch.serve({ port: given.string('port'), host: given.string('host') }),
}
