// What every text at the desk has beyond the stock editor, and in a story's body: blocks that keep their ids, and quotes
// whose speaker is written below them.
import {
  Blockquote as StockBlockquote,
  Code as StockCode,
  Extension,
  ListItem as StockListItem,
  Plugin,
  gettext,
  pm,
} from "django-prose-editor/editor"

// Enter leads from a line to what is written under it: a headline has one paragraph.
const LINES = ["id_kicker", "id_headline", "id_standfirst"]
document.addEventListener("keydown", (event) => {
  const at = LINES.indexOf(event.target.id)
  if (event.key !== "Enter" || at < 0 || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return
  event.preventDefault()
  const next = LINES.slice(at + 1).map((id) => document.getElementById(id)).find((field) => field)
  const text = document.querySelector(".field-body .ProseMirror[contenteditable]")
  ;(next || text || event.target).focus()
})

// A new item that begins with a text is written at once, without a click.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  if (textarea.autofocus) editor.commands.focus()
  const label = textarea.labels?.[0]?.textContent.replace(/:\s*$/, "").trim()
  if (label && !editor.view.dom.hasAttribute("aria-label")) editor.view.dom.setAttribute("aria-label", label)
  // Whoever reads the form (a save, a check) gets what was typed up to this moment, the last key included.
  textarea.form?.addEventListener("formdata", (event) => {
    if (editor.isDestroyed || !textarea.name || !textarea.isConnected) return
    editor.view.domObserver.flush()
    event.formData.set(textarea.name, textarea.value)
  })
})

const attribute = (name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
})

// A list is flat and a quote is text: the body's format knows neither lists in lists nor cards in quotes.
export const ListItem = StockListItem.extend({ content: "paragraph" })
export const Code = StockCode.extend({ excludes: "" })

export const Blockquote = StockBlockquote.extend({
  content: "paragraph+",
  addAttributes() {
    return { "data-attribution": attribute("data-attribution"), "data-pull": attribute("data-pull") }
  },
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      // From the words to who said them.
      Tab: () => {
        if (!this.editor.isActive("blockquote")) return false
        const { $from } = this.editor.state.selection
        const quote = this.editor.view.nodeDOM($from.before(1))
        quote?.querySelector?.(".story-speaker")?.focus()
        return true
      },
    }
  },
  addNodeView() {
    return ({ node, editor, getPos }) => new QuoteView(node, editor, getPos)
  },
})

class QuoteView {
  constructor(node, editor, getPos) {
    this.node = node
    this.dom = document.createElement("blockquote")
    this.contentDOM = document.createElement("div")
    this.foot = document.createElement("footer")
    this.foot.contentEditable = "false"
    this.speaker = document.createElement("input")
    this.speaker.type = "text"
    this.speaker.className = "story-speaker"
    this.speaker.maxLength = 300
    this.speaker.placeholder = gettext("Who says it?")
    this.speaker.setAttribute("aria-label", gettext("Who says it?"))
    this.kind = document.createElement("button")
    this.kind.type = "button"
    this.foot.append(this.speaker, this.kind)
    this.dom.append(this.contentDOM, this.foot)
    let session = null
    const set = (name, value) => {
      // One visit to the field is one step to undo.
      const tr = editor.state.tr.setNodeAttribute(getPos(), name, value || null)
      editor.view.dispatch(session ? tr.setMeta("composition", session) : tr)
    }
    this.speaker.addEventListener("focus", () => {
      session = `speaker ${crypto.getRandomValues(new Uint32Array(1))[0]}`
    })
    this.speaker.addEventListener("input", (event) => {
      event.stopPropagation() // the editor says itself that it has changed
      set("data-attribution", this.speaker.value)
    })
    this.speaker.addEventListener("keydown", (event) => {
      const isUndo = (event.ctrlKey || event.metaKey) && ["z", "y"].includes(event.key.toLowerCase())
      if (isUndo) {
        event.preventDefault()
        if (event.key.toLowerCase() === "y" || event.shiftKey) editor.commands.redo()
        else editor.commands.undo()
      } else if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault()
        if (event.key === "Enter" && event.isComposing) return
        editor.commands.writeAfter(getPos())
      } else if (event.key === "Escape" || event.key === "ArrowUp" || (event.key === "Backspace" && !this.speaker.value)) {
        event.preventDefault()
        editor.commands.setTextSelection(getPos() + this.node.nodeSize - 2)
        editor.view.focus() // at once: Tiptap's own focus comes a frame later
      }
    })
    this.kind.addEventListener("click", () => {
      session = null
      set("data-pull", this.node.attrs["data-pull"] ? null : "yes")
    })
    this.show()
  }

  show() {
    const said = this.node.attrs["data-attribution"] || ""
    const isPull = Boolean(this.node.attrs["data-pull"])
    if (this.speaker.value !== said) this.speaker.value = said
    this.dom.classList.toggle("pullquote", isPull)
    this.kind.textContent = isPull ? gettext("Pull quote") : gettext("Quote")
    this.kind.title = isPull ? gettext("Make it a quote in the text") : gettext("Make it a pull quote")
  }

  update(node) {
    if (node.type !== this.node.type) return false
    this.node = node
    this.show()
    return true
  }

  stopEvent(event) {
    return this.foot.contains(event.target)
  }

  ignoreMutation(mutation) {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target)
  }
}

