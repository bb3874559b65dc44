import { type Static, Type } from 'typebox'
import { described, strict, list, text, name } from './schema-parts.ts'

export const tenantSchema = Type.Object(
  {
    name: name('a tenant', 'For people: a team, a product.'),
    applications: list(
      text(100, 'A name, or a pattern with *.'),
      'names',
      'Its applications; the first tenant that fits counts.',
    ),
    environments: Type.Optional(
      list(text(100, 'A name, or a pattern with *.'), 'names', 'Where this holds; everywhere when absent.'),
    ),
    clusters: Type.Optional(
      list(
        text(100, 'A name, or a pattern with *.'),
        'names',
        'Clusters it may deliver to; all when absent.',
      ),
    ),
    namespaces: list(
      text(100, 'A name, or a pattern with *.'),
      'names',
      'Namespaces it may deliver to, its own and no other.',
    ),
    clusterKinds: Type.Optional(
      list(
        text(200, 'A kind, or Kind.group, or a pattern with *.'),
        'kinds',
        'Kinds without a namespace that it may deliver; none when absent.',
      ),
    ),
    deniedKinds: Type.Optional(
      list(
        text(200, 'A kind, or Kind.group, or a pattern with *.'),
        'kinds',
        'Kinds that it may not deliver to its namespaces either; what gives rights when absent.',
      ),
    ),
    impersonate: Type.Optional(
      Type.Object(
        {
          serviceAccount: Type.String({
            maxLength: 317,
            pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$',
            ...described(
              'a service account',
              'write it as namespace/name',
              'As whom the agent applies: namespace/name.',
            ),
          }),
        },
        { ...strict, ...described('an identity', 'write { serviceAccount: payments/deployer }', '') },
      ),
    ),
  },
  {
    ...strict,
    ...described('a tenant', 'write { name: …, applications: ["pay*"], namespaces: [payments] }', ''),
  },
)

export type TenantDocument = Static<typeof tenantSchema>
