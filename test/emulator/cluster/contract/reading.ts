import { describe, expect, it } from 'vitest'
import type { Event } from './api-under-test.ts'
import { type Client, refusal } from './client.ts'
import { aConfigMap } from './objects.ts'

/** Lists in pages, and watches. */
export function describeReading(client: () => Client): void {
  const labelled = (name: string, label: string, data = { a: '1' }) => {
    const object = aConfigMap(name, data)
    object.metadata.labels = { reading: label }
    return object
  }
  const fill = async (label: string, count: number) => {
    for (let index = 0; index < count; index += 1) await client().apply(labelled(`${label}-${index}`, label))
  }
  const anEvent = (name: string) => {
    const { namespace } = client().under
    const involvedObject = { apiVersion: 'v1', kind: 'ConfigMap', name: 'plain-0', namespace }
    return { apiVersion: 'v1', kind: 'Event', metadata: { name }, involvedObject }
  }
  const names = (body: { items: { metadata: { name: string } }[] }) =>
    body.items.map(({ metadata }) => metadata.name)

  describe('lists', () => {
    it('leave out of their items what they say themselves, and are in order', async () => {
      await fill('plain', 3)
      const { body } = await client().list('ConfigMap', { labelSelector: 'reading=plain' })
      expect(body).toMatchObject({
        kind: 'ConfigMapList',
        apiVersion: 'v1',
        metadata: { resourceVersion: expect.stringMatching(/^\d+$/) },
      })
      expect(names(body)).toEqual(['plain-0', 'plain-1', 'plain-2'])
      expect(body.items[0]).not.toHaveProperty('kind')
      expect(body.items[0]).not.toHaveProperty('apiVersion')
    })

    it('come in pages, all of one version', async () => {
      await fill('paged', 5)
      const labelSelector = 'reading=paged'
      const first = await client().list('ConfigMap', { labelSelector, limit: '2' })
      expect(names(first.body)).toEqual(['paged-0', 'paged-1'])
      await client().apply(labelled('paged-3', 'paged', { a: '2' }))
      const next = await client().list('ConfigMap', {
        labelSelector,
        limit: '2',
        continue: first.body.metadata.continue,
      })
      const last = await client().list('ConfigMap', {
        labelSelector,
        limit: '2',
        continue: next.body.metadata.continue,
      })
      expect([...names(next.body), ...names(last.body)]).toEqual(['paged-2', 'paged-3', 'paged-4'])
      expect(next.body.items[1].data).toEqual({ a: '1' })
      expect(next.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion)
      expect(last.body.metadata.continue).toBeUndefined()
    })

    it('say how much is left where no selector is asked', async () => {
      const { body } = await client().list('ConfigMap', { limit: '1' })
      expect(body.metadata.remainingItemCount).toBeGreaterThan(3)
    })

    it('end in the middle where the history is gone, and can be gone on with', async () => {
      // Events alone are always read from etcd: a young API server still has version 1 of other kinds in its memory.
      for (const name of ['gone-0', 'gone-1', 'gone-2', 'gone-3']) await client().apply(anEvent(name))
      const first = await client().list('Event', { limit: '2' })
      await client().under.compact()
      const place = JSON.parse(Buffer.from(first.body.metadata.continue, 'base64url').toString()) as object
      const old = Buffer.from(JSON.stringify({ ...place, rv: 1 })).toString('base64url')
      const next = await client().list('Event', { limit: '2', continue: old })
      expect(refusal(client(), next)).toMatchInlineSnapshot(`
        {
          "message": "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
          "reason": "Expired",
          "status": 410,
        }
      `)
      expect(next.body.metadata.continue).toBeTypeOf('string')
      const on = await client().list('Event', { limit: '2', continue: next.body.metadata.continue })
      expect(on.status).toBe(200)
    })

    it('refuse what is no place to go on', async () => {
      const answer = await client().list('ConfigMap', { limit: '2', continue: 'nonsense' })
      expect([answer.status, answer.body.reason]).toEqual([400, 'BadRequest'])
      expect(answer.body.message).toMatch(/^invalid continue token: continue key is not valid/)
    })

    it.each(['reading=sel,reading!=x', 'reading in (sel,other)', 'reading,!absent', 'reading notin (x)'])(
      'understand the selector %s',
      async (labelSelector) => {
        await fill('sel', 1)
        const { body } = await client().list('ConfigMap', { labelSelector })
        expect(names(body)).toContain('sel-0')
      },
    )

    it('refuse a selector that is none', async () => {
      expect(refusal(client(), await client().list('ConfigMap', { labelSelector: 'a=b=c' })).status).toBe(400)
    })

    it('of names', async () => {
      await fill('field', 2)
      const { body } = await client().list('ConfigMap', { fieldSelector: 'metadata.name=field-1' })
      expect(names(body)).toEqual(['field-1'])
    })

    it('of events by what they are about, and of no field that cannot be selected', async () => {
      await fill('about', 1)
      const fieldSelector = 'involvedObject.uid=1f0c8a2e-0000-4000-8000-000000000000,type=Warning'
      expect(names((await client().list('Event', { fieldSelector })).body)).toEqual([])
      const refused = async (kind: string) =>
        refusal(client(), await client().list(kind, { fieldSelector: 'spec.size=1' }))
      expect([await refused('ConfigMap'), await refused('Event')]).toMatchInlineSnapshot(`
        [
          {
            "message": ""spec.size" is not a known field selector: only "metadata.name", "metadata.namespace"",
            "reason": "BadRequest",
            "status": 400,
          },
          {
            "message": "field label not supported: spec.size",
            "reason": "BadRequest",
            "status": 400,
          },
        ]
      `)
    })

    it('of metadata only', async () => {
      await fill('meta', 1)
      const headers = { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1' }
      const { body } = await client().list('ConfigMap', { labelSelector: 'reading=meta' }, { headers })
      expect(body).toMatchObject({ kind: 'PartialObjectMetadataList', apiVersion: 'meta.k8s.io/v1' })
      expect(body.items[0]).not.toHaveProperty('data')
      expect(body.items[0].metadata.managedFields).toHaveLength(1)
      expect([body.items[0].kind, body.items[0].apiVersion]).toMatchInlineSnapshot(`
        [
          "PartialObjectMetadata",
          "meta.k8s.io/v1",
        ]
      `)
    })
  })

  describe('watches', () => {
    /** Watches until `until` holds; what was seen, shortened to type and name. */
    const watch = async (
      query: Record<string, string>,
      act: () => Promise<unknown>,
      until: (events: Event[]) => boolean,
    ) => {
      const events: Event[] = []
      const stop = new AbortController()
      const onEvent = (event: Event) => void events.push(event)
      const watching = client().under.watch(
        client().at('ConfigMap', '', { watch: 'true', ...query }),
        onEvent,
        stop.signal,
      )
      await act()
      await expect.poll(() => until(events), { timeout: 15_000 }).toBe(true)
      stop.abort()
      await watching
      return events.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.code}`)
    }
    const now = async (label: string) =>
      (await client().list('ConfigMap', { labelSelector: `reading=${label}` })).body.metadata
        .resourceVersion as string

    it('tell what happens after a version', async () => {
      await fill('after', 1)
      const resourceVersion = await now('after')
      const act = async () => {
        await client().apply(labelled('after-0', 'after', { a: '2' }))
        await client().apply(labelled('after-1', 'after'))
        await client().remove('ConfigMap', 'after-0')
      }
      const seen = await watch(
        { labelSelector: 'reading=after', resourceVersion },
        act,
        (events) => events.length === 3,
      )
      expect(seen).toEqual(['MODIFIED after-0', 'ADDED after-1', 'DELETED after-0'])
    })

    it('tell what is no longer selected as deleted, and what begins to be as added', async () => {
      await fill('label', 1)
      const resourceVersion = await now('label')
      const act = async () => {
        await client().merge('ConfigMap', 'label-0', { metadata: { labels: { reading: 'elsewhere' } } })
        await client().merge('ConfigMap', 'label-0', { data: { a: 'unseen' } })
        await client().merge('ConfigMap', 'label-0', { metadata: { labels: { reading: 'label' } } })
      }
      const seen = await watch(
        { labelSelector: 'reading=label', resourceVersion },
        act,
        (events) => events.length === 2,
      )
      expect(seen).toEqual(['DELETED label-0', 'ADDED label-0'])
    })

    it.each(['', '0'])('begin with what is there at version "%s"', async (resourceVersion) => {
      await fill('initial', 2)
      const query = { labelSelector: 'reading=initial', ...(resourceVersion && { resourceVersion }) }
      const seen = await watch(
        query,
        async () => undefined,
        (events) => events.length === 2,
      )
      expect(seen.toSorted()).toEqual(['ADDED initial-0', 'ADDED initial-1'])
    })

    it('send a list as a stream that ends with a bookmark, where asked', async () => {
      await fill('stream', 2)
      const query = {
        labelSelector: 'reading=stream',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      }
      const bookmarks: Event[] = []
      const isOver = (events: Event[]) => {
        bookmarks.push(...events.filter(({ type }) => type === 'BOOKMARK'))
        return bookmarks.length > 0
      }
      const seen = await watch(query, async () => undefined, isOver)
      expect(seen.slice(0, 2).toSorted()).toEqual(['ADDED stream-0', 'ADDED stream-1'])
      expect(bookmarks[0]?.object.metadata).toMatchObject({
        annotations: { 'k8s.io/initial-events-end': 'true' },
        resourceVersion: expect.stringMatching(/^\d+$/),
      })
    })

    it('end by themselves, with a bookmark two seconds before where more than what is selected has changed', async () => {
      await fill('short', 1)
      const resourceVersion = await now('short')
      const query = { watch: 'true', timeoutSeconds: '5', allowWatchBookmarks: 'true', resourceVersion }
      const path = client().at('ConfigMap', '', { ...query, labelSelector: 'reading=short' })
      const events: Event[] = []
      const watching = client().under.watch(
        path,
        (event) => void events.push(event),
        new AbortController().signal,
      )
      await client().apply(aConfigMap('not-selected'))
      await watching
      expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['BOOKMARK']))
      expect(Number(events[0]?.object.metadata.resourceVersion)).toBeGreaterThan(Number(resourceVersion))
    })

    it('refuse a version whose history is gone', async () => {
      await fill('old', 1)
      // Of all kinds, only Events are watched in etcd itself and not in the memory of the API server.
      const events: Event[] = []
      const query = { watch: 'true', resourceVersion: '1', timeoutSeconds: '5' }
      await client().under.compact()
      await client().under.watch(
        client().at('Event', '', query),
        (event) => void events.push(event),
        new AbortController().signal,
      )
      expect(events.map(({ type, object }) => [type, object.code, (object as { reason?: string }).reason]))
        .toMatchInlineSnapshot(`
        [
          [
            "ERROR",
            410,
            "Expired",
          ],
        ]
      `)
    })
  })
}
