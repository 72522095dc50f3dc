// Find and replace in a story, by Ctrl+F or Ctrl+H in its text or above it, or from the page's menu. What is found is
// marked in its place; Enter goes to the next, Esc leads back to the last one, which is chosen.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"
import { made } from "./cards/elements.js"
import { keepsOneThread } from "./editor.js"
import { linesAbove, nameOfLine, placeAbove, showAbove } from "./editor_above.js"
import { matchesIn, patternOf, replaced } from "./editor_found.js"

const key = new pm.state.PluginKey("storyFind")
const PAUSE = 100 // milliseconds after a letter: in a long text it takes a moment to mark all that has it
const NONE = { query: { text: "", isCased: false, isWhole: false }, matches: [], at: -1 }
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name])

const placeOf = ({ above, start, from, node }) => (above ? placeAbove(above, start) : (from ?? node))

// "find" or "replace", if these keys mean that: by the letter where there is one, else by its place on a Cyrillic keyboard.
const askedBy = (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.shiftKey) return null
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : { 70: "f", 72: "h" }[event.keyCode]
  if (letter === "h") return "replace"
  return letter === "f" ? (event.altKey ? "replace" : "find") : null
}

const search = (doc, query, from) => {
  const matches = matchesIn(doc, patternOf(query))
  const next = matches.findIndex((match) => placeOf(match) >= from)
  return { query, matches, at: matches.length ? Math.max(next, 0) : -1 }
}

const marks = (doc, { matches, at }) => {
  const { Decoration, DecorationSet } = pm.view
  const here = (number) => (number === at ? " is-here" : "")
  const inText = matches.flatMap((match, number) =>
    "from" in match ? [Decoration.inline(match.from, match.to, { class: `story-found${here(number)}` })] : [],
  )
  const nodes = new Set(matches.filter((match) => "node" in match).map((match) => match.node))
  const onBlocks = [...nodes].map((node) =>
    Decoration.node(node, node + doc.nodeAt(node).nodeSize, { class: "has-found" }),
  )
  return DecorationSet.create(doc, [...inText, ...onBlocks])
}

class Bar {
  constructor(view, editor) {
    Object.assign(this, { view, editor })
    const field = (label) => {
      const input = made("input", {
        type: "text",
        "aria-label": label,
        placeholder: label,
        maxlength: 300,
        autocomplete: "off",
      })
      input.addEventListener("input", () => {
        this.hasReplaced = false
      })
      for (const name of ["input", "change"]) input.addEventListener(name, (event) => event.stopPropagation()) // it is no part of the page
      return input
    }
    this.found = field(gettext("Find in the text"))
    this.by = field(gettext("Replace with"))
    this.said = made("span", { className: "story-find-said", role: "status" })
    this.cased = this.toggle("Aa", gettext("Match case"))
    this.whole = this.toggle("“ab”", gettext("Whole words only"))
    this.one = this.button(gettext("Replace"), gettext("Replace"), () => this.replaceOne())
    this.all = this.button(gettext("Replace all"), gettext("Replace all"), () => this.replaceAll())
    this.dom = made(
      "div",
      { className: "story-find", role: "search", "aria-label": gettext("Find and replace"), hidden: true },
      made("div", { className: "story-find-field" }, this.found, this.said),
      made(
        "div",
        { className: "story-find-tools" },
        this.cased,
        this.whole,
        this.button("↑", gettext("The one before"), () => this.go(-1)),
        this.button("↓", gettext("The next one"), () => this.go(1)),
        this.button("×", gettext("Close"), () => this.close()),
      ),
      made("div", { className: "story-find-field" }, this.by),
      made("div", { className: "story-find-tools" }, this.one, this.all),
    )
    this.dom.addEventListener("keydown", (event) => this.key(event))
    this.found.addEventListener("input", () => {
      clearTimeout(this.asking)
      this.asking = setTimeout(() => this.ask(), PAUSE)
    })
    view.dom.before(this.dom)
  }

  button(text, title, act) {
    const button = made("button", { type: "button", textContent: text, title, "aria-label": title })
    button.addEventListener("click", act)
    return button
  }

