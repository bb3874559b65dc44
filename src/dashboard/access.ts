import type { Context, MiddlewareHandler } from 'hono'
import type { Actor, RepositoryRef } from '../domain/refs.ts'
import type { Random } from '../ports/random.ts'
import type { SignIn } from '../ports/sign-in.ts'
import { messagePage } from './layout.ts'
import type { Readers } from './readers.ts'
import type { Session } from './session.ts'
import { askToSignIn } from './sign-in-routes.ts'

/** Who sees the pages: whoever reaches this machine's own address, nobody, or who may read the repository on GitHub. */
export type Access =
  | { kind: 'everybody' }
  | { kind: 'nobody' }
  | { kind: 'readers'; signIn: SignIn; session: Session; readers: Readers; random: Random; url: string }

/** What the pages of one request know of whoever asks. */
export interface Visitor {
  Variables: { reader?: Actor }
}

/** What a browser needs before it is known who sits at it. */
const open = /^\/(dashboard\.(css|js)|sign-in(\/callback)?|sign-out)$/

/** Lets a request through to the pages, or answers why not. */
export function checkAccess(access: Access): MiddlewareHandler<Visitor> {
  return async (context, next) => {
    if (open.test(context.req.path)) return next()
    if (access.kind === 'nobody') return context.html(messagePage('Not shown', closedSentence), 403)
    if (access.kind === 'readers') {
      const reader = await access.session.reader(context)
      if (!reader) return askToSignIn(context)
      context.set('reader', reader)
    }
    return next()
  }
}

const closedSentence =
  'Sign-in is not set up, so these pages are shown on this machine’s own address only. Set DRAWBRIDGE_CLIENT_ID and DRAWBRIDGE_CLIENT_SECRET, or HOST=127.0.0.1.'

/** Those of the repositories that whoever asks may read. */
export async function readable(
  access: Access,
  context: Context<Visitor>,
  repositories: readonly RepositoryRef[],
): Promise<RepositoryRef[]> {
  if (access.kind === 'everybody') return [...repositories]
  const reader = context.get('reader')
  if (access.kind === 'nobody' || !reader) return []
  const answers = await Promise.all(repositories.map((each) => access.readers.mayRead(reader, each)))
  return repositories.filter((_, index) => answers[index])
}

/** Whether whoever asks may read all of the repositories; where none is known, nobody who had to sign in. */
export async function readsEverything(
  access: Access,
  context: Context<Visitor>,
  repositories: readonly RepositoryRef[],
): Promise<boolean> {
  if (access.kind === 'everybody') return true
  const shown = await readable(access, context, repositories)
  return shown.length > 0 && shown.length === repositories.length
}
