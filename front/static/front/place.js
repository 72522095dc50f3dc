/** A page that changes above what somebody reads, and leaves that where it is on the screen. */

const BLOCKS = "[data-item], p, h1, h2, h3, figure, blockquote, li, table, article"

/** What is read at present: the first block in the middle of the screen, from a little below its top. */
function whatIsRead(except) {
  for (let y = Math.min(120, innerHeight / 4); y < innerHeight; y += 40) {
    for (const element of document.elementsFromPoint(innerWidth / 2, y)) {
      const block = element.closest(BLOCKS)
      if (block && block.closest("main") && !except.some((each) => each?.contains(block))) return block
    }
  }
  return null
}

/** Change the page, at once. `except` are elements that the change takes away or moves: nobody stays where they are. */
export function keepingPlace(change, except = []) {
  const root = document.documentElement
  const read = whatIsRead(except)
  const before = read?.getBoundingClientRect().top
  root.style.overflowAnchor = "none" // browsers that do it themselves would do it twice
  change()
  if (read?.isConnected && scrollY) {
    const moved = read.getBoundingClientRect().top - before
    if (moved) scrollBy({ top: moved, behavior: "instant" })
  }
  requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"))
}

/** Bring an element to the top of the screen, as calmly as the reader wants it. */
export function leadTo(element) {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches
  element.scrollIntoView({ block: "start", behavior: isCalm ? "instant" : "smooth" })
}

/** Whether any of an element is on the screen. */
export function isSeen(element) {
  const { top, bottom } = element.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}