  toggle(text, title) {
    const button = this.button(text, title, () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"))
      this.ask()
    })
    button.setAttribute("aria-pressed", "false")
    return button
  }

  get state() {
    return key.getState(this.view.state)
  }

  // From the text, or from a line above it.
  open(isReplacing, line = null) {
    this.hasReplaced = false
    const { from, to } = this.view.state.selection
    const inText = () => this.view.state.doc.textBetween(from, to, " ", " ")
    const chosen = line ? line.value.slice(line.selectionStart, line.selectionEnd) : inText()
    if (chosen && chosen.length <= 100) this.found.value = chosen
    this.from = line ? placeAbove(line, line.selectionStart) : from
    this.dom.hidden = false
    this.ask()
    const field = isReplacing && this.found.value ? this.by : this.found
    field.focus({ preventScroll: true })
    field.select()
  }

  close() {
    this.settle()
    const { matches, at } = this.state
    const match = matches[at]
    const tr = this.view.state.tr.setMeta(key, NONE)
    if (match && "from" in match) tr.setSelection(pm.state.TextSelection.create(tr.doc, match.from, match.to))
    else if (match && "node" in match) tr.setSelection(pm.state.Selection.near(tr.doc.resolve(match.node)))
    this.dom.hidden = true
    this.view.dispatch(tr)
    this.markLines()
    if (!match?.above) return this.view.focus()
    match.above.focus()
    match.above.setSelectionRange(match.start, match.start + match.length)
  }

  // Only what a keystroke asks for: the caret and what is chosen stay.
  ask() {
    clearTimeout(this.asking)
    this.asking = null
    const isOn = (button) => button.getAttribute("aria-pressed") === "true"
    const query = { text: this.found.value, isCased: isOn(this.cased), isWhole: isOn(this.whole) }
    this.view.dispatch(this.view.state.tr.setMeta(key, search(this.view.state.doc, query, this.from)))
    this.show()
  }

  // What was typed a moment ago is looked for before anything is done with it.
  settle() {
    if (this.asking) this.ask()
  }

  go(step) {
    this.settle()
    const { matches, at, query } = this.state
    if (!matches.length) return
    const to = (at + step + matches.length) % matches.length
    this.view.dispatch(this.view.state.tr.setMeta(key, { query, matches, at: to }))
    this.from = placeOf(matches[to])
    this.show()
  }

  replaceOne() {
    this.settle()
    const { matches, at } = this.state
    if (at < 0) return
    const match = matches[at]
    const tr = replaced(this.view.state, [match], this.by.value)
    const end = "node" in match ? 0 : this.by.value.length
    this.from = placeOf(match) + end
    this.view.dispatch(tr)
    this.hasReplaced = true
    this.ask()
  }

  replaceAll() {
    this.settle()
    const { matches } = this.state
    if (!matches.length) return
    this.view.dispatch(replaced(this.view.state, matches, this.by.value))
    this.hasReplaced = true
    this.ask()
    this.said.textContent = filled(gettext("%(number)s replaced"), { number: matches.length })
  }

  // What is found is brought into sight, and the bar stays where it is.
  show() {
    const { matches, at } = this.state
    this.count()
    this.markLines()
    const place = this.view.dom.querySelector(".story-found.is-here") ?? this.blockOf(matches[at])
    if (!place || this.dom.hidden) return
    const { top, bottom } = place.getBoundingClientRect()
    const foot = document.querySelector(".desk-bar")?.getBoundingClientRect().top ?? innerHeight
    if (top < this.dom.offsetHeight + 24 || bottom > foot - 8) place.scrollIntoView({ block: "center" })
  }

  blockOf(match) {
    return match && "node" in match ? this.view.nodeDOM(match.node) : match?.above
  }

  // Nothing can be marked within a field.
  markLines() {
    const { matches, at } = this.state
    for (const field of linesAbove()) {
      field.classList.toggle("has-found", !this.dom.hidden && matches.some(({ above }) => above === field))
      field.classList.toggle("is-here", !this.dom.hidden && matches[at]?.above === field)
    }
  }

  key(event) {
    const isInField = event.target.matches("input")
    if (event.isComposing) return
    // The step after a replacement takes that back; one after a letter in these fields, the letter.
    if ((!isInField || this.hasReplaced) && keepsOneThread(event, this.editor)) return
    const asked = askedBy(event)
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter" && event.target === this.by && !event.shiftKey) this.replaceOne()
    else if (event.key === "Enter" && isInField && !(event.ctrlKey || event.metaKey)) this.go(event.shiftKey ? -1 : 1)
    else if (asked) (asked === "replace" ? this.by : this.found).select()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  // What is written meanwhile may be found as well.
  update(view, before) {
    if (!this.dom.hidden && before.doc !== view.state.doc) this.count()
  }

  count() {
    const { matches, at, query } = this.state
    const values = { at: at + 1, all: matches.length }
    const line = matches[at]?.above ? ` · ${nameOfLine(matches[at].above)}` : ""
    const found = matches.length ? filled(gettext("%(at)s of %(all)s"), values) + line : gettext("None")
    this.said.textContent = query.text ? found : ""
    // Not disabled: the one that was pressed would lose the focus, and the next key with it.
    for (const button of [this.one, this.all]) button.setAttribute("aria-disabled", String(!matches.length))
  }

  destroy() {
    clearTimeout(this.asking)
    this.dom.remove()
  }
}

export const StoryFind = Extension.create({
  name: "storyFind",

  addStorage() {
    return { bar: null }
  },

  addKeyboardShortcuts() {
    const open = (isReplacing) => () => {
      this.storage.bar.open(isReplacing)
      return true
    }
    return { "Mod-f": open(false), "Mod-h": open(true), "Mod-Alt-f": open(true) }
  },

  onCreate() {
    const { bar } = this.storage
    this.heard = {
      click: (event) => event.target.closest('[data-act="find"]') && bar.open(false),
      keydown: (event) => {
        const asked = askedBy(event)
        if (!asked || !linesAbove().includes(event.target)) return
        event.preventDefault()
        bar.open(asked === "replace", event.target)
      },
      input: (event) => linesAbove().includes(event.target) && !bar.dom.hidden && bar.ask(),
    }
    for (const [name, hear] of Object.entries(this.heard)) document.addEventListener(name, hear)
  },

  onTransaction({ transaction }) {
    showAbove(transaction)
  },

  onDestroy() {
    for (const [name, hear] of Object.entries(this.heard)) document.removeEventListener(name, hear)
  },

  addProseMirrorPlugins() {
    const { storage, editor } = this
    return [
      new Plugin({
        key,
        state: {
          init: () => NONE,
          apply: (tr, state) => {
            const asked = tr.getMeta(key)
            if (asked) return asked
            if (!tr.docChanged || !state.query.text) return state
            const here = state.matches[state.at]
            return search(tr.doc, state.query, here ? tr.mapping.map(placeOf(here)) : 0)
          },
        },
        props: { decorations: (state) => marks(state.doc, key.getState(state)) },
        view: (view) => (storage.bar = new Bar(view, editor)),
      }),
    ]
  },
})
