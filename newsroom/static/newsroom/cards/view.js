// A card on the page: how it is chosen, moved, left and taken out, and how a field on it changes its block.
import { gettext, pm } from "django-prose-editor/editor"
import { keepsOneThread } from "../editor.js"
import { NAMES, blockOf, isFilled, parsed, random } from "./block.js"
import { made } from "./elements.js"
import { embed } from "./embed.js"
import { factbox } from "./factbox.js"
import { gallery } from "./gallery.js"
import { paywall } from "./paywall.js"
import { photo } from "./photo.js"
import { related } from "./related.js"
import { video } from "./video.js"

const unknown = (card) => {
  card.body.append(made("span", { className: "story-card-name", textContent: card.shown.label || gettext("Block") }))
  return () => {}
}

const BODIES = { photo, gallery, video, related, embed, factbox, paywall }

export class CardView {
  constructor(node, editor, getPos, extension) {
    Object.assign(this, { node, editor, getPos, options: extension.options, storage: extension.storage })
    this.block = blockOf(node)
    this.shown = parsed(node.attrs["data-shown"])
    this.body = made("div", { className: "story-card-body" })
    const button = (text, title, act) => {
      const tool = made("button", { type: "button", textContent: text, title, "aria-label": title })
      tool.addEventListener("click", act)
      return tool
    }
    this.tools = made(
      "div",
      { className: "story-card-tools" },
      button("↑", gettext("Move up"), () => this.move(-1)),
      button("↓", gettext("Move down"), () => this.move(1)),
      button("×", gettext("Take it out"), () => this.remove()),
    )
    this.dom = made(
      "div",
      {
        className: `story-card story-card-${/^[a-z]+$/.test(this.block.type) ? this.block.type : "unknown"}`,
        role: "group",
        tabindex: "0",
      },
      this.body,
      this.tools,
    )
    this.dom.contentEditable = "false"
    // A card takes the focus itself, as a button does. Left to the browser, a click on what cannot be edited puts the
    // caret at the start of the body, where the next key would delete.
    this.dom.addEventListener("focus", () => this.select())
    this.dom.addEventListener("keydown", (event) => this.key(event))
    this.dom.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        event.stopPropagation() // in a text on the card it would be a line break
        this.leave()
      },
      true,
    )
    this.dom.addEventListener("mousedown", (event) => {
      // In its fields the mouse marks text, and elsewhere drags the card.
      this.dom.draggable = !event.target.closest("input, textarea, .story-card-text")
      if (event.target.closest("input, textarea, button, a, .ProseMirror[contenteditable=true] .ProseMirror")) return
      if (event.target.closest(".story-card-text")) return
      this.dom.focus()
    })
    // What happens in a card's fields is told by the editor, when its text has changed.
    for (const name of ["input", "change"]) this.dom.addEventListener(name, (event) => event.stopPropagation())
    const build = BODIES[this.block.type] || unknown
    this.sync = build(this)
    this.label()
    this.storage.views.set(this.block.id, this)
  }

  label() {
    const name = this.dom.querySelector(".story-card-name")?.textContent || this.block.title || ""
    this.dom.setAttribute("aria-label", [NAMES[this.block.type] || gettext("Block"), name].filter(Boolean).join(": "))
    this.dom.dataset.filled = isFilled(this.block) ? "yes" : "no"
  }

  // The block is another now. `session`: what is written in one go is one step to undo.
  set(block, { shown, session, isQuiet } = {}) {
    this.block = block
    const at = this.getPos()
    const tr = this.editor.state.tr.setNodeAttribute(at, "data-block", JSON.stringify(block))
    if (shown) {
      this.shown = shown
      tr.setNodeAttribute(at, "data-shown", JSON.stringify(shown))
    }
    if (session) tr.setMeta("composition", session)
    if (isQuiet) tr.setMeta("addToHistory", false)
    this.editor.view.dispatch(tr)
    this.label()
  }

  // What it shows is another, as something it points at has changed: nothing that could be undone.
  tell(shown) {
    this.shown = shown
    this.editor.view.domObserver.flush() // or a caret that was put elsewhere this moment would be put back
    const tr = this.editor.state.tr.setNodeAttribute(this.getPos(), "data-shown", JSON.stringify(shown))
    this.editor.view.dispatch(tr.setMeta("addToHistory", false).setMeta("preventUpdate", true))
    this.sync()
  }

  update(node) {
    if (node.type !== this.node.type) return false
    const block = blockOf(node)
    if (block.type !== this.block.type) return false
    const isOther =
      node.attrs["data-block"] !== this.node.attrs["data-block"] ||
      node.attrs["data-shown"] !== this.node.attrs["data-shown"]
    if (block.id !== this.block.id) {
      if (this.storage.views.get(this.block.id) === this) this.storage.views.delete(this.block.id)
      this.storage.views.set(block.id, this)
    }
    this.node = node
    if (isOther) {
      this.block = block
      this.shown = parsed(node.attrs["data-shown"])
      this.sync()
      this.label()
    }
    return true
  }

  select() {
    if (!this.isGone) this.editor.commands.setNodeSelection(this.getPos())
  }

  // The field that one would write in next.
  enter() {
    const fields = [...this.body.querySelectorAll("input, textarea, [contenteditable=true], button, a")]
    const field = fields.find((each) => each.offsetParent && !each.disabled)
    field?.focus()
    return Boolean(field)
  }

  leave() {
    this.editor.commands.writeAfter(this.getPos())
  }

  move(step) {
    this.select()
    this.editor.commands.moveBlock(step)
    this.dom.focus()
  }

  remove() {
    const from = this.getPos()
    const tr = this.editor.state.tr.delete(from, from + this.node.nodeSize)
    if (!tr.doc.childCount) tr.insert(0, this.editor.schema.nodes.paragraph.create())
    tr.setSelection(pm.state.Selection.near(tr.doc.resolve(Math.min(from, tr.doc.content.size)), 1))
    this.editor.view.dispatch(tr.scrollIntoView())
    this.editor.view.focus()
  }

  key(event) {
    if (event.altKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      event.preventDefault()
      event.stopPropagation()
      return this.move(event.key === "ArrowUp" ? -1 : 1)
    }
    if (event.target === this.dom) {
      if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return
      if (event.key === "Enter" && this.enter()) return void event.preventDefault()
      const isLast = this.getPos() + this.node.nodeSize === this.editor.state.doc.content.size
      if (event.key === "ArrowDown" && isLast) {
        event.preventDefault()
        return this.leave()
      }
      this.select()
      this.editor.view.focus() // which goes on with this key, the card being what is chosen
      return
    }
    if (keepsOneThread(event, this.editor)) return
    if (event.key === "Escape") {
      event.preventDefault()
      this.dom.focus()
    } else if (event.key === "Enter" && !event.defaultPrevented && event.target.matches("input, textarea")) {
      event.preventDefault() // it would send the page
      if (!event.isComposing) this.leave()
    }
  }

  // A line of text on the card.
  field({
    label,
    value,
    className = "",
    most = 2000,
    placeholder = "",
    write,
    name = "textarea",
    isLabelShown = true,
  }) {
    const input = made(name, {
      className,
      maxlength: most,
      rows: name === "textarea" ? 1 : null,
      type: name === "input" ? "text" : null,
    })
    let session = null
    let pause = null
    const afresh = () => {
      session = `card ${random()}`
    }
    input.addEventListener("focus", afresh)
    input.addEventListener("input", () => {
      clearTimeout(pause)
      pause = setTimeout(afresh, 1500)
      write(input.value.replace(/\s*\n\s*/g, " "), session)
    })
    const line = made(
      "label",
      { className: "story-card-field" },
      made("span", { textContent: label, className: isLabelShown ? "" : "visually-hidden" }),
      input,
    )
    line.sync = () => {
      const now = value() || ""
      if (input.value.replace(/\s*\n\s*/g, " ") !== now) input.value = now
      input.placeholder = typeof placeholder === "function" ? placeholder() : placeholder
    }
    line.sync()
    return line
  }

  button(text, act, className = "plain") {
    const button = made("button", { type: "button", textContent: text, className })
    button.addEventListener("click", act)
    return button
  }

  stopEvent(event) {
    if (event.type === "dragstart" || event.type === "dragend") return event.target !== this.dom
    if (["dragover", "dragenter", "dragleave", "drop"].includes(event.type)) return false
    if (event.target === this.dom && event.type !== "mousedown") return false
    return true
  }

  ignoreMutation() {
    return true
  }

  destroy() {
    this.isGone = true
    this.inner?.destroy()
    if (this.storage.views.get(this.block.id) === this) this.storage.views.delete(this.block.id)
  }
}
