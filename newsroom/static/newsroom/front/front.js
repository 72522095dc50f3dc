// The page on which a front is arranged, as readers will have it. All of it is kept in one field of the form, as JSON;
// without this script that field itself can be written in.
import { made } from "../cards/elements.js"
import { finder, storyKey as ownKey } from "../cards/finder.js"
import { Arrangement, newContainer } from "./arrangement.js"
import { ContainerView } from "./container.js"
import { Dragging } from "./dragging.js"
import { Filling } from "./filling.js"
import { Keys } from "./keys.js"

const parsed = (text) => {
  try {
    const containers = JSON.parse(text || "[]")
    const isFront = Array.isArray(containers) && containers.every((one) => one?.id && Array.isArray(one.pinned))
    return isFront ? containers : null
  } catch {
    return null
  }
}

const scrollerOf = (element) => {
  for (let outer = element.parentElement; outer; outer = outer.parentElement) {
    const { overflowY } = getComputedStyle(outer)
    if (/auto|scroll/.test(overflowY) && outer.scrollHeight > outer.clientHeight + 1) return outer
  }
  return document.scrollingElement
}

class FrontPage {
  constructor(root, field, containers) {
    Object.assign(this, { root, field })
    this.form = field.form
    this.holder = root.querySelector(".front-containers")
    this.said = root.querySelector(".front-said")
    this.status = root.querySelector(".front-status")
    this.views = new Map()
    this.shown = new Map() // the card of each thing, and what it was made for
    this.open = null // the finder
    this.results = new Map() // what it has found, by name
    this.heard = null // that somebody else has saved the front since this page was opened
    this.wantsBoth = false
    this.arrangement = new Arrangement(containers)
    this.filling = new Filling(this.arrangement, {
      address: root.dataset.fill,
      token: () => this.form.elements.csrfmiddlewaretoken.value,
      version: () => ({ front: ownKey(), base: this.form.elements.base?.value }),
      first: JSON.parse(root.querySelector('script[type="application/json"]').textContent),
    })
    this.keys = new Keys(this)
    this.dragging = new Dragging(this)
    this.arrangement.addEventListener("change", () => this.changed())
    for (const name of ["filled", "asking", "failed", "refused", "newer"])
      this.filling.addEventListener(name, (event) => this.told(name, event.detail))
    this.equipBar()
    root.addEventListener("click", (event) => this.click(event))
    this.form.addEventListener("desk:saved", () => this.follow())
    this.form.addEventListener("desk:newer", (event) => this.hear(event))
    this.draw()
    root.hidden = false
    field.closest(".front-field-json").classList.add("is-arranged")
  }

  get scroller() {
    return scrollerOf(this.root)
  }

  template(name) {
    return this.root.querySelector(`template[data-template="${name}"]`).content.firstElementChild.cloneNode(true)
  }

  say(text) {
    this.said.textContent = ""
    this.said.textContent = text
  }

  // The field

