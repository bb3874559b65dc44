import type { Instant, Target } from '../../domain/refs.ts'
import type { Attestation, DeletionConsent } from '../../domain/release.ts'
import type { RenderedTarget } from '../../domain/rendered-target.ts'
import { imageVersions } from '../promotion/image-versions.ts'
import { limitsOf } from '../tenancy/limits-of.ts'
import type { JudgedCommit } from './judged-commit.ts'

/** The statement that agents demand: what may run, from which commit, by whose approval, under which verdicts. */
export function attest(rendered: RenderedTarget, commit: JudgedCommit, now: Instant): Attestation {
  const consent = consentTo(rendered.target, commit)
  return {
    target: rendered.target,
    revision: commit.sha,
    digest: rendered.digest,
    source: rendered.source,
    kind: commit.proposal?.kind ?? 'change',
    pull: commit.pull && {
      number: commit.pull.ref.number,
      title: commit.pull.title,
      author: commit.pull.author,
      approvedBy: commit.approvedBy,
    },
    verdicts: commit.verdicts,
    images: imageVersions(rendered.objects),
    ...(commit.tenants && { tenants: limitsOf(commit, rendered.target) }),
    ...(rendered.conflicts && { conflicts: rendered.conflicts }),
    ...(rendered.dependsOn && { dependsOn: rendered.dependsOn }),
    ...(consent && { deletionsBy: consent.by.login }),
    at: now,
  }
}

function consentTo(target: Target, { pull, consents }: JudgedCommit): DeletionConsent | undefined {
  return consents?.find(
    (consent) =>
      consent.pull === pull?.ref.number &&
      consent.head === pull.headSha &&
      consent.environment === target.environment &&
      consent.application === target.application,
  )
}