const KNOWN_BY_ID = ["paragraph", "heading", "bulletList", "orderedList", "blockquote", "horizontalRule"]

const newId = () => [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

const idOf = (node) => (node.type.name === "storyCard" ? node.type.spec.idOf(node) : node.attrs["data-id"])

// Every block has an id from its first letter on, and none has another's.
const identify = (state, tr) => {
  const used = new Set()
  state.doc.forEach((node, at) => {
    if (!KNOWN_BY_ID.includes(node.type.name) && node.type.name !== "storyCard") return
    const id = idOf(node)
    if (id && !used.has(id)) return void used.add(id)
    const fresh = newId()
    used.add(fresh)
    if (node.type.name === "storyCard") tr.setNodeAttribute(at, "data-block", node.type.spec.withId(node, fresh))
    else tr.setNodeAttribute(at, "data-id", fresh)
  })
  return tr
}

const withoutIds = (fragment, known) => {
  const kept = []
  fragment.forEach((node) => {
    const id = (KNOWN_BY_ID.includes(node.type.name) || node.type.name === "storyCard") && idOf(node)
    if (!id || !known.has(id)) return void kept.push(node)
    const attrs =
      node.type.name === "storyCard"
        ? { ...node.attrs, "data-block": node.type.spec.withId(node, newId()) }
        : { ...node.attrs, "data-id": null }
    kept.push(node.type.create(attrs, node.content, node.marks))
  })
  return pm.model.Fragment.from(kept)
}

export const StoryBlocks = Extension.create({
  name: "storyBlocks",

  addGlobalAttributes() {
    return [{ types: KNOWN_BY_ID, attributes: { "data-id": { ...attribute("data-id"), keepOnSplit: false } } }]
  },

  addCommands() {
    return {
      // The caret in a line of text below a block, a new one if there is none.
      writeAfter:
        (at) =>
        ({ editor, tr, dispatch }) => {
          const node = tr.doc.nodeAt(at)
          if (!node) return false
          const end = at + node.nodeSize
          if (tr.doc.nodeAt(end)?.type.name !== "paragraph") tr.insert(end, editor.schema.nodes.paragraph.create())
          tr.setSelection(pm.state.TextSelection.create(tr.doc, end + 1)).scrollIntoView()
          if (dispatch) editor.view.focus()
          return true
        },
    }
  },

  onCreate() {
    const { state, view } = this.editor
    const tr = identify(state, state.tr)
    if (tr.docChanged) view.dispatch(tr.setMeta("preventUpdate", true).setMeta("addToHistory", false))
  },

  addProseMirrorPlugins() {
    const { editor } = this
    return [
      new Plugin({
        appendTransaction: (transactions, _before, state) => {
          if (!transactions.some((tr) => tr.docChanged) || editor.view.composing) return null
          const tr = identify(state, state.tr)
          return tr.docChanged ? tr : null
        },
        props: {
          // What is copied within a story becomes another block; what is cut or dragged stays the one that it is.
          transformPasted: (slice, view) => {
            if (view.dragging) return slice
            const known = new Set()
            view.state.doc.forEach((node) => known.add(idOf(node)))
            return new pm.model.Slice(withoutIds(slice.content, known), slice.openStart, slice.openEnd)
          },
          // A click below the last card, or below a quote, goes on writing there.
          handleDOMEvents: {
            mousedown: (view, event) => {
              const last = view.state.doc.lastChild
              const bottom = view.dom.lastElementChild?.getBoundingClientRect().bottom ?? 0
              if (event.target !== view.dom || !last || event.clientY <= bottom) return false
              event.preventDefault()
              if (last.type.name === "paragraph") return editor.commands.focus("end")
              return editor.commands.writeAfter(view.state.doc.content.size - last.nodeSize)
            },
          },
        },
      }),
    ]
  },
})
