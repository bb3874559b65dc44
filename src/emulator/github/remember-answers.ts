import type { Sha } from '../../domain/refs.ts'
import type { GitStore } from './git-store.ts'

const shaPattern = /^[0-9a-f]{40}$/

/** Words of a `git log` whose answer never changes: full shas, ranges of them, and options without refs. */
const fixedWord = /^(?:[0-9a-f]{40}(?:\.\.[0-9a-f]{40})?|--max-count=\d+|--topo-order)$/

/**
 * The store without asking git twice: objects never change, and refs change only through the store itself. What was
 * not found is asked for again.
 */
export function rememberAnswers(store: GitStore): GitStore {
  const answers = new Map<string, Promise<unknown>>()
  const refs = new Map<string, Promise<Map<string, Sha>>>()

  const remember = <Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = answers.get(key)
    if (known) return known as Promise<Answer>
    const asked = ask()
    answers.set(key, asked)
    const forget = () => void answers.delete(key)
    asked.then((answer) => answer === undefined && forget(), forget)
    return asked
  }

  const refsOf = (folder: string): Promise<Map<string, Sha>> => {
    const known = refs.get(folder) ?? store.refs(folder)
    refs.set(folder, known)
    known.catch(() => void refs.delete(folder))
    return known
  }

  return {
    ...store,
    refs: async (folder) => new Map(await refsOf(folder)),

    async resolve(folder, revision) {
      if (revision.startsWith('refs/heads/')) return (await refsOf(folder)).get(revision)
      if (!shaPattern.test(revision)) return store.resolve(folder, revision)
      return remember(`resolve ${folder} ${revision}`, () => store.resolve(folder, revision))
    },

    async updateRef(folder, ref, before, after) {
      if (!(await store.updateRef(folder, ref, before, after))) return false
      const known = await refsOf(folder)
      if (after) known.set(ref, after)
      else known.delete(ref)
      return true
    },

    async serve(folder, service, options, input, variables) {
      const ask = () => store.serve(folder, service, options, input, variables)
      // What version 2 advertises are abilities, not refs.
      const isFixed =
        service === 'upload-pack' && options.length > 0 && variables['GIT_PROTOCOL'] === 'version=2'
      if (isFixed) return remember(`advertisement ${folder}`, ask)
      try {
        return await ask()
      } finally {
        if (service === 'receive-pack') refs.delete(folder)
      }
    },

    commits(folder, ...range) {
      const ask = () => store.commits(folder, ...range)
      return range.every((word) => fixedWord.test(word))
        ? remember(`commits ${folder} ${range.join(' ')}`, ask)
        : ask()
    },

    mergeBase: (folder, left, right) =>
      remember(`merge-base ${folder} ${left} ${right}`, () => store.mergeBase(folder, left, right)),
    isAncestor: (folder, ancestor, descendant) =>
      remember(`ancestor ${folder} ${ancestor} ${descendant}`, () =>
        store.isAncestor(folder, ancestor, descendant),
      ),
    mergeTree: (folder, ours, theirs) =>
      remember(`merge-tree ${folder} ${ours} ${theirs}`, () => store.mergeTree(folder, ours, theirs)),
    files: (folder, from, to) =>
      remember(`files ${folder} ${from} ${to}`, () => store.files(folder, from, to)),
    patchId: (folder, from, to) =>
      remember(`patch-id ${folder} ${from} ${to}`, () => store.patchId(folder, from, to)),
  }
}
