import type { Subcommand } from './subcommand.ts'

export const serve: Subcommand = {
  summary: 'the GitHub App, the dashboard and (with --reconcile) the reconciler, in one process',
  usage: '[--port NUMBER] [--host ADDRESS] [--store URL] [--folder DIR] [--reconcile]',
  options: {
    port: {
      type: 'string',
      value: 'NUMBER',
      summary: 'Where webhooks and the dashboard are served; default: 3000',
    },
    host: { type: 'string', value: 'ADDRESS', summary: 'Address to listen on; default: 127.0.0.1' },
    store: {
      type: 'string',
      value: 'URL',
      summary: 'sqlite:FILE or postgres://…; default: a file in the folder',
    },
    folder: {
      type: 'string',
      value: 'DIR',
      summary: 'Where mirrors and the embedded store live; default: .drawbridge',
    },
    reconcile: { type: 'boolean', summary: 'Also apply to the clusters of the kubeconfig' },
  },
  description: [
    'Settings of the GitHub App come from the environment: APP_ID, PRIVATE_KEY, WEBHOOK_SECRET and SIGNING_KEY.\n' +
      '`drawbridge doctor` says which are missing.',
    'Exit codes: 0 it was asked to stop; 64 a setting is missing or wrong; 69 the store or GitHub could not be reached at start.',
  ],
  run: (given, { launch }) =>
    launch.serve({
      port: given.string('port'),
      host: given.string('host'),
      store: given.string('store'),
      folder: given.string('folder'),
      reconcile: given.boolean('reconcile'),
    }),
}
