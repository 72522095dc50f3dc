// The cards in a story's body: each looks like what readers get, and is written in place. A card is one node that holds
// its block as JSON; a field changes that JSON and nothing else, so what nobody touches comes back byte for byte.
import { Node, pm } from "django-prose-editor/editor"
import { blockOf, isFilled, newId } from "./cards/block.js"
import { refresh } from "./cards/mending.js"
import { CardView } from "./cards/view.js"

export const StoryCard = Node.create({
  name: "storyCard",
  group: "block",
  atom: true,
  draggable: true,
  selectable: true,

  extendNodeSchema() {
    const withId = (node, id) => {
      const { id: _former, ...block } = blockOf(node)
      return JSON.stringify({ id, ...block })
    }
    return { idOf: (node) => blockOf(node).id, withId }
  },

  addOptions() {
    return { asked: {}, library: {} }
  },

  addStorage() {
    return {
      views: new Map(),
      uploads: new Map(),
      sent: new Map(),
      unsaved: new Set(),
    }
  },

  addAttributes() {
    return {
      "data-block": {
        default: null,
        parseHTML: (element) => element.getAttribute("data-block") ?? element.getAttribute("data-unfilled"),
      },
      "data-shown": { default: null, parseHTML: (element) => element.getAttribute("data-shown") },
    }
  },

  parseHTML() {
    return [{ tag: "div[data-block]" }, { tag: "div[data-unfilled]" }]
  },

  renderHTML({ node }) {
    const block = blockOf(node)
    const shown = node.attrs["data-shown"] ? { "data-shown": node.attrs["data-shown"] } : {}
    if (isFilled(block)) {
      // A box with nothing but its title is one as well.
      const isBare = block.type === "factbox" && !block.html
      // The editor takes a text that is one element with nothing in it for no text at all: hence the span (body_html.py writes it too).
      return [
        "div",
        { "data-block": isBare ? JSON.stringify({ ...block, html: "<p></p>" }) : node.attrs["data-block"], ...shown },
        ["span"],
      ]
    }
    // An address that is no player (yet) is kept as text.
    if (block.type === "embed" && block.url) return ["p", {}, block.url]
    return ["div", { "data-unfilled": node.attrs["data-block"] }]
  },

  addNodeView() {
    return ({ node, editor, getPos }) => new CardView(node, editor, getPos, this)
  },

  addCommands() {
    return {
      // A new card where the caret is: in place of an empty line, before a line at whose start it is, else below.
      insertCard:
        (block, shown = {}, { at = null } = {}) =>
        ({ tr, state, dispatch }) => {
          const id = block.id || newId()
          const node = state.schema.nodes.storyCard.create({
            "data-block": JSON.stringify({ id, ...block }),
            "data-shown": JSON.stringify(shown),
          })
          let place = at
          if (place === null) {
            const { $from } = tr.selection
            const isEmptyLine =
              $from.depth === 1 && $from.parent.type.name === "paragraph" && !$from.parent.content.size
            if (isEmptyLine) {
              place = $from.before(1)
              tr.delete(place, $from.after(1))
            } else if ($from.depth === 1 && tr.selection.empty && !$from.parentOffset) place = $from.before(1)
            else place = $from.depth ? $from.after(1) : tr.selection.to
          }
          tr.insert(place, node)
          tr.setSelection(pm.state.NodeSelection.create(tr.doc, place)).scrollIntoView()
          return Boolean(dispatch) || true
        },
      replaceCard:
        (at, block, shown) =>
        ({ tr, state }) => {
          const node = state.schema.nodes.storyCard.create({
            "data-block": JSON.stringify(block),
            "data-shown": JSON.stringify(shown),
          })
          tr.replaceWith(at, at + tr.doc.nodeAt(at).nodeSize, node)
          return true
        },
      // Into the fields of the card that is chosen.
      enterCard:
        () =>
        ({ editor }) => {
          const { node } = editor.state.selection
          return Boolean(node && editor.storage.storyCard.views.get(blockOf(node).id)?.enter())
        },
    }
  },

  addKeyboardShortcuts() {
    const enter = () => {
      const { node } = this.editor.state.selection
      if (node?.type.name !== "storyCard") return false
      return Boolean(this.storage.views.get(blockOf(node).id)?.enter())
    }
    const below = () => {
      const { node, to } = this.editor.state.selection
      if (!node || to !== this.editor.state.doc.content.size) return false
      return this.editor.commands.writeAfter(to - node.nodeSize)
    }
    return { Enter: enter, Tab: enter, ArrowDown: below }
  },

  onCreate() {
    this.storage.refresh = (id, photo) => refresh(this.storage.views.get(id), [photo]).catch(() => {})
    const form = this.editor.view.dom.closest("form")
    const { storage } = this
    // A save waits for photos that are on their way, and for credits that were written a moment ago.
    let isReady = false
    form?.addEventListener(
      "submit",
      (event) => {
        if (isReady || this.editor.isDestroyed) return void (isReady = false)
        const open = [...storage.uploads.values()].map((upload) => upload.ended).filter(Boolean)
        for (const save of storage.unsaved) open.push(save())
        const waiting = open.filter(Boolean)
        if (!waiting.length) return
        event.preventDefault()
        event.stopImmediatePropagation()
        Promise.allSettled(waiting).then(() => {
          isReady = true
          form.requestSubmit(event.submitter)
        })
      },
      true,
    )
    // Who comes back from mending a photo in the library sees it mended.
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return
      for (const card of storage.views.values()) {
        const lacking = Object.entries(card.shown.photos || {}).filter(([, each]) => each.lacks.length)
        if (lacking.length)
          refresh(
            card,
            lacking.map(([id]) => id),
          ).catch(() => {})
      }
    })
  },
})
