import { describe, expect, it } from 'vitest'
import { readTar } from '../../../src/features/rendering/read-tar.ts'
import { aTar, type TarEntry } from './a-tar.ts'

const chart: TarEntry = { path: 'web/Chart.yaml', text: 'name: web\n' }
const read = (...entries: TarEntry[]) => readTar(aTar(entries), 'web')

describe('K13 the archive of a chart', () => {
  it('gives its files below the folder of the chart', () => {
    const long = `web/templates/${'n'.repeat(120)}.yaml`
    const { files } = read(
      { path: 'web', type: '5' },
      chart,
      { path: '././@LongLink', type: 'L', text: `${long}\0` },
      { path: long.slice(0, 100), text: 'long' },
      { path: 'pax', type: 'x', text: '24 path=web/templates/ü\n' },
      { path: 'web/x', text: 'pax' },
      { path: './web/b.yaml', text: '' },
    )
    expect([...(files ?? [])].map(([path, content]) => [path, Buffer.from(content).toString()])).toEqual([
      ['Chart.yaml', 'name: web\n'],
      [long.slice(4), 'long'],
      ['templates/ü', 'pax'],
      ['b.yaml', ''],
    ])
  })

  it.each`
    case                        | entry                                              | reason
    ${'a path above'}           | ${{ path: 'web/../../etc/cron.d/a' }}              | ${'not a path inside'}
    ${'an absolute path'}       | ${{ path: '/etc/passwd' }}                         | ${'not a path inside'}
    ${'another folder'}         | ${{ path: 'webs/a' }}                              | ${'not a path inside'}
    ${'.git'}                   | ${{ path: 'web/.git/config' }}                     | ${'not a path inside'}
    ${'a symbolic link'}        | ${{ path: 'web/a', type: '2' }}                    | ${'link or a device'}
    ${'a hard link'}            | ${{ path: 'web/a', type: '1' }}                    | ${'link or a device'}
    ${'a device'}               | ${{ path: 'web/a', type: '3' }}                    | ${'link or a device'}
    ${'a pipe'}                 | ${{ path: 'web/a', type: '6' }}                    | ${'link or a device'}
    ${'a long name that leads'} | ${{ path: 'l', type: 'L', text: 'web/../../a\0' }} | ${'not a path inside'}
  `('is refused with $case', ({ entry, reason }: { entry: TarEntry; reason: string }) => {
    expect(read(chart, entry, { path: 'web/after' }).refusal).toContain(reason)
  })

  it.each`
    case                  | archive
    ${'nothing in it'}    | ${aTar([])}
    ${'no Chart.yaml'}    | ${aTar([{ path: 'web/a' }])}
    ${'a cut end'}        | ${aTar([chart, { path: 'web/a', text: 'x'.repeat(2_000) }]).subarray(0, 2_000)}
    ${'a changed header'} | ${aTar([chart]).map((byte, at) => (at === 3 ? byte ^ 1 : byte))}
    ${'too many entries'} | ${aTar(Array.from({ length: 5_001 }, (_, index) => ({ path: `web/${index}` })))}
  `('is refused with $case', ({ archive }: { archive: Uint8Array }) => {
    expect(readTar(archive, 'web').refusal).toBeDefined()
  })

  it('is refused when its chart is called "."', () => {
    expect(readTar(aTar([{ path: './Chart.yaml' }, { path: './../a' }]), '.').refusal).toBeDefined()
  })
})
