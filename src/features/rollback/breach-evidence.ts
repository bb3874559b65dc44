import { type Static, Type } from 'typebox'

const closed = { additionalProperties: false }
const instant = (description: string) =>
  Type.Integer({ description: `${description}; milliseconds since 1970, UTC` })
const orUnknown = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()])
const counts = Type.Object(
  { bad: Type.Number({ minimum: 0 }), total: Type.Number({ minimum: 0 }) },
  { ...closed, description: 'Events; increases are extrapolated, so they need not be whole' },
)
const share = Type.Number({ minimum: 0, maximum: 1 })
const sha = Type.String({ description: 'A full git object id' })

/** The block for machines in the body of a revert by an SLO: published in `schemas/`, so fields are only ever added. */
export const breachEvidenceSchema = Type.Object(
  {
    version: Type.Literal(1),
    slo: Type.String(),
    application: Type.String(),
    environment: Type.String(),
    objective: Type.Number({ exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    bad: sha,
    digest: Type.String({ description: 'Git tree of what the bad release renders to' }),
    images: Type.Record(Type.String(), Type.String()),
    pull: orUnknown(Type.Integer({ minimum: 1, description: 'That brought the bad release' })),
    appliedAt: instant('When the first cluster had it'),
    onset: orUnknown(instant('When the errors began')),
    detectedAt: instant('When the breach was found'),
    tolerated: share,
    before: orUnknown(counts),
    since: orUnknown(counts),
    controls: Type.Array(Type.Object({ name: Type.String(), before: counts, since: counts }, closed), {
      description: 'Services that were not released in this time',
    }),
    confidence: orUnknown(share),
    suspects: Type.Array(Type.Object({ application: Type.String(), revision: sha, score: share }, closed), {
      description: 'Likeliest first',
    }),
    irreversible: Type.Array(Type.String(), { description: 'What a revert does not undo' }),
    queries: Type.Array(
      Type.Object(
        {
          name: Type.String(),
          promql: Type.String(),
          from: instant('Begin'),
          to: instant('End of the range'),
        },
        closed,
      ),
    ),
  },
  { ...closed, title: 'Evidence of a revert by Drawbridge' },
)

export type BreachEvidence = Static<typeof breachEvidenceSchema>
