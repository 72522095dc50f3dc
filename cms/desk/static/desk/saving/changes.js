// What has changed on a page since it was kept: a few letters of a long text, and not all of it.
const LINE_END = /\r\n|\r|\n/g

// The fields as the server gets them, which a browser sends with line ends of their own and no half characters.
export const asSent = (fields) =>
  fields.map(([name, value]) => {
    const text = value.replace(LINE_END, "\r\n")
    return [name, text.toWellFormed?.() ?? text]
  })

const isHalf = (text, at) => /[\uDC00-\uDFFF]/.test(text[at] ?? "") // behind the first half of a character

// Counted in characters, as the server counts them.
const length = (text) => text.length - (text.match(/[\uDC00-\uDFFF]/g)?.length ?? 0)

const changeOf = (before, now) => {
  let start = 0
  const most = Math.min(before.length, now.length)
  while (start < most && before[start] === now[start]) start += 1
  if (isHalf(before, start) || isHalf(now, start)) start -= 1
  let tail = 0
  while (tail < most - start && before.at(-1 - tail) === now.at(-1 - tail)) tail += 1
  if (isHalf(before, before.length - tail) || isHalf(now, now.length - tail)) tail -= 1
  const from = length(before.slice(0, start))
  const removed = length(before.slice(start, before.length - tail))
  return [from, from + removed, now.slice(start, now.length - tail)]
}

// The changes from one text of the fields to another; null where the page has other fields now.
export const changesBetween = (before, now) => {
  if (!before || before.length !== now.length || now.some(([name], at) => name !== before[at][0])) return null
  const seen = {}
  const changes = []
  for (const [at, [name, value]] of now.entries()) {
    const number = (seen[name] = (seen[name] ?? -1) + 1)
    if (value !== before[at][1]) changes.push([name, number, ...changeOf(before[at][1], value)])
  }
  return changes
}
