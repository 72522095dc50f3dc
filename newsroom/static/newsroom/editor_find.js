// Find and replace in a story's body, by Ctrl+F or Ctrl+H in it, or from the page's menu. What is found is marked in its
// place; Enter goes to the next, Esc leads back into the text with the last one chosen.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"
import { made } from "./cards/elements.js"
import { matchesIn, patternOf, replaced } from "./editor_found.js"

const key = new pm.state.PluginKey("storyFind")
const OTHERS = ["id_kicker", "id_headline", "id_standfirst"] // what stands above the body, and is no part of it
const NONE = { query: { text: "", isCased: false, isWhole: false }, matches: [], at: -1 }
const filled = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name])

const placeOf = (match) => match.from ?? match.node

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
  constructor(view) {
    this.view = view
    const field = (label) => {
      const input = made("input", {
        type: "text",
        "aria-label": label,
        placeholder: label,
        maxlength: 300,
        autocomplete: "off",
      })
      input.addEventListener("keydown", (event) => this.key(event))
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
    this.elsewhere = made("p", { className: "story-find-elsewhere", role: "status" })
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
      this.elsewhere,
    )
    this.found.addEventListener("input", () => this.ask())
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

  open(isReplacing) {
    const { from, to, empty } = this.view.state.selection
    const chosen = empty ? "" : this.view.state.doc.textBetween(from, to, " ", " ")
    if (chosen && chosen.length <= 100) this.found.value = chosen
    this.from = from
    this.dom.hidden = false
    this.ask()
    const field = isReplacing && this.found.value ? this.by : this.found
    field.focus({ preventScroll: true })
    field.select()
  }

  close() {
    const { matches, at } = this.state
    const match = matches[at]
    const tr = this.view.state.tr.setMeta(key, NONE)
    if (match && "from" in match) tr.setSelection(pm.state.TextSelection.create(tr.doc, match.from, match.to))
    else if (match) tr.setSelection(pm.state.Selection.near(tr.doc.resolve(match.node)))
    this.dom.hidden = true
    this.view.dispatch(tr)
    this.view.focus()
  }

  // Only what a keystroke asks for: the caret and what is chosen stay.
  ask() {
    const isOn = (button) => button.getAttribute("aria-pressed") === "true"
    const query = { text: this.found.value, isCased: isOn(this.cased), isWhole: isOn(this.whole) }
    this.view.dispatch(this.view.state.tr.setMeta(key, search(this.view.state.doc, query, this.from)))
    this.show()
  }

  go(step) {
    const { matches, at, query } = this.state
    if (!matches.length) return
    const to = (at + step + matches.length) % matches.length
    this.view.dispatch(this.view.state.tr.setMeta(key, { query, matches, at: to }))
    this.from = placeOf(matches[to])
    this.show()
  }

  replaceOne() {
    const { matches, at } = this.state
    if (at < 0) return
    const match = matches[at]
    const tr = replaced(this.view.state, [match], this.by.value)
    this.from = "from" in match ? match.from + this.by.value.length : match.node
    this.view.dispatch(tr)
    this.ask()
  }

  replaceAll() {
    const { matches } = this.state
    if (!matches.length) return
    this.view.dispatch(replaced(this.view.state, matches, this.by.value))
    this.ask()
    this.said.textContent = filled(gettext("%(number)s replaced"), { number: matches.length })
  }

  // What is found is brought into sight, and the bar stays where it is.
  show() {
    const { matches, at, query } = this.state
    this.count()
    this.elsewhere.textContent = this.tellOfOthers(query)
    const place = this.view.dom.querySelector(".story-found.is-here") ?? this.blockOf(matches[at])
    if (!place || this.dom.hidden) return
    const { top, bottom } = place.getBoundingClientRect()
    const foot = document.querySelector(".desk-bar")?.getBoundingClientRect().top ?? innerHeight
    if (top < this.dom.offsetHeight + 24 || bottom > foot - 8) place.scrollIntoView({ block: "center" })
  }

  blockOf(match) {
    return match && "node" in match ? this.view.nodeDOM(match.node) : null
  }

  tellOfOthers(query) {
    const pattern = patternOf(query)
    const fields = OTHERS.map((id) => document.getElementById(id)).filter(
      (field) => field && pattern && field.value.match(pattern),
    )
    const names = fields.map((field) => field.labels?.[0]?.textContent.replace(/:\s*$/, "").trim()).filter(Boolean)
    return names.length
      ? filled(gettext("Also in: %(names)s. Change it there by hand."), { names: names.join(", ") })
      : ""
  }

  key(event) {
    if (event.isComposing) return
    const isFind = (event.ctrlKey || event.metaKey) && ["f", "h"].includes(event.key.toLowerCase())
    if (event.key === "Escape") this.close()
    else if (event.key === "Enter" && event.target === this.by && !event.shiftKey) this.replaceOne()
    else if (event.key === "Enter" && !(event.ctrlKey || event.metaKey)) this.go(event.shiftKey ? -1 : 1)
    else if (isFind) (event.key.toLowerCase() === "h" ? this.by : this.found).select()
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
    const found = matches.length ? filled(gettext("%(at)s of %(all)s"), values) : gettext("None")
    this.said.textContent = query.text ? found : ""
    this.one.disabled = this.all.disabled = !matches.length
  }

  destroy() {
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
    this.asked = (event) => {
      if (event.target.closest('[data-act="find"]')) this.storage.bar.open(false)
    }
    document.addEventListener("click", this.asked)
  },

  onDestroy() {
    document.removeEventListener("click", this.asked)
  },

  addProseMirrorPlugins() {
    const { storage } = this
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
        view: (view) => (storage.bar = new Bar(view)),
      }),
    ]
  },
})
