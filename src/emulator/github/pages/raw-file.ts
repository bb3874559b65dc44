import { findRevision } from './find-revision.ts'
import type { RepositoryVisit } from './visit.ts'

const heads = ['refs', 'heads']

/**
 * A file as it is, for pictures in texts; the branch may be written with `refs/heads/` before it. GitHub lets nothing run in it.
 */
export async function rawFile({ hub, repository, rest }: RepositoryVisit): Promise<Response | undefined> {
  const isFull = heads.every((name, index) => rest[index] === name)
  const revision = await findRevision(hub, repository, isFull ? rest.slice(heads.length) : rest)
  const content = revision && (await hub.git.read(repository.folder, revision.sha, revision.path))
  if (!content) return undefined
  const type = revision.path.endsWith('.svg') ? 'image/svg+xml' : 'text/plain; charset=utf-8'
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': type,
      'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; sandbox`,
      'x-content-type-options': 'nosniff',
    },
  })
}
