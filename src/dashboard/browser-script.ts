/**
 * The pages' one script: reads the live part again whenever the server says that something changed, narrows lists to what is
 * typed, folds and opens. Without it the pages say the same. Keys: `/` to find, `j` and `k` for the next and the one before.
 */
export const browserScript = `
const live = document.getElementById('live')
const search = document.querySelector('input[type=search]')
const found = document.getElementById('found')
const objects = () => [...document.querySelectorAll('details.object')].filter((each) => !each.hidden)

function narrow() {
  const wanted = search ? search.value.toLowerCase().split(/\\s+/).filter(Boolean) : []
  for (const item of document.querySelectorAll('[data-find]')) {
    const text = (item.dataset.find || item.textContent).toLowerCase()
    item.hidden = !wanted.every((word) => text.includes(word))
  }
  let heading
  const shown = new Map()
  for (const part of document.querySelectorAll('[data-heading], [data-group]')) {
    if ('heading' in part.dataset) shown.set(heading = part, false)
    else {
      part.hidden = !part.querySelector('[data-find]:not([hidden])')
      if (!part.hidden) shown.set(heading, true)
    }
  }
  for (const [part, isShown] of shown) if (part) part.hidden = !isShown
  if (found) found.textContent = wanted.length > 0 ? objects().length + ' found' : ''
}
let pending
if (search) {
  search.addEventListener('input', () => {
    cancelAnimationFrame(pending)
    pending = requestAnimationFrame(narrow)
  })
}

/** What an address points to is opened and seen, also where it was folded or filtered. */
function showTarget() {
  const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1))
  if (!target) return
  if (target.hidden && search) {
    search.value = ''
    narrow()
  }
  if (target.matches('details')) target.open = true
  target.scrollIntoView()
}
addEventListener('hashchange', showTarget)
showTarget()

for (const button of document.querySelectorAll('[data-fold]')) {
  button.hidden = false
  button.addEventListener('click', () => {
    for (const each of objects()) each.open = button.dataset.fold === 'open'
  })
}

function step(by) {
  const all = objects()
  const at = all.indexOf(document.activeElement && document.activeElement.closest('details.object'))
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]
  if (!next) return
  next.scrollIntoView({ block: 'start' })
  next.querySelector('summary').focus({ preventScroll: true })
}
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target === search) {
    if (event.key === 'Escape') {
      search.value = ''
      narrow()
      search.blur()
    }
  } else if (event.key === '/' && search) {
    event.preventDefault()
    search.focus()
  } else if (event.key === 'j') step(1)
  else if (event.key === 'k') step(-1)
})

let isReading = false
let isStale = false
async function readAgain() {
  isStale = true
  if (isReading) return
  isReading = true
  while (isStale) {
    isStale = false
    try {
      const answer = await fetch(live.dataset.source)
      if (answer.ok) live.innerHTML = await answer.text()
    } catch {
      // The stream reconnects by itself, and then this is read again.
    }
  }
  isReading = false
  narrow()
}

if (live) {
  const events = new EventSource('/events')
  const state = document.getElementById('state')
  const show = (text, name) => {
    state.textContent = text
    state.className = name
  }
  events.onmessage = readAgain
  events.onopen = () => {
    if (state.className === 'offline') readAgain()
    show('live', 'online')
  }
  events.onerror = () => show('reconnecting', 'offline')
}
`
