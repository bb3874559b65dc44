import type { Sha } from '../../domain/refs.ts'

/** An environment that stands still: nothing is released to it, what runs goes on, and a person has to act. */
export interface Stop {
  environment: string
  code: 'HISTORY_REWRITTEN' | 'LEDGER_UNSIGNED' | 'LEDGER_UNTRUSTED' | 'LEDGER_REWRITTEN'
  reason: string
  /** What a person does, in one sentence. */
  fix: string
  /** Of git. */
  command: string
  /** The commit that shows it: another one is another stop. */
  evidence: Sha
}

/** Why nothing of a rendered ref counts; undefined where it does. */
export function stopByLedger(state: {
  environment: string
  commit: Sha
  trust: 'trusted' | 'unsigned' | 'bad-signature' | 'rewritten'
  newest?: Sha
}): Stop | undefined {
  const { environment, commit, trust, newest } = state
  const branch = `drawbridge/rendered/${environment}`
  const at = `${branch} ends in ${commit.slice(0, 12)}`
  switch (trust) {
    case 'trusted':
      return undefined
    case 'unsigned':
      return {
        environment,
        code: 'LEDGER_UNSIGNED',
        reason: `${at}, which carries no signature: somebody pushed to it`,
        fix: 'put the branch back to the newest commit that Drawbridge signed, which the audit names',
        command: putBack(branch, 'COMMIT'),
        evidence: commit,
      }
    case 'bad-signature':
      return {
        environment,
        code: 'LEDGER_UNTRUSTED',
        reason: `${at}, which no key that is believed has signed for this environment`,
        fix: 'where the key was changed, believe the former one until this is signed anew (DRAWBRIDGE_TRUSTED_KEYS); otherwise put the branch back to the newest commit that Drawbridge signed',
        command: putBack(branch, 'COMMIT'),
        evidence: commit,
      }
    case 'rewritten':
      return {
        environment,
        code: 'LEDGER_REWRITTEN',
        reason: `${branch} does not hold its newest commit ${newest?.slice(0, 12)} any more: it was put back or deleted`,
        fix: 'put the newest commit back',
        command: putBack(branch, newest ?? 'COMMIT'),
        evidence: newest ?? commit,
      }
  }
}

function putBack(branch: string, commit: Sha): string {
  return `git fetch origin ${commit} && git push --force origin ${commit}:refs/heads/${branch}`
}

/** The base branch does not hold the commit any more up to which it was looked at: approved commits may be gone, others there. */
export function stopByHistory(environment: string, branch: string, since: Sha, tip: Sha): Stop {
  return {
    environment,
    code: 'HISTORY_REWRITTEN',
    reason: `${branch} was force-pushed: it ends in ${tip.slice(0, 12)}, which does not follow ${since.slice(0, 12)}, the newest commit that was released from`,
    fix: `accept the new history by commenting /resume ${environment} and a reason on any pull request (then every commit since both parted is judged like a new one), or push the old one back`,
    command: `git fetch origin ${since} && git push --force origin ${since}:refs/heads/${branch}`,
    evidence: tip,
  }
}
