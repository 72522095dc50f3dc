// What stands on an item's page, and how much of it is safe: saved, autosaved by the server, or copied by the browser.
import { forgetCopy, keepCopy } from "../copies.js"

const FIRST_ACTS = ["keydown", "pointerdown", "beforeinput", "paste", "drop"]

export class Page {
  constructor(place) {
    this.place = place
    this.form = place.closest("form")
    this.bar = this.form.querySelector(".desk-bar")
    this.token = this.form.elements.csrfmiddlewaretoken
    this.name = this.form.elements.page.value
    this.user = place.dataset.user
    this.isLeaving = false
    // Until somebody writes, what the page says is what is saved, whatever its editors make of it as they start.
    const isTakenUp = place.hasAttribute("data-taken-up")
    this.isTouched = isTakenUp || this.wasTyped() || Boolean(this.form.querySelector(".errornote"))
    this.saved = this.isTouched ? null : this.text()
    this.kept = this.saved // by the server, saved or autosaved
    this.copied = this.saved // by the browser
    this.isAutosaved = isTakenUp // whether the server has an autosave of this page
    for (const name of FIRST_ACTS) this.form.addEventListener(name, () => this.touch(), { capture: true })
  }

  get address() {
    return location.pathname + location.search
  }

  field(name) {
    return this.form.elements[name]
  }

  fields() {
    const ofBar = new Set([...this.bar.querySelectorAll("[name]")].map((field) => field.name))
    return [...new FormData(this.form)].filter(
      ([name, value]) => typeof value === "string" && name !== this.token.name && !ofBar.has(name),
    )
  }

  text() {
    return JSON.stringify(this.fields().filter(([name]) => name !== "base"))
  }

  // Whether somebody has typed before this script was there.
  wasTyped() {
    const asShown = (field) => {
      const fresh = field.cloneNode() // a line takes no line breaks, whatever is stored
      fresh.value = field.defaultValue
      return fresh.value
    }
    const lines = this.form.querySelectorAll('textarea, input[type="text"]')
    return [...lines].some((field) => field.value !== asShown(field) && field.offsetParent)
  }

  touch() {
    if (this.isTouched) return
    this.markSaved(this.text())
    this.isTouched = true
  }

  markSaved(text) {
    this.saved = this.kept = this.copied = text
  }

  // What the server has already, done by a button of its own, is nothing that its editor has written.
  follow(change) {
    const isSaved = this.text() === this.saved
    change()
    if (isSaved) this.markSaved(this.text())
  }

  copy() {
    const text = this.text()
    if (!this.isTouched || [this.copied, this.kept, this.saved].includes(text)) return
    if (keepCopy(this.user, this.name, this.place.dataset.autosave, this.fields())) this.copied = text
  }

  forgetCopy() {
    forgetCopy(this.user, this.name)
  }

  filesWait() {
    const isChosen = [...this.form.querySelectorAll('input[type="file"]')].some((field) => field.files.length)
    return isChosen || Boolean(this.form.querySelector(".film progress:not([hidden])"))
  }

  // Whether something would be lost with the page.
  isAtRisk() {
    const isKept = [this.saved, this.kept, this.copied].includes(this.text())
    return this.filesWait() || window.deskChoosing?.isLooking() || (this.isTouched && !isKept)
  }
}
