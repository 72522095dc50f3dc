// An update while it is written: its title, its text, and the key that sends it. What is typed is kept until the server
// says that it has it.
import { Copy, copiesOf, newKey } from "./copies.js"
import { send } from "./sending.js"

const MOST = 1000 // characters of a text
const SENDING = "sending-" // with the id of what is under way

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
    this.queue = Promise.resolve()
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

  // What was written before the page went away: what was being sent first, of which nobody knows whether it arrived. It
  // has its id still, so that sent again it is the same update.
  takeUp() {
    const copy = this.update ? this.copy : (this.sendings()[0] ?? this.copy)
    const kept = copy.read()
    if (!kept) return
    copy.forget()
    this.restore(kept)
    this.show([gettext("This was written here, and not sent yet.")])
  }

  sendings() {
    try {
      return copiesOf(this.panel.user, this.panel.story, SENDING)
    } catch {
      return [] // switched off
    }
  }

  // Put back what did not go out, above what was written since.
  restore({ key, base, title, text, isKey }) {
    const since = this.values()
    this.key = key
    this.base = base
    this.line.value = title || since.title
    if (this.isKey) this.isKey.checked = isKey || since.isKey
    this.write(text + (this.update ? "" : since.text))
    this.noted()
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

  send() {
    if (this.update) return this.sendAgain()
    if (this.isEmpty()) return this.show([gettext("Write what happened.")])
    this.show([])
    const written = { key: this.key, base: this.base, ...this.values() }
    const copy = new Copy(this.panel.user, this.panel.story, SENDING + written.key)
    copy.keep(written)
    this.clear() // at once: what is typed from now on is the next update
    this.queue = this.queue.then(() => this.sendNew(written, copy))
  }

  async sendNew(written, copy) {
    this.panel.say(gettext("Sending…"))
    const { key, base, title, text, isKey } = written
    const sent = { key, title, text, is_key: isKey ? "1" : "0", publish: "1", ...(base ? { base } : {}) }
    const found = await send(this.panel.at(), sent)
    copy.forget()
    this.panel.say(found.isDone ? found.said : "")
    if (found.isDone) this.onDone(found)
    else this.restore(written)
    if (!found.isDone) this.show(found.errors, found)
    else if (this.isEmpty()) this.takeUp()
  }

  // One that stands below already: its fields go when the server has it.
  async sendAgain() {
    if (this.isBusy) return
    this.isBusy = this.button.disabled = true
    this.show([])
    this.panel.say(gettext("Sending…"))
    const { title, text } = this.values()
    const found = await send(this.panel.at(), { key: this.key, base: this.base, title, text })
    this.isBusy = this.button.disabled = false
    this.panel.say(found.isDone ? found.said : "")
    if (found.isDone || found.is_kept) this.copy.forget() // late: the server has it, beside the newer one
    if (found.isDone) return this.onDone(found)
    this.show(found.errors, found)
    this.focus()
  }

  clear() {
    this.key = newKey()
    this.base = ""
    this.line.value = ""
    if (this.isKey) this.isKey.checked = false
    this.write("")
    this.copy.forget()
    this.focus()
  }

  leave() {
    const text = gettext("Discard what you have changed here?")
    if (this.isChanged() && !window.confirm(text)) return
    this.copy.forget()
    this.onLeave()
  }
}
