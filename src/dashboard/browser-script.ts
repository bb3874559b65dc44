/**
 * The pages' one script: reads the live part again whenever the server says that something changed, and narrows lists to what
 * is typed. Without it the pages say the same.
 */
export const browserScript = `
const live = document.getElementById('live')
const search = document.querySelector('input[type=search]')

function narrow() {
  const wanted = search ? search.value.trim().toLowerCase() : ''
  for (const item of document.querySelectorAll('[data-find]')) {
    item.hidden = !item.textContent.toLowerCase().includes(wanted)
  }
}
if (search) search.addEventListener('input', narrow)

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
