import type { Subcommand } from './subcommand.ts'

export const agent: Subcommand = {
  summary: 'the reconciler alone, beside its cluster: reads git, verifies, applies',
  usage: '--repo URL --cluster NAME [--kubeconfig FILE] [--allowed-signers FILE] [--folder DIR]',
  options: {
    repo: {
      type: 'string',
      value: 'URL',
      summary: 'Where the rendered refs are fetched from',
      multiple: true,
    },
    cluster: { type: 'string', value: 'NAME', summary: 'The cluster, as .drawbridge.yaml names it' },
    kubeconfig: {
      type: 'string',
      value: 'FILE',
      summary: 'Default: the pod’s service account, else ~/.kube/config',
    },
    'allowed-signers': {
      type: 'string',
      value: 'FILE',
      summary: 'Public keys whose commits are applied, as git reads them',
    },
    folder: { type: 'string', value: 'DIR', summary: 'Where the mirror lives; default: .drawbridge' },
  },
  description: [
    'Needs git and a public key: no renderer, no database, no app. Whatever is not signed by an allowed key is not applied.',
    'Exit codes: 0 it was asked to stop; 64 a setting is missing or wrong; 69 the cluster or git could not be reached at start.',
  ],
  run: (given, { launch }) =>
    launch.agent({
      repositories: given.list('repo'),
      cluster: given.string('cluster'),
      kubeconfig: given.string('kubeconfig'),
      allowedSigners: given.string('allowed-signers'),
      folder: given.string('folder'),
    }),
}
