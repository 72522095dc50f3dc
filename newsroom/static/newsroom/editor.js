// What every text at the desk has beyond the stock editor, and in a story's body: blocks that keep their ids, and quotes
// whose speaker is written below them.
import {
  Blockquote as StockBlockquote,
  Code as StockCode,
  Extension,
  History as StockHistory,
  Link as StockLink,
  ListItem as StockListItem,
  OrderedList as StockOrderedList,
  Plugin,
  gettext,
  pm,
  updateAttrsDialog,
} from "django-prose-editor/editor"
import { newId } from "./cards/block.js"
import { link } from "./editor_link_window.js"
import { setDesk, target } from "./editor_links.js"

// Enter leads from a line to what is written under it: a headline has one paragraph.
const LINES = ["id_kicker", "id_headline", "id_standfirst"]
document.addEventListener("keydown", (event) => {
  const at = LINES.indexOf(event.target.id)
  if (event.key !== "Enter" || at < 0 || event.shiftKey || event.ctrlKey || event.metaKey || event.isComposing) return
  event.preventDefault()
  const next = LINES.slice(at + 1)
    .map((id) => document.getElementById(id))
    .find((field) => field)
  const text = document.querySelector(".field-body .ProseMirror[contenteditable]")
  ;(next || text || event.target).focus()
})

// What the editor would send untouched is what the page began with: nothing that it words otherwise is a change.
const begin = (editor, textarea) => {
  if (textarea.value !== textarea.defaultValue) return
  const html = editor.isEmpty && editor.state.doc.childCount === 1 ? "" : editor.getHTML()
  const change = () => {
    textarea.defaultValue = html
    textarea.value = html
  }
  if (window.deskSaving) window.deskSaving.follow(change)
  else change()
}

// The stock tools say what they do in English alone, whatever the desk speaks.
const TOOLS = {
  paragraph: gettext("Paragraph"),
  "heading 2": `${gettext("Heading")} 2`,
  "heading 3": `${gettext("Heading")} 3`,
  "heading 4": `${gettext("Heading")} 4`,
  "unordered list": gettext("List"),
  "ordered list": gettext("Numbered list"),
  blockquote: gettext("Quote"),
  "horizontal rule": gettext("Divider"),
  bold: gettext("Bold"),
  italic: gettext("Italic"),
  strike: gettext("Strikethrough"),
  subscript: gettext("Subscript"),
  superscript: gettext("Superscript"),
  code: gettext("Code"),
  "insert link": gettext("Link"),
  "remove link": gettext("Remove the link"),
  undo: gettext("Undo"),
  redo: gettext("Redo"),
}
const nameTools = (editor) => {
  const { menu, dom } = editor.storage.menu
  const tools = menu.items("blockType lists nodes marks link history")
  for (const button of [...tools.map((tool) => tool.button), ...(dom?.querySelectorAll("button[title]") || [])]) {
    const name = TOOLS[button?.title.toLowerCase()]
    if (name) button.title = name
    if (name) button.setAttribute("aria-label", name)
  }
  for (const { option } of tools)
    if (option) option.textContent = TOOLS[option.textContent.toLowerCase()] || option.textContent
}

document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  begin(editor, textarea)
  nameTools(editor)
  editor.on("create", () => nameTools(editor))
  editor.on("create", () => begin(editor, textarea)) // when every block has its id
  const label = textarea.labels?.[0]?.textContent.replace(/:\s*$/, "").trim()
  if (label && !editor.view.dom.hasAttribute("aria-label")) editor.view.dom.setAttribute("aria-label", label)
  // Whoever reads the form (a save, a check) gets what was typed up to this moment, the last key included.
  textarea.form?.addEventListener("formdata", (event) => {
    if (editor.isDestroyed || !textarea.name || !textarea.isConnected) return
    editor.view.domObserver.flush()
    event.formData.set(textarea.name, textarea.value)
  })
  // Who has begun to write before the editor was there goes on where the caret stands; a new item that begins with a
  // text is written at once, without a click.
  const place = window.deskWaiting?.end(textarea)
  if (!place && !textarea.autofocus) return
  if (place) editor.view.dispatch(putCaret(editor.state.tr, place))
  editor.view.focus()
})

// The caret in the so manieth line of text, behind so many letters and line breaks of it. A blank that was struck last is
// not in what the editor read, as no line ends with one in HTML.
const putCaret = (tr, { line, offset }) => {
  const lines = []
  tr.doc.descendants((node, at) => {
    if (node.isTextblock) lines.push([node, at + 1])
    return !node.isTextblock
  })
  if (!lines[line]) return tr.setSelection(pm.state.Selection.atEnd(tr.doc))
  const [{ content }, start] = lines[line]
  tr.setSelection(pm.state.TextSelection.create(tr.doc, start + Math.min(offset, content.size)))
  return offset > content.size ? tr.insertText(" ".repeat(offset - content.size)).setMeta("addToHistory", false) : tr
}

