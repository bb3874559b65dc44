import { type Static, Type } from 'typebox'
import { described, strict, name, labelValueSchema, labelsSchema } from './schema-parts.ts'

export const clusterItemSchema = Type.Union(
  [
    Type.String({ maxLength: 63, pattern: '^[A-Za-z0-9]+([._-][A-Za-z0-9]+)*$' }),
    Type.Record(Type.String(), labelValueSchema, { minProperties: 1, maxProperties: 50 }),
  ],
  described(
    'a name of a cluster, or labels',
    'write prod-eu, or { region: eu } for every declared cluster with these labels',
    'A cluster by name, or all declared clusters of this environment that carry these labels and are not named elsewhere.',
  ),
)

const clusterApiSchema = Type.Object(
  {
    management: name('a kubeconfig', 'The operator’s kubeconfig of the management cluster.'),
    namespace: name('a namespace', 'Where Cluster API keeps the Secret.'),
  },
  {
    ...strict,
    ...described(
      'a place of Cluster API',
      'write { management: fleet, namespace: clusters }',
      'The credentials are in the Secret <cluster>-kubeconfig of the management cluster.',
    ),
  },
)

const agentKeySchema = Type.String({
  maxLength: 200,
  pattern: '^ssh-ed25519 [A-Za-z0-9+/]+={0,2}( [^\n]{0,80})?$',
  ...described(
    'an Ed25519 public key',
    'write it as OpenSSH does: "ssh-ed25519 AAAA…"',
    'A public key of the agent.',
  ),
})

export const clusterSchema = Type.Object(
  {
    environment: Type.Optional(name('an environment', 'The environment that it serves.')),
    labels: Type.Optional(labelsSchema('What waves select by.')),
    region: Type.Optional(labelValueSchema),
    agent: Type.Optional(
      Type.Array(agentKeySchema, {
        maxItems: 20,
        ...described(
          'a list of Ed25519 public keys',
          'write ["ssh-ed25519 AAAA…"]',
          'An agent serves it; its reports are believed when one of these keys signs them.',
        ),
      }),
    ),
    kubeconfig: Type.Optional(name('a kubeconfig', 'The operator’s kubeconfig of that name.')),
    clusterApi: Type.Optional(clusterApiSchema),
  },
  {
    ...strict,
    ...described('a cluster', 'write { environment: prod, agent: ["ssh-ed25519 AAAA…"] }', ''),
  },
)

export type ClusterDocument = Static<typeof clusterSchema>

export type ClusterItem = Static<typeof clusterItemSchema>
