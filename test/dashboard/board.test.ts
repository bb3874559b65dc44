import { describe, expect, it } from 'vitest'
import { toBoards } from '../../src/dashboard/board.ts'
import { aRelease, shop } from '../builders.ts'

function at(application: string, environment: string, cluster: string) {
  return { repository: shop, release: aRelease({ target: { application, environment, cluster } }) }
}

const entries = [
  at('search', 'dev', 'dev'),
  at('checkout', 'prod', 'prod-eu'),
  at('checkout', 'prod', 'prod-us'),
  at('checkout', 'staging', 'staging'),
]

describe('toBoards', () => {
  it('has a row for each application and a cell for each cluster', () => {
    const [board] = toBoards(entries)
    expect(board?.repository).toBe('shop/config')
    expect(
      board?.rows.map(({ application, cells }) => [application, cells.map((cell) => cell?.phase)]),
    ).toEqual([
      ['checkout', [undefined, 'healthy', 'healthy', 'healthy']],
      ['search', ['healthy', undefined, undefined, undefined]],
    ])
  })

  it('keeps the order of the configuration, and puts what it does not name after it', () => {
    const order = [
      { name: 'staging', waves: [['staging']] },
      { name: 'prod', waves: [['prod-us'], ['prod-eu']] },
    ]
    expect(toBoards(entries, new Map([[shop.id, order]]))[0]?.environments).toEqual([
      { name: 'staging', clusters: ['staging'] },
      { name: 'prod', clusters: ['prod-us', 'prod-eu'] },
      { name: 'dev', clusters: ['dev'] },
    ])
  })

  it('goes by name where no order is known', () => {
    expect(toBoards(entries)[0]?.environments.map(({ name }) => name)).toEqual(['dev', 'prod', 'staging'])
  })

  it('tells repositories apart by id, under their newest name', () => {
    const other = { ...shop, id: '102', name: 'again' }
    const renamed = { repository: { ...shop, name: 'renamed' }, release: aRelease() }
    const boards = toBoards([...entries, { ...renamed }, { repository: other, release: aRelease() }])
    expect(boards.map(({ repository }) => repository)).toEqual(['shop/again', 'shop/renamed'])
  })

  it('is empty where nothing is released', () => {
    expect(toBoards([])).toEqual([])
  })
})
