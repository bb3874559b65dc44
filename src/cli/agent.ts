import type { Subcommand } from './subcommand.ts'

export const agent: Subcommand = {
  summary: 'the reconciler alone, beside its cluster: reads git, verifies, applies',
  usage:
    '--repo URL --repository-id NUMBER --environment NAME --cluster NAME --allowed-signers FILE [--kubeconfig FILE] [--app URL --agent-key FILE] [--slice I/N] [--once]',
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
    folder: {
      type: 'string',
      value: 'DIR',
      summary: 'Where the mirror lives, and which cluster it was; default: .drawbridge',
    },
    interval: { type: 'string', value: 'SECONDS', summary: 'Between two looks at git; default: 30' },
    app: { type: 'string', value: 'URL', summary: 'Drawbridge’s address: is told what runs, gives hints' },
    'agent-key': {
      type: 'string',
      value: 'FILE',
      summary: 'Ed25519 key that signs the reports; its public half stands in .drawbridge.yaml',
    },
    slice: {
      type: 'string',
      value: 'I/N',
      summary: 'Serve the Ith of N parts of the applications; each part has its own lease',
    },
    'accept-identity': {
      type: 'string',
      value: 'UID',
      summary: 'The cluster was replaced on purpose: its kube-system has this uid now',
    },
    once: { type: 'boolean', summary: 'Look once at everything, then end' },
  },
  description: [
    'Needs git and a public key: no renderer, no database, no app. Whatever is not signed by an allowed key is not applied.',
    'A lease on the cluster (drawbridge-system) lets one agent write at a time; others wait and take over. With --app it reports\n' +
      'what it does and looks at git when it is told to; while the app is away it goes on by polling.',
    'Secrets that SOPS encrypted for age are decrypted with the identities of SOPS_AGE_KEY, or of the file that SOPS_AGE_KEY_FILE names.',
    'Exit codes: 0 it was asked to stop; 64 a setting is missing or wrong; 69 the cluster could not be reached, or, with --once, another agent holds the lease.',
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
      app: given.string('app'),
      agentKey: given.string('agent-key'),
      slice: given.string('slice'),
      acceptIdentity: given.string('accept-identity'),
      once: given.boolean('once'),
    }),
}
