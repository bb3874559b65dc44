import { type Static, Type } from 'typebox'
import { described, strict, list, flag, text, wholeNumber, oneOf } from './schema-parts.ts'
import { promotionSchema } from './promotion-schema.ts'
import { approvalsSchema } from './approvals-schema.ts'
import { windowSchema } from './window-schema.ts'
import { clusterItemSchema } from './cluster-schema.ts'
import { reconcileSchema } from './reconcile-schema.ts'

const kubernetesSchema = Type.Object(
  {
    version: Type.Optional(
      Type.String({
        maxLength: 20,
        pattern: '^1[.][0-9]{1,3}([.][0-9]{1,3})?$',
        ...described('a version of Kubernetes', 'write it in quotes, as "1.34.2"', 'The clusters’ version.'),
      }),
    ),
    apiVersions: Type.Optional(
      list(
        Type.String({
          maxLength: 200,
          pattern: '^[a-z0-9.-]+/[a-z0-9]+(/[A-Za-z0-9]+)?$',
          ...described(
            'an API',
            'write group/version or group/version/Kind',
            'An API that the clusters serve.',
          ),
        }),
        'APIs',
        'APIs that the clusters serve besides those of Kubernetes itself.',
      ),
    ),
  },
  {
    ...strict,
    ...described('what charts are told', 'write { version: "1.34.2" }', 'What Helm charts are told.'),
  },
)

const hotfixSchema = Type.Object(
  { approvals: Type.Optional(approvalsSchema) },
  {
    ...strict,
    ...described(
      'the settings of hotfixes',
      'write {} for those of every change',
      'A change that somebody declares a hotfix with /hotfix passes windows and freezes here, with these approvals.',
    ),
  },
)

export const environmentSchema = Type.Object(
  {
    clusters: Type.Optional(
      list(
        clusterItemSchema,
        'clusters',
        'Clusters rolled out together; those declared for it, else its own name, when absent.',
      ),
    ),
    waves: Type.Optional(
      list(
        list(clusterItemSchema, 'clusters', 'Clusters rolled out together.'),
        'waves',
        'Clusters rolled out one wave after the other.',
      ),
    ),
    maxParallel: Type.Optional(
      wholeNumber(1, 1000, 'How many clusters of a wave are rolled out at a time; all of them when absent.'),
    ),
    protected: Type.Optional(flag('Nothing unattested is ever applied. Default true.')),
    url: Type.Optional(
      Type.String({
        maxLength: 500,
        pattern: '^https?://[^\\s<>"]+$',
        ...described(
          'an address',
          'write https://shop.example.com',
          'Where what runs there can be looked at; GitHub links it from its deployments.',
        ),
      }),
    ),
    promotion: Type.Optional(promotionSchema),
    approvals: Type.Optional(approvalsSchema),
    windows: Type.Optional(list(windowSchema, 'windows', 'When releases may start.')),
    hotfix: Type.Optional(hotfixSchema),
    onUnhealthy: Type.Optional(
      oneOf(
        ['revert', 'propose', 'report'],
        'What to do about a release that does not become healthy in time; report when absent.',
      ),
    ),
    kubernetes: Type.Optional(kubernetesSchema),
    signedCommits: Type.Optional(
      Type.Object(
        {
          allowedSigners: Type.Optional(
            text(500, 'A file of the repository: who signs with which SSH key, as ssh-keygen reads it.'),
          ),
          openpgpKeys: Type.Optional(
            text(
              500,
              'A file of the repository: armoured OpenPGP public keys, as gpg --armor --export writes them.',
            ),
          ),
          github: Type.Optional(flag('Believe every signature that GitHub calls verified. Default false.')),
        },
        {
          ...strict,
          ...described(
            'what is asked of signatures',
            'write { allowedSigners: .github/allowed_signers } or { github: true }',
            'Only signed commits are released here.',
          ),
        },
      ),
    ),
    reconcile: Type.Optional(reconcileSchema),
  },
  { ...strict, ...described('the settings of an environment', 'write {} for the defaults', '') },
)

export type EnvironmentDocument = Static<typeof environmentSchema>
