import { describe, expect, it } from 'vitest'
import type { LedgerChange } from '../../../src/domain/action.ts'
import { noControls } from '../../../src/domain/release.ts'
import {
  evidencePath,
  evidenceRevision,
  attestedObjects,
  fromLedgerFiles,
  isLedgerRecord,
  parseRecords,
  readRenderedObject,
  toLedgerFiles,
} from '../../../src/features/attestation/ledger-files.ts'
import { digestOf, renderedFiles } from '../../../src/features/rendering/canonical.ts'
import { aDeployment, aFreeze, anAttestation, aRollout } from '../../builders.ts'

const objects = [aDeployment('checkout', 'shop/checkout:1.9.0')]
const attestation = anAttestation({ digest: digestOf(objects) })
const folder = 'prod-eu/checkout'
const [file = ''] = renderedFiles(objects).keys()
const nothing: LedgerChange = { releases: [], removed: [] }
const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`

describe('what a commit writes', () => {
  it.each<[string, LedgerChange, Record<string, unknown>]>([
    ['nothing', nothing, {}],
    [
      'a release: the whole folder anew',
      { ...nothing, releases: [{ attestation, objects }] },
      {
        [`${folder}/`]: null,
        [`${folder}/${file}`]: expect.stringContaining('shop/checkout:1.9.0'),
        [`${folder}.release.json`]: json(attestation),
      },
    ],
    [
      'a target that is no more',
      { ...nothing, removed: [{ cluster: 'prod-eu', application: 'checkout' }] },
      { [`${folder}/`]: null, [`${folder}.release.json`]: null },
    ],
    ['no roll-outs any more', { ...nothing, rollouts: [] }, { 'rollouts.json': '[]\n' }],
    ['controls', { ...nothing, controls: noControls }, { 'controls.json': json(noControls) }],
    [
      'how far it has looked',
      { ...nothing, seen: { branch: 'main', revision: 'c' } },
      { 'seen.json': json({ branch: 'main', revision: 'c' }) },
    ],
    [
      'evidence, and evidence that nothing needs',
      { ...nothing, evidence: { written: [{ sides: { base: 'a', head: 'b' } } as never], removed: ['old'] } },
      { '_evidence/b.json': json({ sides: { base: 'a', head: 'b' } }), '_evidence/old.json': null },
    ],
  ])('%s', (_, change, files) => expect(toLedgerFiles(change)).toEqual(files))

  it('is never an object that was not attested', () => {
    const other = [aDeployment('checkout', 'shop/checkout:6.6.6')]
    expect(() => toLedgerFiles({ ...nothing, releases: [{ attestation, objects: other }] })).toThrow(
      `the objects of ${folder} are the attested ones`,
    )
  })
})

describe('what is read back', () => {
  const release = (path: string, value: unknown) => new Map([[path, json(value)]])

  it('is what was written', () => {
    const search = { application: 'search', environment: 'prod', cluster: 'prod-eu' }
    const other = anAttestation({ target: search, digest: digestOf([]) })
    const change = {
      releases: [
        { attestation: other, objects: [] },
        { attestation, objects },
      ],
      removed: [],
      rollouts: [aRollout()],
      controls: { ...noControls, freezes: [aFreeze()] },
      seen: { branch: 'main', revision: 'c' },
    }
    const files = Object.entries(toLedgerFiles(change)).flatMap(([path, text]) =>
      text === null ? [] : [[path, text] as const],
    )
    const { rollouts, controls, seen } = change
    expect(fromLedgerFiles('prod', parseRecords(new Map(files)))).toEqual({
      attestations: [attestation, other],
      rollouts,
      controls,
      seen,
    })
  })

  it('is empty where nothing was written, and knows controls that are newer than the file', () => {
    const empty = { attestations: [], rollouts: [], controls: noControls }
    expect(fromLedgerFiles('prod', parseRecords(new Map()))).toStrictEqual(empty)
    expect(fromLedgerFiles('prod', parseRecords(new Map([['controls.json', '{}']])))).toStrictEqual(empty)
  })

  // An attestation counts only at its own place: nobody can copy an old or another one there.
  it.each`
    case                        | path                               | value
    ${'of another environment'} | ${`${folder}.release.json`}        | ${anAttestation({ target: { ...attestation.target, environment: 'dev' } })}
    ${'of another application'} | ${'prod-eu/search.release.json'}   | ${attestation}
    ${'of another cluster'}     | ${'prod-us/checkout.release.json'} | ${attestation}
    ${'without a target'}       | ${`${folder}.release.json`}        | ${{ ...attestation, target: undefined }}
    ${'without a digest'}       | ${`${folder}.release.json`}        | ${{ ...attestation, digest: undefined }}
    ${'without a revision'}     | ${`${folder}.release.json`}        | ${{ ...attestation, revision: 7 }}
    ${'that is nothing'}        | ${`${folder}.release.json`}        | ${null}
  `('is never an attestation $case', ({ path, value }) => {
    expect(() => fromLedgerFiles('prod', parseRecords(release(path, value)))).toThrow(
      `${path}: is not an attestation of prod for this place`,
    )
  })

  it('says which record cannot be read', () => {
    expect(() => fromLedgerFiles('prod', parseRecords(new Map([['rollouts.json', '[']])))).toThrow(
      'rollouts.json: is not JSON',
    )
  })

  it('leaves files deeper down and of other names alone', () => {
    const paths = ['a/b/c.release.json', 'c.release.json', 'prod-eu/checkout.json']
    const files = new Map(paths.map((path) => [path, '[']))
    expect(fromLedgerFiles('prod', parseRecords(files)).attestations).toEqual([])
  })
})

it.each`
  path                        | isRecord | revision
  ${'rollouts.json'}          | ${true}  | ${undefined}
  ${'controls.json'}          | ${true}  | ${undefined}
  ${'seen.json'}              | ${true}  | ${undefined}
  ${`${folder}.release.json`} | ${true}  | ${undefined}
  ${`${folder}/${file}`}      | ${false} | ${undefined}
  ${'a/b/c.release.json'}     | ${false} | ${undefined}
  ${'a/seen.json'}            | ${false} | ${undefined}
  ${'_evidence/b.json'}       | ${false} | ${'b'}
  ${'a/_evidence/b.json'}     | ${false} | ${undefined}
`('$path is a record: $isRecord, of the commit $revision', ({ path, isRecord, revision }) => {
  expect([isLedgerRecord(path), evidenceRevision(path)]).toEqual([isRecord, revision])
})

it('keeps the evidence of a commit under its name', () => expect(evidencePath('b')).toBe('_evidence/b.json'))

describe('the objects of a folder', () => {
  const text = toLedgerFiles({ ...nothing, releases: [{ attestation, objects }] })[`${folder}/${file}`] ?? ''

  it('are those that were attested', () => {
    expect(attestedObjects(attestation, new Map([[file, readRenderedObject(text)]]))).toEqual(objects)
  })

  it.each<[string, [string, string][]]>([
    ['changed', [[file, text.replace('1.9.0', '6.6.6')]]],
    ['renamed', [['other.yaml', text]]],
    [
      'added',
      [
        [file, text],
        ['other.yaml', text],
      ],
    ],
    ['removed', []],
  ])('are refused when one was %s', (_, files) => {
    const read = files.map(([name, content]) => [name, readRenderedObject(content)] as const)
    expect(() => attestedObjects(attestation, new Map(read))).toThrow(
      /^prod-eu\/checkout: the tree is [0-9a-f]{40}, attested is [0-9a-f]{40}$/,
    )
  })
})
