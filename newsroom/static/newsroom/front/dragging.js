// Cards, what was found to be added, and containers are dragged by mouse, pen or finger. A finger holds a card for a moment
// first, since else it scrolls.
import { made } from "../cards/elements.js"

const FAR = 6 // pixels until a press is a drag
const HOLD = 350 // milliseconds until a finger drags
const NARROW = 360 // pixels of a line of the finder while it is dragged
const EDGE = 90 // pixels from the window's edges, where the page scrolls

const within = (value, from, to) => Math.max(from, Math.min(to, value))

const distance = (rect, x, y) => Math.hypot(x - within(x, rect.left, rect.right), y - within(y, rect.top, rect.bottom))

// Whether cards stand above one another where this one is.
const isStacked = (rects, at) => {
  const beside = [rects[at - 1], rects[at + 1]].filter(Boolean)
  if (!beside.length) return false
  return beside.some((other) => Math.abs(other.left - rects[at].left) < FAR)
}

export class Dragging {
  constructor(page) {
    this.page = page
    this.root = page.root
    this.press = null // where a pointer went down, on what
    this.drag = null
    this.line = made("div", { className: "front-line", hidden: true })
    this.root.append(this.line)
    this.root.addEventListener("pointerdown", (event) => this.down(event))
    window.addEventListener("pointermove", (event) => this.move(event))
    window.addEventListener("pointerup", (event) => this.up(event))
    window.addEventListener("pointercancel", () => this.end())
    // While something is dragged by a finger, the page does not scroll with it.
    this.root.addEventListener("touchmove", (event) => this.drag && event.preventDefault(), { passive: false })
    this.root.addEventListener("contextmenu", (event) => (this.drag || this.press?.isHeld) && event.preventDefault())
    this.root.addEventListener("dragstart", (event) => event.preventDefault())
    document.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.drag) return
        event.preventDefault()
        event.stopPropagation()
        this.end()
        this.page.say(gettext("Put back where it was."))
      },
      { capture: true },
    )
  }

  down(event) {
    if (event.button !== 0 || !event.isPrimary) return
    const handle = event.target.closest(".front-handle")
    const card = event.target.closest(".front-card, .front-finder [data-name]")
    if (!handle && (!card || event.target.closest("button, a, input, select, textarea"))) return
    const element = handle ? handle.closest(".front-container") : card
    this.press = { element, isContainer: Boolean(handle), x: event.clientX, y: event.clientY, id: event.pointerId }
    if (event.pointerType === "touch" && !handle) {
      this.press.isTouch = true
      this.press.timer = setTimeout(() => {
        if (!this.press) return
        this.press.isHeld = true
        navigator.vibrate?.(15)
        this.begin()
      }, HOLD)
    }
  }

  move(event) {
    const { press, drag } = this
    if (!press || event.pointerId !== press.id) return
    const isFar = Math.hypot(event.clientX - press.x, event.clientY - press.y) > FAR
    if (!drag && isFar && press.isTouch) return this.end() // it scrolls
    if (!drag && isFar) this.begin()
    if (!this.drag) return
    event.preventDefault()
    Object.assign(this.drag, { x: event.clientX, y: event.clientY })
    this.follow()
  }

  begin() {
    const { press } = this
    press.finder = press.element.closest(".front-finder")
    const rect = press.element.getBoundingClientRect()
    const ghost = press.element.cloneNode(true)
    ghost.classList.add("front-ghost")
    ghost.removeAttribute("tabindex")
    ghost.setAttribute("aria-hidden", "true")
    for (const one of ghost.querySelectorAll("[id], [tabindex], input, button, a")) {
      one.removeAttribute("id")
      one.setAttribute("tabindex", "-1")
    }
    const width = press.finder ? Math.min(rect.width, NARROW) : rect.width
    ghost.style.width = `${width}px`
    if (press.isContainer) ghost.style.maxHeight = "9rem"
    this.root.append(ghost)
    press.element.classList.add("is-dragged")
    document.documentElement.classList.add("is-front-dragging")
    window.getSelection()?.removeAllRanges()
    this.drag = { ...press, ghost, dx: Math.min(press.x - rect.left, width - 20), dy: Math.min(press.y - rect.top, 60) }
    // What is dragged out of the finder keeps it until it is put down: a finger's moves are told to what it touched first.
    if (press.finder) press.finder.classList.add("is-left")
    else this.page.closeFinder()
    this.follow()
    this.scroll()
  }

  follow() {
    const { drag } = this
    drag.ghost.style.transform = `translate(${drag.x - drag.dx}px, ${drag.y - drag.dy}px)`
    drag.target = drag.isContainer ? this.containerPlace(drag.y) : this.cardPlace(drag.x, drag.y)
    this.show(drag.target?.line)
  }

  show(line) {
    this.line.hidden = !line
    if (!line) return
    const home = this.root.getBoundingClientRect()
    Object.assign(this.line.style, {
      left: `${line.left - home.left}px`,
      top: `${line.top - home.top}px`,
      width: `${line.width}px`,
      height: `${line.height}px`,
    })
  }

  // Near the window's edges the page scrolls, the faster the nearer.
  scroll() {
    if (!this.drag) return
    const { y } = this.drag
    const bottom = window.innerHeight - EDGE
    const by = y < EDGE ? y - EDGE : y > bottom ? y - bottom : 0
    if (by) {
      this.page.scroller.scrollBy(0, Math.round(by / 6))
      this.follow()
    }
    requestAnimationFrame(() => this.scroll())
  }

  sections() {
    return [...this.root.querySelectorAll(".front-container:not(.front-ghost)")]
  }

  // Where a card would be pinned: among those that are pinned there, for what a rule finds comes after them.
  cardPlace(x, y) {
    const sections = this.sections()
    const rectOf = (section) => section.getBoundingClientRect()
    const section = sections.toSorted((one, other) => distance(rectOf(one), x, y) - distance(rectOf(other), x, y))[0]
    if (!section) return null
    const cards = [...section.querySelectorAll(".front-card")]
    const rects = cards.map((card) => card.getBoundingClientRect())
    const number = cards.filter((card) => card.classList.contains("is-pinned")).length
    const { id } = section.dataset
    if (!cards.length) {
      const { left, top, width } = section.querySelector(".front-empty").getBoundingClientRect()
      return { id, index: 0, line: { left, top: top - 4, width, height: 3 } }
    }
    const nearest = rects
      .keys()
      .reduce((best, at) => (distance(rects[at], x, y) < distance(rects[best], x, y) ? at : best), 0)
    const stacked = isStacked(rects, nearest)
    const { left, top, width, height } = rects[nearest]
    const isAfter = stacked ? y > top + height / 2 : x > left + width / 2
    const index = Math.min(nearest + (isAfter ? 1 : 0), number)
    return { id, index, line: this.lineAt(rects, index) }
  }

  // A line before the card that stands at a place, or behind the last.
  lineAt(rects, index) {
    const at = Math.min(index, rects.length - 1)
    const isBehind = index >= rects.length
    const { left, top, right, bottom, width, height } = rects[at]
    if (isStacked(rects, at)) return { left, top: isBehind ? bottom + 4 : top - 6, width, height: 3 }
    return { left: isBehind ? right + 5 : left - 8, top, width: 3, height }
  }

  containerPlace(y) {
    const rects = this.sections().map((section) => section.getBoundingClientRect())
    const before = rects.filter((rect) => y > rect.top + rect.height / 2).length
    const { left, width, top } = rects[Math.min(before, rects.length - 1)]
    const edge = before < rects.length ? top - 10 : rects.at(-1).bottom + 8
    return { index: before, line: { left, top: edge, width, height: 3 } }
  }

  up(event) {
    const { drag, press } = this
    if (!press || event.pointerId !== press.id) return
    this.end()
    if (!drag) return
    // What comes after it is no click on what was dragged.
    const stop = (click) => {
      click.preventDefault()
      click.stopPropagation()
    }
    window.addEventListener("click", stop, { capture: true, once: true })
    setTimeout(() => window.removeEventListener("click", stop, { capture: true }), 0)
    if (!drag.target) return
    if (drag.isContainer) this.page.putContainer(drag.element.dataset.id, drag.target.index)
    else if (drag.finder) this.page.putFound(drag.element.dataset.name, drag.target.id, drag.target.index)
    else this.page.put(drag.element.dataset.name, drag.target.id, drag.target.index)
  }

  end() {
    clearTimeout(this.press?.timer)
    this.drag?.ghost.remove()
    this.press?.element.classList.remove("is-dragged")
    this.press?.finder?.classList.remove("is-left")
    document.documentElement.classList.remove("is-front-dragging")
    this.line.hidden = true
    this.press = this.drag = null
  }
}