// What is written in a field beside the text in one go, without a long pause, is one step to undo.
export const session = (name) => {
  const thread = { id: "", pause: null }
  thread.afresh = () => {
    thread.id = `${name} ${crypto.getRandomValues(new Uint32Array(1))[0]}`
  }
  thread.written = () => {
    clearTimeout(thread.pause)
    thread.pause = setTimeout(thread.afresh, 1500)
  }
  thread.afresh()
  return thread
}

// Undo or redo, if these keys mean that: by the letter where there is one, else by its place on a Cyrillic keyboard.
const stepOf = (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return null
  const letter = /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : { 89: "y", 90: "z" }[event.keyCode]
  if (letter === "y" || (letter === "z" && event.shiftKey)) return "redo"
  return letter === "z" ? "undo" : null
}

// There is one thread of steps to undo, in the text and in all fields that stand in it.
export const keepsOneThread = (event, editor) => {
  const step = stepOf(event)
  if (!step) return false
  event.preventDefault()
  event.stopPropagation()
  editor.commands[step]()
  if (!event.target.isConnected) editor.view.focus()
  return true
}

// When nothing is left to redo, the same keys are no undo (with Caps Lock they were), and the browser, whose own thread
// knows nothing of cards, has no say.
export const History = StockHistory.extend({
  addKeyboardShortcuts: () => ({}),
  addProseMirrorPlugins() {
    const { editor } = this
    const keys = new Plugin({
      props: {
        handleKeyDown: (_view, event) => keepsOneThread(event, editor),
        handleDOMEvents: {
          beforeinput: (_view, event) => {
            const step = { historyUndo: "undo", historyRedo: "redo" }[event.inputType]
            if (!step) return false
            event.preventDefault()
            editor.commands[step]()
            return true
          },
        },
      },
    })
    return [keys, ...(this.parent?.() || [])]
  },
})

const attribute = (name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
})

export const Code = StockCode.extend({ excludes: "" })

// Looks at every node of the blocks that have changed, and mends what `mend` finds to mend there.
const mendsChanged = (editor, mend) =>
  new Plugin({
    appendTransaction: (transactions, before, state) => {
      if (!transactions.some((tr) => tr.docChanged) || editor.view.composing) return null
      const known = new Set(before.doc.content.content)
      const { tr } = state
      state.doc.forEach((block, at) => {
        if (!known.has(block)) block.descendants((node, inner) => mend(tr, node, at + 1 + inner))
      })
      return tr.docChanged ? tr : null
    },
  })

// ---- Lists --------------------------------------------------------------------------------------------------------

const LISTS = ["bulletList", "orderedList"]

// An item is a line, and a list of its own below it.
export const ListItem = StockListItem.extend({
  content: "paragraph (bulletList | orderedList)*",

  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      Tab: () => this.editor.commands.indentItem(),
    }
  },

  addCommands() {
    return {
      ...this.parent?.(),
      // Into the list of the item before, or a new one; false where none stands before.
      indentItem:
        () =>
        ({ tr, state, dispatch, commands }) => {
          const { $from } = state.selection
          let depth = $from.depth
          while (depth > 0 && $from.node(depth).type.name !== "listItem") depth -= 1
          if (!depth || !$from.index(depth - 1)) return false
          const inner = $from.node(depth - 1).child($from.index(depth - 1) - 1).lastChild
          if (!LISTS.includes(inner.type.name) || inner.type === $from.node(depth - 1).type)
            return commands.sinkListItem("listItem")
          if (!dispatch) return true
          const at = $from.before(depth)
          const item = $from.node(depth)
          const offset = $from.pos - at
          tr.delete(at, at + item.nodeSize).insert(at - 2, item)
          tr.setSelection(pm.state.TextSelection.create(tr.doc, at - 2 + offset)).scrollIntoView()
          return true
        },
    }
  },

  // Two lists below one line are one.
  addProseMirrorPlugins() {
    const join = (tr, node, at) => {
      if (node.type.name !== this.name || node.childCount < 3) return
      let end = at + 1 + node.child(0).nodeSize + node.child(1).nodeSize
      for (let number = 2; number < node.childCount; number += 1) {
        const place = tr.mapping.map(end)
        const first = tr.doc.resolve(place).nodeBefore
        if (tr.doc.nodeAt(place).type !== first.type) tr.setNodeMarkup(place, first.type, first.attrs)
        tr.join(place)
        end += node.child(number).nodeSize
      }
    }
    return [...(this.parent?.() || []), mendsChanged(this.editor, join)]
  },
})

const askForStart = updateAttrsDialog(
  { start: { title: gettext("First number"), format: "number", min: "0", max: "100000", default: "1" } },
  { title: gettext("Numbered list"), submitText: gettext("OK") },
)

export const OrderedList = StockOrderedList.extend({
  addAttributes() {
    const parseHTML = (element) => {
      const start = Number.parseInt(element.getAttribute("start") ?? "1", 10)
      return start >= 0 && start <= 100_000 ? start : 1
    }
    return { start: { default: 1, parseHTML, renderHTML: ({ start }) => (start === 1 ? {} : { start }) } }
  },

  renderHTML({ HTMLAttributes }) {
    return ["ol", HTMLAttributes, 0]
  },

  addNodeView: null,

  addMenuItems(menus) {
    this.parent?.(menus)
    menus.menu.defineItem({
      name: "firstNumber",
      groups: "lists",
      button: menus.buttons.material("pin", gettext("First number")),
      hidden: (editor) => !editor.isActive("orderedList"),
      command: async (editor) => {
        const attrs = await askForStart(editor, { start: String(editor.getAttributes("orderedList").start) })
        const start = Number.parseInt(attrs?.start, 10)
        if (start >= 0) editor.commands.updateAttributes("orderedList", { start })
        editor.view.focus()
      },
    })
  },
})

