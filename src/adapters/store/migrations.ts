import type { Engine } from './engine.ts'

/** One step of the schema. A step that was released is never edited: its checksum is recorded where it was applied. */
export interface Migration {
  number: number
  name: string
  statements(kind: Engine['kind']): string[]
}

export const migrations: readonly Migration[] = [
  { number: 1, name: 'inbox, queue, effects, audit, history and cache', statements: createTables },
  { number: 2, name: 'what was last heard of each agent', statements: createAgents },
]

function createTables(kind: Engine['kind']): string[] {
  const isSqlite = kind === 'sqlite'
  const serial = isSqlite
    ? 'integer primary key autoincrement'
    : 'bigint generated always as identity primary key'
  const integer = isSqlite ? 'integer' : 'bigint'
  const bytes = isSqlite ? 'blob' : 'bytea'
  return [
    `create table inbox (
      sequence ${serial}, id text not null unique, event text not null, body text not null,
      received_at ${integer} not null, state text not null, leased_until ${integer},
      attempt ${integer} not null, outcome text, settled_at ${integer})`,
    `create index inbox_waiting on inbox (received_at, sequence) where state = 'waiting'`,
    `create index inbox_settled on inbox (settled_at) where state <> 'waiting'`,
    `create table queue (
      key text primary key, kind text not null, work text not null, state text not null,
      due_at ${integer} not null, rerun_at ${integer}, epoch ${integer} not null, attempt ${integer} not null,
      lapses ${integer} not null, holder text, leased_until ${integer}, reason text)`,
    `create index queue_due on queue (due_at) where state <> 'dead'`,
    `create table effects (
      key text primary key, fingerprint text not null, state text not null, outcome text,
      intended_at ${integer} not null, settled_at ${integer})`,
    `create table audit (
      sequence ${integer} primary key, at ${integer} not null, subject text not null,
      entry text not null, hash text not null)`,
    `create index audit_subject on audit (subject, sequence)`,
    `create table releases (
      repository_id text not null, target text not null, repository text not null, release text not null,
      primary key (repository_id, target))`,
    `create table reviews (
      pull text not null, id text not null, review text not null, at ${integer} not null, primary key (pull, id))`,
    `create table cache (
      key text primary key, value ${bytes} not null, size ${integer} not null, at ${integer} not null)`,
    `create index cache_age on cache (at)`,
    ...(isSqlite ? sqliteOnly : postgresOnly),
  ]
}

function createAgents(): string[] {
  return [
    `create table agents (
      repository_id text not null, place text not null, state text not null, primary key (repository_id, place))`,
  ]
}

const sqliteOnly = [
  `create table queue_epoch (value integer not null)`,
  `insert into queue_epoch (value) values (0)`,
  `create trigger audit_keeps_rows before delete on audit
    begin select raise(abort, 'the audit is append-only'); end`,
  `create trigger audit_keeps_values before update on audit
    begin select raise(abort, 'the audit is append-only'); end`,
]

const postgresOnly = [
  `create sequence queue_epoch`,
  `create function refuse_audit_change() returns trigger language plpgsql as
    $$ begin raise exception 'the audit is append-only'; end $$`,
  `create trigger audit_keeps_rows before update or delete or truncate on audit
    for each statement execute function refuse_audit_change()`,
]
