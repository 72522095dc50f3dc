// A live story's page: updates are written above the story's form, and what was said stands below. One key sends one.
import { ask, send } from "./live/sending.js"
import { showRows } from "./live/updates.js"
import { Writing } from "./live/writing.js"

const OFTEN = 10_000 // milliseconds between two looks at what others have written
const EDITOR = "data-django-prose-editor-configurable"

class LiveStory {
  constructor(place) {
    this.place = place
    const { address, end, user, story } = place.dataset
    Object.assign(this, { address, end, user, story })
    this.list = place.querySelector(".live-list")
    this.reasons = place.querySelector(".live-reasons")
    this.known = new Map() // by id: what is shown of an update
    this.written = new Map() // by id: the update that is being written anew, in its place
    this.most = 0
    const fresh = place.querySelector("[data-new]")
    if (fresh) this.writing = new Writing(fresh, this, { onDone: (found) => this.take(found) })
    this.listen()
    this.look()
    setInterval(() => document.visibilityState === "visible" && this.look(), OFTEN)
  }

  say(text) {
    this.place.querySelector(".live-said").textContent = text
  }

  // Where something is asked or sent; each answer has as many updates as are shown.
  at(path = "") {
    return `${this.address}${path}${this.most ? `?most=${this.most}` : ""}`
  }

  async look() {
    const number = (this.asked = (this.asked || 0) + 1)
    const found = await ask(this.at())
    if (found.isDone && number === this.asked) this.take(found)
  }

  take(found) {
    this.asked = (this.asked || 0) + 1 // an answer that was asked for before this one is older
    showRows(this.list, found.updates, this.known, (id) => this.written.has(id), this.reasons)
    this.place.querySelector(".live-more").hidden = !found.has_more
    this.showState(found)
    if (found.base) {
      const base = document.querySelector('.desk.change-form form [name="base"]')
      if (base) base.value = found.base
    }
  }

  showState({ is_live: isLive, ended }) {
    const state = this.place.querySelector(".live-state")
    let text = isLive
      ? gettext("Goes on")
      : gettext("Readers do not have the story yet: publish it, then send updates.")
    if (ended) text = interpolate(gettext("Ended %s"), [ended])
    if (state.textContent !== text) state.textContent = text
    const [end, open] = ["end", "open"].map((name) => this.place.querySelector(`.live-${name}`))
    if (end) end.hidden = Boolean(ended) || !isLive
    if (open) open.hidden = !ended
  }

  listen() {
    this.place.addEventListener("click", (event) => {
      const act = event.target.closest("[data-act]")
      if (act) this.act(act, act.closest("[data-update]"))
    })
    this.place.querySelector(".live-more").addEventListener("click", () => {
      this.most = this.list.children.length + 20
      this.look()
    })
    this.place.querySelector(".live-end")?.addEventListener("click", () => this.setLive("0"))
    this.place.querySelector(".live-open")?.addEventListener("click", () => this.setLive("1"))
    window.addEventListener("beforeunload", (event) => {
      if ([this.writing, ...this.written.values()].some((writing) => writing?.isAtRisk())) event.preventDefault()
    })
  }

  async setLive(on) {
    const base = document.querySelector('.desk.change-form form [name="base"]')
    this.finish(await send(this.end, { on, base: base?.value || "" }))
  }

  finish(found) {
    if (found.isDone) this.take(found)
    this.say(found.isDone ? found.said : found.errors.join(" "))
  }

  async act(button, row) {
    const id = row.dataset.update
    const { update } = this.known.get(id)
    const { act } = button.dataset
    if (act === "edit") return this.edit(update, row)
    button.disabled = true
    if (act === "publish") {
      const values = { key: id, base: update.base, title: update.title, text: update.html, publish: "1" }
      this.finish(await send(this.at(), values))
    } else if (act === "withdraw") {
      const reason = row.querySelector(".live-reason select").value
      this.finish(await send(this.at(`${id}/withdraw/`), { reason }))
    } else {
      this.finish(await send(this.at(`${id}/mark/`), { name: act, on: update[act] ? "0" : "1" }))
    }
    button.disabled = false
  }

  // The same two fields and the same key, in the update's own place.
  async edit(update, row) {
    const { place, text, leave } = fieldsFor(update)
    const over = () => {
      this.written.delete(update.id)
      this.known.delete(update.id)
      row.remove()
    }
    row.replaceChildren(place)
    const writing = new Writing(place, this, {
      update,
      onDone: (found) => {
        over()
        this.take(found)
      },
      onLeave: () => {
        over()
        this.look()
      },
    })
    this.written.set(update.id, writing)
    leave.addEventListener("click", () => writing.leave())
    await makeEditor(text)
    writing.focus()
  }
}

const fieldsFor = (update) => {
  const make = (tag, values, ...inside) => {
    const made = Object.assign(document.createElement(tag), values)
    made.append(...inside)
    return made
  }
  const line = make("input", { className: "live-line", maxLength: 200, value: update.title })
  line.setAttribute("aria-label", gettext("Title of the update"))
  line.placeholder = gettext("Title, if it needs one")
  const text = make("textarea", { id: `live-text-${update.id}`, defaultValue: update.html })
  text.setAttribute("aria-label", gettext("Text of the update"))
  const send = make("button", { type: "button", className: "live-send primary", textContent: gettext("Save") })
  send.title = gettext("Ctrl or ⌘ and Enter")
  const leave = make("button", { type: "button", textContent: gettext("Cancel") })
  const count = make("span", { className: "live-count" })
  const errors = make("div", { className: "live-errors" })
  errors.setAttribute("role", "alert")
  const buttons = make("p", { className: "live-buttons" }, send, leave, count)
  return { place: make("div", { className: "live-writing" }, line, text, buttons, errors), text, leave }
}

// The editor that the page has for all its texts, on a field that came later.
const makeEditor = async (text) => {
  const pattern = document.querySelector(`textarea[${EDITOR}]#live-text`)
  if (!text.hasAttribute(EDITOR) && pattern) text.setAttribute(EDITOR, pattern.getAttribute(EDITOR))
  if (!text.hasAttribute(EDITOR)) return
  const { createEditor } = await import("django-prose-editor/configurable")
  await createEditor(text)
}

const begin = (place) => {
  if (place) new LiveStory(place)
}

if (document.readyState === "loading")
  document.addEventListener("DOMContentLoaded", () => begin(document.querySelector(".live-story")))
else begin(document.querySelector(".live-story"))

// A story that has just become a live one gets its panel at once, and what is typed on the page stays.
document.addEventListener(
  "desk:saved",
  async ({ target }) => {
    if (target.elements.genre?.value !== "live" || document.querySelector(".live-story")) return
    const there = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html")
    const place = there.querySelector(".live-story")
    if (!place) return
    target.before(place)
    begin(place)
    for (const text of place.querySelectorAll("textarea")) makeEditor(text)
  },
  true,
)
