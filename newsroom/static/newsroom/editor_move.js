// Blocks are moved by the handle beside them, or with Alt and the arrow keys. On an empty line stands "+" instead.
import { Extension, Plugin, gettext, pm } from "django-prose-editor/editor"

const said = (view, text) => {
  const place = view.dom.parentElement.querySelector(".story-said")
  if (place) place.textContent = text
}

// The block that the caret is in, or the one that is chosen: [place, number].
const current = ({ selection }) => {
  const { $from } = selection
  return $from.depth ? [$from.before(1), $from.index(0)] : [selection.from, $from.index(0)]
}

// What is wider than the text.
const WIDE = ".story-card-photo, .story-card-gallery, .story-card-video, .story-card-embed"

class Gutter {
  constructor(view, editor) {
    this.view = view
    this.editor = editor
    this.at = null
    this.dom = document.createElement("div")
    this.dom.className = "story-gutter"
    this.plus = this.button("+", gettext("Insert"), () => {
      this.toCaret()
      editor.commands.openInsertMenu()
    })
    this.handle = this.button("⠿", gettext("Drag to move. With the keyboard: Alt and an arrow key."), () => {
      view.dispatch(view.state.tr.setSelection(pm.state.NodeSelection.create(view.state.doc, this.at)))
      view.focus()
    })
    this.handle.draggable = true
    this.handle.addEventListener("dragstart", (event) => this.drag(event))
    this.handle.addEventListener("dragend", () => setTimeout(() => (view.dragging = null)))
    const live = document.createElement("span")
    live.className = "story-said visually-hidden"
    live.setAttribute("role", "status")
    this.dom.append(this.plus, this.handle)
    view.dom.parentElement.append(this.dom, live)
    this.moved = (event) => this.follow(event)
    this.left = () => this.show(this.fromCaret())
    view.dom.parentElement.addEventListener("mousemove", this.moved)
    view.dom.parentElement.addEventListener("mouseleave", this.left)
    this.show(this.fromCaret())
  }

  button(text, title, act) {
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = text
    button.title = title
    button.setAttribute("aria-label", title)
    button.tabIndex = -1 // the keyboard has "/" and Alt with the arrows
    button.addEventListener("mousedown", (event) => event.target.draggable || event.preventDefault())
    button.addEventListener("click", act)
    return button
  }

  fromCaret() {
    return this.view.state.doc.childCount ? current(this.view.state)[0] : null
  }

  toCaret() {
    const { state } = this.view
    const { $from } = state.selection
    if (this.at === null || ($from.depth && $from.before(1) === this.at)) return
    this.view.dispatch(state.tr.setSelection(pm.state.TextSelection.create(state.doc, this.at + 1)))
  }

  follow(event) {
    if (this.dom.contains(event.target) || this.view.dragging) return
    let found = null
    this.view.state.doc.forEach((_node, at) => {
      const box = this.view.nodeDOM(at)?.getBoundingClientRect?.()
      if (box && event.clientY >= box.top - 6 && event.clientY <= box.bottom + 6) found = at
    })
    if (found !== null) this.show(found)
  }

  show(at) {
    this.at = at
    const node = at === null ? null : this.view.state.doc.nodeAt(at)
    const block = node && this.view.nodeDOM(at)
    this.dom.hidden = !block?.getBoundingClientRect || !this.view.editable
    if (this.dom.hidden) return
    const isEmpty = node.type.name === "paragraph" && !node.content.size
    this.dom.classList.toggle("is-beside-picture", Boolean(block.matches?.(WIDE)))
    this.plus.hidden = !isEmpty
    this.handle.hidden = isEmpty
    const around = this.view.dom.parentElement.getBoundingClientRect()
    const box = block.getBoundingClientRect()
    const line = node.isTextblock ? Math.min(box.height, parseFloat(getComputedStyle(block).lineHeight) || 24) : 28
    this.dom.style.top = `${box.top - around.top + (line - 28) / 2}px`
  }

  drag(event) {
    const { view } = this
    view.dispatch(view.state.tr.setSelection(pm.state.NodeSelection.create(view.state.doc, this.at)))
    const slice = view.state.selection.content()
    const { dom, text } = view.serializeForClipboard(slice)
    event.dataTransfer.clearData()
    event.dataTransfer.setData("text/html", dom.innerHTML)
    event.dataTransfer.setData("text/plain", text)
    event.dataTransfer.effectAllowed = "copyMove"
    const block = view.nodeDOM(this.at)
    if (block?.getBoundingClientRect) event.dataTransfer.setDragImage(block, 0, 0)
    view.dragging = { slice, move: true, node: view.state.selection }
  }

  update(view, before) {
    if (before.doc !== view.state.doc || !before.selection.eq(view.state.selection)) this.show(this.fromCaret())
  }

  destroy() {
    this.view.dom.parentElement?.removeEventListener("mousemove", this.moved)
    this.view.dom.parentElement?.removeEventListener("mouseleave", this.left)
    this.dom.remove()
  }
}

// A block that is dropped goes between two others, never into one.
const drop = (view, event, _slice, isMove) => {
  const chosen = view.dragging?.node || view.state.selection
  if (!isMove || !chosen.node || chosen.$from.depth) return false
  const { from, node } = chosen
  let place = view.state.doc.content.size
  view.state.doc.forEach((_node, at) => {
    const box = view.nodeDOM(at)?.getBoundingClientRect?.()
    if (box && event.clientY < (box.top + box.bottom) / 2) place = Math.min(place, at)
  })
  if (place === from || place === from + node.nodeSize) return true
  const tr = view.state.tr.delete(from, from + node.nodeSize)
  const to = tr.mapping.map(place)
  tr.insert(to, node).setSelection(pm.state.NodeSelection.create(tr.doc, to))
  view.dispatch(tr.scrollIntoView())
  view.focus()
  return true
}

export const StoryMove = Extension.create({
  name: "storyMove",

  addCommands() {
    return {
      // One place up or down. Its neighbour is put on its other side, so that it keeps caret, selection and focus.
      moveBlock:
        (step) =>
        ({ tr, view, dispatch }) => {
          const [at, number] = current(tr)
          const other = number + step
          if (other < 0 || other >= tr.doc.childCount) return true
          const node = tr.doc.child(number)
          const neighbour = tr.doc.child(other)
          if (!dispatch) return true
          if (step < 0) {
            tr.delete(at - neighbour.nodeSize, at)
            tr.insert(at - neighbour.nodeSize + node.nodeSize, neighbour)
          } else {
            tr.delete(at + node.nodeSize, at + node.nodeSize + neighbour.nodeSize)
            tr.insert(at, neighbour)
          }
          said(view, step < 0 ? gettext("Moved up") : gettext("Moved down"))
          tr.scrollIntoView()
          return true
        },
    }
  },

  addKeyboardShortcuts() {
    return {
      "Alt-ArrowUp": () => this.editor.commands.moveBlock(-1),
      "Alt-ArrowDown": () => this.editor.commands.moveBlock(1),
    }
  },

  addProseMirrorPlugins() {
    return [new Plugin({ view: (view) => new Gutter(view, this.editor), props: { handleDrop: drop } })]
  },
})
