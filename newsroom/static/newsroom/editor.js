// What a story's body has beyond the stock editor: blocks keep their ids, quotes name their speaker, and every block
// that the editor cannot write stands in the text as a card, which nothing here looks into.
import {
  Blockquote as StockBlockquote,
  Code as StockCode,
  Extension,
  ListItem as StockListItem,
  Node,
  gettext,
  updateAttrsDialog,
} from "django-prose-editor/editor"

// A new item that begins with a text is written at once, without a click.
document.addEventListener("prose-editor:ready", ({ detail: { editor, textarea } }) => {
  if (textarea.autofocus) editor.commands.focus()
})

const attribute = (name) => ({
  default: null,
  parseHTML: (element) => element.getAttribute(name),
  renderHTML: (attributes) => (attributes[name] ? { [name]: attributes[name] } : {}),
})

// A list is flat and a quote is text: the body's format knows neither lists in lists nor cards in quotes.
export const ListItem = StockListItem.extend({ content: "paragraph" })
export const Code = StockCode.extend({ excludes: "" })

const askForSpeaker = updateAttrsDialog(
  { speaker: { title: gettext("Who says it?") } },
  { title: gettext("Quote"), submitText: gettext("Set") },
)

export const Blockquote = StockBlockquote.extend({
  content: "paragraph+",
  addAttributes() {
    return { "data-attribution": attribute("data-attribution") }
  },
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "speaker",
      groups: "link",
      button: buttons.material("record_voice_over", gettext("who says it")),
      hidden: (editor) => !editor.isActive("blockquote"),
      command(editor) {
        const now = editor.getAttributes("blockquote")["data-attribution"] || ""
        askForSpeaker(editor, { speaker: now }).then((said) => {
          if (said) editor.chain().focus().updateAttributes("blockquote", { "data-attribution": said.speaker }).run()
        })
      },
    })
  },
})

export const StoryBlocks = Extension.create({
  name: "storyBlocks",
  addGlobalAttributes() {
    return [
      {
        types: ["paragraph", "heading", "bulletList", "orderedList", "blockquote", "horizontalRule"],
        attributes: { "data-id": { ...attribute("data-id"), keepOnSplit: false } },
      },
    ]
  },
})

export const StoryCard = Node.create({
  name: "storyCard",
  group: "block",
  atom: true,
  draggable: true,
  selectable: true,

  addAttributes() {
    return Object.fromEntries(["data-block", "data-label", "data-thumb"].map((name) => [name, attribute(name)]))
  },

  parseHTML() {
    return [{ tag: "div[data-block]" }]
  },

  renderHTML({ HTMLAttributes }) {
    return ["div", HTMLAttributes]
  },

  addNodeView() {
    return ({ node, editor, getPos }) => {
      const dom = document.createElement("div")
      dom.className = "story-card"
      dom.contentEditable = "false"
      if (node.attrs["data-thumb"]) {
        const picture = document.createElement("img")
        picture.src = node.attrs["data-thumb"]
        picture.alt = ""
        picture.draggable = false
        dom.append(picture)
      }
      const label = document.createElement("span")
      label.textContent = node.attrs["data-label"] || gettext("Block")
      const remove = document.createElement("button")
      remove.type = "button"
      remove.textContent = "×"
      remove.title = gettext("Take it out")
      remove.setAttribute("aria-label", remove.title)
      remove.addEventListener("click", () => {
        const from = getPos()
        editor.chain().focus().deleteRange({ from, to: from + node.nodeSize }).run()
      })
      dom.append(label, remove)
      // A card takes the focus itself, as a button does. Left to the browser, a click on what cannot be edited puts the
      // caret at the start of the body, where the next key would delete.
      dom.tabIndex = 0
      const choose = () => editor.commands.setNodeSelection(getPos())
      dom.addEventListener("focus", choose)
      dom.addEventListener("keydown", (event) => {
        if (event.target !== dom || ["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key)) return
        choose()
        editor.view.focus() // which goes on with this key, the card being what is chosen
      })
      return { dom, stopEvent: (event) => event.type === "mousedown" || remove.contains(event.target) }
    }
  },
})
