// A front by keys: the arrows lead from card to card, with Alt or Ctrl they move the card itself, or a whole container.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const BY_RULE = " by rule"
const ITEMS = ".front-handle, .front-card:not(.front-ghost)"

const centre = (element) => {
  const { left, top, width, height } = element.getBoundingClientRect()
  return { x: left + width / 2, y: top + height / 2, left, right: left + width, top, bottom: top + height }
}

export class Keys {
  constructor(page) {
    this.page = page
    this.root = page.root
    this.current = null // what has the focus, or would have it
    this.root.addEventListener("focusin", ({ target }) => {
      const item = target.closest(ITEMS)
      if (item) this.point(item)
    })
    this.root.addEventListener("keydown", (event) => this.key(event))
  }

  items() {
    return [...this.root.querySelectorAll(ITEMS)]
  }

  nameOf(item) {
    const { name, container } = item.dataset
    return name ? `${name}${item.classList.contains("is-pinned") ? "" : BY_RULE}` : `container:${container}`
  }

  // Where there is none of it that is pinned, the one that a rule has found, and the other way round.
  item(name) {
    const items = this.items()
    const other = name?.endsWith(BY_RULE) ? name.slice(0, -BY_RULE.length) : name + BY_RULE
    return items.find((item) => this.nameOf(item) === name) ?? items.find((item) => this.nameOf(item) === other)
  }

  // One of them all is reached with Tab, and its buttons after it.
  point(item) {
    this.current = item ? this.nameOf(item) : null
    for (const other of this.items()) {
      const isIt = other === item
      other.tabIndex = isIt ? 0 : -1
      for (const tool of other.querySelectorAll(".front-tool")) tool.tabIndex = isIt ? 0 : -1
    }
  }

  focus(name) {
    const item = this.item(name)
    if (!item) return false
    item.focus({ preventScroll: true })
    item.scrollIntoView({ block: "nearest" })
    return true
  }

  // After the cards were made anew: the focus stays with what had it, or goes to what stands there now.
  keep(draw) {
    const active = document.activeElement
    const holder = this.root.contains(active) ? active.closest(ITEMS) : null
    const items = this.items()
    const at = holder ? items.indexOf(holder) : -1
    const act = active?.dataset?.act
    draw()
    if (holder) {
      const now = this.items()
      const same = this.item(this.nameOf(holder)) ?? now[Math.min(at, now.length - 1)]
      this.point(same)
      ;((act && same?.querySelector(`[data-act="${act}"]`)) || same)?.focus({ preventScroll: true })
    } else this.point(this.item(this.current) ?? this.items()[0])
  }

  key(event) {
    const { page } = this
    if (event.isComposing || event.defaultPrevented) return
    const isCommand = event.ctrlKey || event.metaKey
    const isWriting = event.target.closest("input, textarea, select, .select2-container")
    const letter = event.key.toLowerCase()
    if (isCommand && !event.altKey && (letter === "z" || letter === "y") && !isWriting) {
      event.preventDefault()
      return letter === "y" || event.shiftKey ? page.redo() : page.undo()
    }
    const item = event.target.closest(ITEMS)
    if (!item || isWriting) return
    if (event.target !== item) {
      if (event.key === "Escape") item.focus()
      return
    }
    if (this.act(event, item, isCommand || event.altKey)) event.preventDefault()
  }

  act(event, item, isMoving) {
    const { page } = this
    const step = STEPS[event.key]
    const { name } = item.dataset
    if (step && isMoving) return name ? this.moveCard(item, step) : this.moveContainer(item, step)
    if (isMoving || event.shiftKey) return false
    if (step) return this.go(item, step)
    if (event.key === "Home" || event.key === "End") return this.goToEnd(item, event.key === "End")
    if (event.key === "PageUp" || event.key === "PageDown") return this.goToContainer(item, event.key === "PageDown")
    const section = item.closest(".front-container")
    if (event.key === "Enter") {
      page.openFinder(section.dataset.id, name ? this.indexOf(item) : 0)
      return true
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      if (name) page.unpin(name)
      else page.actOn(section.dataset.id, "remove")
      return true
    }
    if (name && (event.key === " " || event.key === "p")) {
      page.togglePin(item)
      return true
    }
    return false
  }

  indexOf(item) {
    return [...item.parentElement.children].indexOf(item)
  }

  go(item, [x, y]) {
    const items = this.items()
    if (x) {
      const next = items[items.indexOf(item) + x]
      if (next) this.focus(this.nameOf(next))
      return true
    }
    const from = centre(item)
    const isBeyond = (to) =>
      y > 0 ? to.y > from.y && to.top >= from.top + 8 : to.y < from.y && to.bottom <= from.bottom - 8
    let best = null
    for (const other of items) {
      const to = centre(other)
      if (other === item || !isBeyond(to)) continue
      const aside = Math.max(0, to.left - from.right, from.left - to.right) + Math.abs(to.x - from.x) / 8
      const far = Math.abs(to.y - from.y) + aside * 3
      if (!best || far < best.far) best = { far, other }
    }
    if (best) this.focus(this.nameOf(best.other))
    return true
  }

  goToEnd(item, isLast) {
    const cards = [...item.closest(".front-container").querySelectorAll(".front-card")]
    const target = isLast ? cards.at(-1) : cards[0]
    if (target) this.focus(this.nameOf(target))
    return true
  }

  goToContainer(item, isNext) {
    const handles = [...this.root.querySelectorAll(".front-handle")]
    const at = handles.indexOf(item.closest(".front-container").querySelector(".front-handle"))
    const target = handles[at + (isNext ? 1 : -1)]
    if (target) this.focus(this.nameOf(target))
    return true
  }

  // One place on in its container where the arrow leads to a place in it, and else into the next container.
  moveCard(item, [x, y]) {
    const { page } = this
    const { name } = item.dataset
    const section = item.closest(".front-container")
    const container = page.arrangement.container(section.dataset.id)
    const index = this.indexOf(item)
    const number = container.pinned.length
    const by = x || y
    const isPinned = item.classList.contains("is-pinned")
    const isAcross = y && ["row", "strip"].includes(container.layout)
    const to = isPinned ? index + by : number
    const isInside = isPinned ? to >= 0 && to < number : true
    if (!isAcross && isInside) {
      page.put(name, container.id, isPinned && by > 0 ? to + 1 : to)
      return true
    }
    if (x) {
      page.say(by < 0 ? gettext("It stands first.") : gettext("It is the last that is pinned here."))
      return true
    }
    const { containers } = page.arrangement
    const next = containers[containers.indexOf(container) + by]
    if (!next) page.say(by < 0 ? gettext("Nothing is above.") : gettext("Nothing is below."))
    else page.put(name, next.id, by < 0 ? next.pinned.length : 0)
    return true
  }

  moveContainer(item, [x, y]) {
    this.page.actOn(item.dataset.container, (x || y) < 0 ? "up" : "down")
    return true
  }
}
