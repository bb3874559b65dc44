/**
 * Runs in the browser. Asks every second whether something has changed, and if so renews the parts marked `data-live`
 * one by one: what one types, what has the focus and which folds are open stays.
 */
export const liveScript = `
(() => {
  const known = new Map()
  const parts = (root) => [...root.querySelectorAll('[data-live]')]
  const remember = (root) => { for (const part of parts(root)) known.set(part.dataset.live, part.innerHTML) }
  const isBusy = (part) => {
    const active = document.activeElement
    return part.contains(active) && active.matches('input, select, textarea')
  }
  const openFolds = (part) => [...part.querySelectorAll('details')].map((fold) => [foldName(fold), fold.open])
  const foldName = (fold) => (fold.closest('[id]')?.id ?? '') + '|' + (fold.querySelector('summary')?.textContent ?? '')
  const renew = (next) => {
    for (const part of parts(document)) {
      const fresh = parts(next).find((each) => each.dataset.live === part.dataset.live)
      if (!fresh || fresh.innerHTML === known.get(part.dataset.live) || isBusy(part)) continue
      const folds = new Map(openFolds(part))
      known.set(part.dataset.live, fresh.innerHTML)
      part.innerHTML = fresh.innerHTML
      for (const fold of part.querySelectorAll('details')) {
        if (folds.has(foldName(fold))) fold.open = folds.get(foldName(fold))
      }
    }
    document.title = next.title
  }
  let version = document.body.dataset.version
  const look = async (latest) => {
    if (latest === version) return
    const page = await fetch(location.pathname + location.search)
    if (!page.ok) return
    renew(new DOMParser().parseFromString(await page.text(), 'text/html'))
    version = latest
  }
  remember(document)
  // The answer ends at once and names the pause: the browser asks again by itself.
  const events = new EventSource(document.body.dataset.versionUrl)
  events.onmessage = (event) => void look(event.data).catch(() => undefined)
  document.addEventListener('change', (event) => {
    if (event.target.matches('[data-submits]')) event.target.form.submit()
  })
})()
`
