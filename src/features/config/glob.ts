/** Whether `name` fits `glob`, in which `*` stands for any text and every other character for itself. Takes linear steps back at most. */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0
  let place = 0
  let star = -1
  let retry = 0
  while (place < name.length) {
    if (glob[at] === '*') {
      star = at++
      retry = place
    } else if (glob[at] === name[place]) {
      at++
      place++
    } else if (star !== -1) {
      at = star + 1
      place = ++retry
    } else return false
  }
  while (glob[at] === '*') at++
  return at === glob.length
}
