// An update while it is written: its title, its text, and the key that sends it. What is typed is kept until the server
// says that it has it.
import { Copy, newKey } from "./copies.js"
import { send } from "./sending.js"

const MOST = 1000 // characters of a text

const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent.trim()

export class Writing {
  // `update` is the one that is written anew; none: a new one. `onDone` gets the answer that says it is stored.
  constructor(place, panel, { update = null, onDone, onLeave = () => {} }) {
    Object.assign(this, { place, panel, update, onDone, onLeave })
    this.line = place.querySelector(".live-line")
    this.text = place.querySelector("textarea")
    this.isKey = place.querySelector(".live-key input")
    this.button = place.querySelector(".live-send")
    this.errors = place.querySelector(".live-errors")
    this.copy = new Copy(panel.user, panel.story, update?.id || "new")
    this.key = update?.id || newKey()
    this.base = update?.base || ""
    this.listen()
    this.takeUp()
  }

  listen() {
    const { place } = this
    // Not all that changes an editor's text is told as "input".
    for (const name of ["input", "change", "keyup", "paste", "cut", "drop"])
      place.addEventListener(name, () => setTimeout(() => this.noted()))
    this.button.addEventListener("click", () => this.send())
    // Before the editor gets it, to which Ctrl and Enter mean a line break.
    const keys = (event) => {
      if (event.isComposing) return
      const isSend = event.key === "Enter" && (event.ctrlKey || event.metaKey)
      if (isSend) this.send()
      else if (event.key === "Enter" && event.target === this.line) this.focus()
      else if (event.key === "Escape" && this.update) this.leave()
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    place.addEventListener("keydown", keys, { capture: true })
  }

  // None, until its scripts are there; the field is written in till then.
  get editor() {
    return this.place.querySelector(".ProseMirror[contenteditable]")?.editor || null
  }

  html() {
    const { editor } = this
    if (!editor) return this.text.value
    return editor.isEmpty ? "" : editor.getHTML()
  }

  // What was written before the page went away.
  takeUp() {
    const copy = this.copy.read()
    if (!copy) return
    if (!this.update) this.key = copy.key
    this.base = copy.base
    this.line.value = copy.title
    if (this.isKey) this.isKey.checked = copy.isKey
    this.write(copy.text)
    this.show([gettext("This was written here, and not sent yet.")])
  }

  write(html) {
    this.editor?.commands.setContent(html)
    this.text.value = html
    this.count()
  }

  values() {
    return { title: this.line.value.trim(), text: this.html(), isKey: Boolean(this.isKey?.checked) }
  }

  isEmpty() {
    return !this.line.value.trim() && !plain(this.html())
  }

  isChanged() {
    if (!this.update) return !this.isEmpty()
    return this.line.value.trim() !== this.update.title || plain(this.html()) !== plain(this.update.html)
  }

  noted() {
    this.count()
    this.isKept = true
    if (this.isChanged()) this.isKept = this.copy.keep({ key: this.key, base: this.base, ...this.values() })
    else this.copy.forget()
  }

  isAtRisk() {
    return this.isChanged() && this.isKept === false
  }

  count() {
    const length = plain(this.html()).length
    const shown = this.place.querySelector(".live-count")
    if (shown) shown.textContent = length > MOST / 2 ? `${length} / ${MOST - 1}` : ""
  }

  focus() {
    const text = this.place.querySelector(".ProseMirror, .prose-editor.is-waiting") || this.text
    if (this.editor) this.editor.commands.focus("end")
    else text.focus()
  }

  show(lines, found = {}) {
    const paragraphs = [...(found.said ? [found.said] : []), ...lines]
    this.errors.replaceChildren(
      ...paragraphs.map((text) => Object.assign(document.createElement("p"), { textContent: text })),
    )
    if (!found.page) return
    const link = { href: found.page, textContent: gettext("Open it"), target: "_blank" }
    this.errors.append(Object.assign(document.createElement("a"), link))
  }

  async send(rest = {}) {
    if (this.isBusy) return
    this.isBusy = this.button.disabled = true
    this.show([])
    this.panel.say(gettext("Sending…"))
    const { title, text, isKey } = this.values()
    const sent = { key: this.key, title, text, ...rest }
    if (this.base) sent.base = this.base
    if (this.isKey) Object.assign(sent, { is_key: isKey ? "1" : "0", publish: "1" })
    const found = await send(this.panel.address, sent)
    this.isBusy = this.button.disabled = false
    if (!found.isDone) {
      this.panel.say("")
      this.show(found.errors, found)
      if (found.is_kept) this.copy.forget() // the server has it, beside the newer one
      this.focus()
      return
    }
    const now = this.values()
    const isSame = now.text === text && now.title === title
    if (!this.update && isSame) this.clear()
    else if (!this.update) this.begin(now, { title, text })
    else this.copy.forget()
    this.panel.say(found.said)
    this.onDone(found)
    if (!this.update) this.focus()
  }

  clear() {
    this.key = newKey() // what is written next is another update
    this.line.value = ""
    if (this.isKey) this.isKey.checked = false
    this.write("")
    this.copy.forget()
  }

  // Somebody has typed on while it was sent: that belongs to the same update, which goes on from its new version.
  begin(now, sent) {
    this.panel.say(gettext("Published, and you have written on: press again to send that too."))
    this.copy.keep({ key: this.key, base: "", ...now, sent })
  }

  leave() {
    const text = gettext("Throw away what you have changed here?")
    if (this.isChanged() && !window.confirm(text)) return
    this.copy.forget()
    this.onLeave()
  }
}
