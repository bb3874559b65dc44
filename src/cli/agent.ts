import type { Subcommand } from './subcommand.ts'

export const agent: Subcommand = {
  summary: 'the reconciler alone, beside its cluster: reads git, verifies, applies',
  usage:
    '--repo URL --repository-id NUMBER --environment NAME --cluster NAME --allowed-signers FILE [--kubeconfig FILE] [--once]',
  options: {
    repo: {
      type: 'string',
      value: 'URL',
      summary: 'Where the rendered ref is fetched from',
    },
    'repository-id': {
      type: 'string',
      value: 'NUMBER',
      summary: 'GitHub’s number of the repository: signed commits are bound to it, whatever its name becomes',
    },
    environment: { type: 'string', value: 'NAME', summary: 'The environment whose rendered ref is applied' },
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
    interval: { type: 'string', value: 'SECONDS', summary: 'Between two looks at git; default: 30' },
    once: { type: 'boolean', summary: 'Look once at everything, then end' },
  },
  description: [
    'Needs git and a public key: no renderer, no database, no app. Whatever is not signed by an allowed key is not applied.',
    'Exit codes: 0 it was asked to stop; 64 a setting is missing or wrong; 69 the cluster or git could not be reached at start.',
  ],
  run: (given, { launch }) =>
    launch.agent({
      repository: given.string('repo'),
      repositoryId: given.string('repository-id'),
      environment: given.string('environment'),
      cluster: given.string('cluster'),
      kubeconfig: given.string('kubeconfig'),
      allowedSigners: given.string('allowed-signers'),
      folder: given.string('folder'),
      interval: given.string('interval'),
      once: given.boolean('once'),
    }),
}