  changed() {
    this.field.value = this.written = JSON.stringify(this.arrangement.containers)
    this.draw()
    this.field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  // A save may have put the field in order; what was arranged meanwhile stays.
  follow() {
    this.tellNews("")
    if (this.field.value !== (this.written ?? this.field.defaultValue)) {
      const containers = parsed(this.field.value)
      if (containers) this.arrangement.replace(containers)
    }
    this.filling.ask()
  }

  // Somebody has saved the front meanwhile

  hear(event) {
    event.preventDefault() // it is told here, in one place
    this.heard = event.detail
    this.filling.ask()
  }

  // Where nothing is unsaved here, what they have saved is shown at once. Else the editor says when both are put together;
  // where more than the arrangement was changed, it is as on any page: a save keeps this one beside theirs.
  meet(newer) {
    const isOld = ({ head }) => String(head) !== this.form.elements.base.value
    if (this.form.querySelector(".desk-bar[aria-busy]")) return
    if (!newer) {
      if (this.heard && isOld(this.heard))
        this.tellNews(
          `${this.heard.said} ${gettext("What you write here is kept beside it when you save, and you choose.")}`,
        )
      return
    }
    if (!isOld(newer)) return
    if (this.dragging.press) {
      setTimeout(() => this.filling.ask(), 1000)
      return
    }
    const isSaved = window.deskSaving.isSaved()
    if (isSaved || this.wantsBoth) this.takeBoth(newer, isSaved)
    else this.tellNews(newer.said, { isChoice: true })
  }

  takeBoth({ head, said, containers }, isSaved) {
    this.wantsBoth = false
    const take = () => {
      this.form.elements.base.value = head
      this.arrangement.change((now) => now.splice(0, now.length, ...containers))
    }
    if (isSaved) window.deskSaving.follow(take)
    else take()
    this.tellNews(`${said} ${isSaved ? gettext("You see it here.") : gettext("Both are put together here.")}`)
  }

  tellNews(text, { isChoice = false } = {}) {
    this.news.hidden = !text
    this.news.querySelector("button").hidden = !isChoice
    const words = this.news.querySelector("span")
    if (words.textContent !== text) words.textContent = text
  }

  // What is seen

  draw() {
    const { containers } = this.arrangement
    this.keys.keep(() => {
      const ids = new Set(containers.map(({ id }) => id))
      for (const [id, view] of this.views) {
        if (ids.has(id)) continue
        view.dom.remove()
        this.views.delete(id)
      }
      for (const { id } of containers) if (!this.views.has(id)) this.views.set(id, new ContainerView(id, this))
      containers.forEach(({ id }, at) => {
        const { dom } = this.views.get(id)
        if (this.holder.children[at] !== dom) this.holder.insertBefore(dom, this.holder.children[at] ?? null)
      })
      containers.forEach(({ id }, at) => this.views.get(id).sync(at + 1, containers.length))
    })
    this.root.querySelector(".front-none").hidden = containers.length > 0
    this.undoer.disabled = !this.arrangement.past.length
    this.redoer.disabled = !this.arrangement.future.length
  }

  told(name, detail) {
    if (name === "newer") return this.meet(detail)
    clearTimeout(this.slow)
    const words = {
      failed: gettext("The desk cannot be reached: what the rules fill may be out of date. What you arrange is kept."),
      refused: detail,
    }
    this.status.classList.toggle("is-wrong", name in words)
    if (name === "asking") {
      // What takes longer than a blink shows.
      this.slow = setTimeout(() => (this.status.textContent = gettext("Looking up what the rules fill…")), 300)
      return
    }
    this.status.textContent = words[name] || ""
    if (name !== "filled") return
    const { when } = this.filling
    this.root.classList.toggle("is-ahead", Boolean(when))
    this.later.hidden = !when
    this.later.querySelector("span").textContent = when
    this.draw()
  }

  // Buttons

  equipBar() {
    const bar = this.root.querySelector(".front-bar")
    this.undoer = bar.querySelector("[data-act=undo]")
    this.redoer = bar.querySelector("[data-act=redo]")
    this.later = this.root.querySelector(".front-later")
    this.news = this.root.querySelector(".front-news")
    this.news.querySelector("button").addEventListener("click", () => {
      this.wantsBoth = true
      this.filling.ask()
    })
    this.undoer.addEventListener("click", () => this.undo())
    this.redoer.addEventListener("click", () => this.redo())
    for (const button of this.root.querySelectorAll("[data-act=add-container]"))
      button.addEventListener("click", () => this.addContainer())
    const moment = this.root.querySelector(".front-moment .moment")
    const inputs = [...moment.querySelectorAll("input, select")]
    const look = () => this.filling.lookAt(inputs[0].value ? inputs.map(({ value }) => value) : null)
    for (const input of inputs) {
      input.addEventListener("change", (event) => {
        event.stopPropagation()
        look()
      })
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return
        event.preventDefault()
        look()
      })
    }
    for (const button of this.root.querySelectorAll("[data-moment-at]")) {
      button.addEventListener("click", () => {
        inputs[0].value = button.dataset.momentAt
        inputs[0].dispatchEvent(new Event("input", { bubbles: true }))
        look()
        button.closest("details")?.removeAttribute("open")
        this.root.querySelector(".front-moment summary").focus()
      })
    }
  }

  click(event) {
    const button = event.target.closest(".front-tool[data-act=pin]")
    if (button) this.togglePin(button.closest(".front-card"))
    else if (event.target.closest(".front-card") && !event.target.closest("a, button"))
      event.target.closest(".front-card").focus()
  }

  undo() {
    this.say(this.arrangement.undo() ? gettext("Undone.") : gettext("There is nothing to undo."))
  }

  redo() {
    this.say(this.arrangement.redo() ? gettext("Done again.") : gettext("There is nothing to redo."))
  }

  // Things

  headline(name) {
    return this.filling.things[name]?.headline || ""
  }

  viewOf(id) {
    return this.views.get(id)
  }

  put(name, id, index) {
    if (!this.arrangement.pin(name, id, index)) return
    const { container, index: at } = this.arrangement.placeOf(name)
    this.keys.focus(name)
    const words = { what: this.headline(name), place: at + 1, where: this.viewOf(container.id).name }
    this.say(interpolate(gettext("%(what)s: pinned at place %(place)s in %(where)s."), words, true))
  }

  unpin(name) {
    if (this.arrangement.unpin(name)) this.say(interpolate(gettext("%s: not pinned any more."), [this.headline(name)]))
    else this.say(gettext("It is not pinned: the rule finds it. Change the rule, or pin others above it."))
  }

  togglePin(card) {
    const { name } = card.dataset
    if (card.classList.contains("is-pinned")) return this.unpin(name)
    const { id } = card.closest(".front-container").dataset
    this.put(name, id, this.arrangement.container(id).pinned.length)
  }

  // Containers

  addContainer() {
    const container = newContainer(this.arrangement.containers.length ? {} : { layout: "lead", count: 3 })
    this.arrangement.add(container, this.arrangement.containers.length)
    const view = this.viewOf(container.id)
    view.settings.toggle()
    view.title.focus()
    view.dom.scrollIntoView({ block: "nearest" })
    this.say(gettext("A container is added at the end."))
  }

  putContainer(id, index) {
    const { containers } = this.arrangement
    const from = containers.findIndex((container) => container.id === id)
    const to = index > from ? index - 1 : index
    if (to < 0 || to >= containers.length || !this.arrangement.moveContainer(id, to)) return
    this.keys.focus(`container:${id}`)
    const words = { name: this.viewOf(id).name, place: to + 1, total: containers.length }
    this.say(interpolate(gettext("%(name)s: now container %(place)s of %(total)s."), words, true))
  }

  actOn(id, act) {
    const { containers } = this.arrangement
    const at = containers.findIndex((container) => container.id === id)
    const { name } = this.viewOf(id)
    if (act === "up") this.putContainer(id, at - 1)
    else if (act === "down") this.putContainer(id, at + 2)
    else if (act === "remove") {
      this.arrangement.remove(id)
      const next = this.arrangement.containers[Math.min(at, this.arrangement.containers.length - 1)]
      if (!next || !this.keys.focus(`container:${next.id}`)) this.undoer.focus()
      this.say(interpolate(gettext("%s is taken out. Undo brings it back."), [name]))
    }
  }

  // The finder

  openFinder(id, index) {
    this.closeFinder()
    const view = this.viewOf(id)
    view.settings.close()
    const at = Math.min(index, view.container.pinned.length)
    const back = document.activeElement
    const cancel = () => {
      this.closeFinder()
      if (back?.isConnected) back.focus()
      else this.keys.focus(`container:${id}`)
    }
    const dom = finder(
      { dom: view.place, leave() {} },
      {
        address: this.root.dataset.find,
        label: gettext("Story, video or blurb to add"),
        goesWhenEmpty: true,
        note: (row) => {
          const there = this.arrangement.placeOf(row.name)
          return there ? interpolate(gettext("pinned in %s"), [this.viewOf(there.container.id).name]) : ""
        },
        named: (row) => {
          this.results.set(row.name, row)
          return row.name
        },
        take: (row) => this.putFound(row.name, id, at),
        cancel,
      },
    )
    dom.classList.add("front-finder")
    const close = made("button", {
      type: "button",
      className: "front-tool",
      "aria-label": gettext("Close"),
      textContent: "×",
    })
    close.addEventListener("click", cancel)
    dom.append(close)
    // What is typed to find something is nothing that is written on the page.
    for (const name of ["input", "change"]) dom.addEventListener(name, (event) => event.stopPropagation())
    view.place.replaceChildren(dom)
    this.open = dom
    dom.querySelector("input").focus()
    dom.scrollIntoView({ block: "nearest" })
  }

  // What the finder has found, chosen in it or dragged out of it.
  putFound(name, id, index) {
    const row = this.results.get(name)
    const former = this.arrangement.placeOf(name)
    this.filling.learn({ ...row, when: row.printed })
    this.closeFinder()
    this.put(name, id, index)
    if (!former || former.container.id === id) return
    const words = { what: row.headline, where: this.viewOf(former.container.id)?.name ?? "" }
    this.say(interpolate(gettext("%(what)s: moved here from %(where)s."), words, true))
  }

  closeFinder() {
    this.open?.remove()
    this.open = null
  }
}

const begin = (root) => {
  const field = root.parentElement.querySelector("textarea")
  const containers = field && !field.disabled && parsed(field.value)
  if (containers) new FrontPage(root, field, containers)
}

document.addEventListener("DOMContentLoaded", () => document.querySelectorAll(".front-desk").forEach(begin))
