import type { Hub } from '../hub.ts'
import type { Account, Repository } from '../state.ts'
import type { Markup } from './markup.ts'

/** One look at a page. */
export interface Visit {
  hub: Hub
  url: URL
  /** Undefined where there are no people yet. */
  viewer: Account | undefined
  /** A form that was refused: why, and what was typed. */
  refusal?: { message: string; typed: Map<string, string> }
}

export interface RepositoryVisit extends Visit {
  repository: Repository
  /** The path below the repository's own page, decoded. */
  rest: string[]
}

export interface Page {
  title: string
  /** What is renewed while one looks at it carries `data-live` with a name of its own. */
  body: Markup
  tab?: 'code' | 'pulls' | 'commits'
  status?: number
}