// ---- Links --------------------------------------------------------------------------------------------------------

// However a link came into a text (typed, pasted, dropped): it leads to no page of the desk, and counts nobody.
export const Link = StockLink.extend({
  addOptions() {
    return { ...this.parent?.(), desk: null, stories: null }
  },

  addCommands() {
    return {
      ...this.parent?.(),
      addLink:
        () =>
        ({ editor }) => {
          if (editor.state.selection.empty && !editor.isActive("link")) return false
          queueMicrotask(() => link(editor, this.type, this.options.stories)) // when this command is done with
          return true
        },
    }
  },

  addProseMirrorPlugins() {
    if (this.options.desk) setDesk(this.options.desk)
    const clean = (tr, node, from) => {
      const mark = node.marks.find((each) => each.type === this.type)
      if (!mark) return
      const href = target(mark.attrs.href)
      if (href === mark.attrs.href) return
      tr.removeMark(from, from + node.nodeSize, mark)
      if (href) tr.addMark(from, from + node.nodeSize, this.type.create({ ...mark.attrs, href }))
    }
    return [...(this.parent?.() || []), mendsChanged(this.editor, clean)]
  },
})

// ---- Quotes -------------------------------------------------------------------------------------------------------

export const Blockquote = StockBlockquote.extend({
  content: "(paragraph | bulletList | orderedList)+",
  addAttributes() {
    return { "data-attribution": attribute("data-attribution"), "data-pull": attribute("data-pull") }
  },
  addKeyboardShortcuts() {
    return {
      ...this.parent?.(),
      // From the words to who said them.
      Tab: () => {
        if (!this.editor.isActive("blockquote")) return false
        if (this.editor.isActive("listItem") && this.editor.commands.indentItem()) return true
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
    const thread = session("speaker")
    const changed = (name, value) => editor.state.tr.setNodeAttribute(getPos(), name, value || null)
    this.speaker.addEventListener("focus", thread.afresh)
    this.speaker.addEventListener("input", (event) => {
      event.stopPropagation() // the editor says itself that it has changed
      thread.written()
      editor.view.dispatch(changed("data-attribution", this.speaker.value).setMeta("composition", thread.id))
    })
    this.speaker.addEventListener("keydown", (event) => {
      if (keepsOneThread(event, editor)) return
      if (event.key === "Enter" || event.key === "ArrowDown") {
        event.preventDefault()
        if (event.key === "Enter" && event.isComposing) return
        editor.commands.writeAfter(getPos())
      } else if (
        event.key === "Escape" ||
        event.key === "ArrowUp" ||
        (event.key === "Backspace" && !this.speaker.value)
      ) {
        event.preventDefault()
        const end = editor.state.doc.resolve(getPos() + this.node.nodeSize - 1)
        editor.view.dispatch(editor.state.tr.setSelection(pm.state.Selection.near(end, -1)))
        editor.view.focus() // at once: Tiptap's own focus comes a frame later
      }
    })
    this.kind.addEventListener("click", () => {
      editor.view.dispatch(changed("data-pull", this.node.attrs["data-pull"] ? null : "yes"))
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

const KNOWN_BY_ID = ["paragraph", "heading", "bulletList", "orderedList", "blockquote", "horizontalRule", "table"]

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
    const { view } = this.editor
    view.domObserver.flush()
    const tr = identify(view.state, view.state.tr)
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
              if (last.type.name === "paragraph") {
                // At once: Tiptap's own focus comes a frame later, and the next key would not wait for it.
                view.dispatch(view.state.tr.setSelection(pm.state.Selection.atEnd(view.state.doc)))
                view.focus()
                return true
              }
              return editor.commands.writeAfter(view.state.doc.content.size - last.nodeSize)
            },
          },
        },
      }),
    ]
  },
})

// A browser moves the caret first and says so later. Whatever is struck in between meets the caret where it was put, and
// not where the editor last knew of it.
export const SteadyCaret = Extension.create({
  name: "steadyCaret",
  addProseMirrorPlugins() {
    const read = (view) => {
      if (!view.isDestroyed && !view.composing && view.hasFocus()) view.domObserver.flush()
    }
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            // ProseMirror puts back what it knows of 20 ms after it gets the focus: it must know more by then.
            mousedown: (view) => void setTimeout(read, 0, view),
            mouseup: (view) => read(view),
            // And for 200 ms it takes a caret at the start for the browser's doing: from the first key on it is the writer's.
            keydown: (view) => {
              read(view)
              view.input.lastFocus = 0
            },
            paste: (view) => read(view),
          },
        },
      }),
    ]
  },
})
