// A box of facts: a title, and a text with an editor of its own.
import {
  Bold,
  BulletList,
  Code,
  Document,
  Editor,
  HardBreak,
  Italic,
  Paragraph,
  Strike,
  Subscript,
  Superscript,
  Text,
  gettext,
} from "django-prose-editor/editor"
import { Link, ListItem, OrderedList, SteadyCaret } from "../editor.js"
import { StoryPaste } from "../editor_paste.js"
import { random } from "./block.js"
import { made } from "./elements.js"

export const factbox = (card) => {
  const title = card.field({
    label: gettext("Title of the fact box"),
    isLabelShown: false,
    name: "input",
    most: 300,
    className: "story-card-title",
    placeholder: gettext("Title"),
    value: () => card.block.title,
    write: (text, session) => card.set({ ...card.block, title: text }, { session }),
  })
  title.lastChild.addEventListener("keydown", (event) => {
    if (!["Enter", "ArrowDown"].includes(event.key) || event.isComposing || event.altKey) return
    event.preventDefault()
    // At once: Tiptap's own focus comes a frame later, and the next letter would not wait for it.
    card.inner.commands.setTextSelection(1)
    card.inner.view.focus()
  })
  const place = made("div", { className: "story-card-text" })
  const acts = made("p", { className: "story-card-acts", role: "toolbar", "aria-label": gettext("Fact box") })
  card.body.append(title, place, acts)
  let session = null
  let pause = null
  const afresh = () => {
    session = `facts ${random()}`
  }
  card.inner = new Editor({
    element: place,
    content: card.block.html || "",
    extensions: [
      Document,
      Paragraph,
      Text,
      Bold,
      Italic,
      Strike,
      Code,
      Subscript,
      Superscript,
      HardBreak,
      BulletList,
      OrderedList,
      ListItem,
      Link.configure({ stories: card.options.asked.stories }),
      SteadyCaret,
      StoryPaste,
    ],
    editorProps: {
      attributes: { "aria-label": gettext("Text of the fact box"), role: "textbox", "aria-multiline": "true" },
    },
    onFocus: afresh,
    onUpdate: ({ editor }) => {
      clearTimeout(pause)
      pause = setTimeout(afresh, 1500)
      card.set({ ...card.block, html: editor.getHTML() }, { session })
    },
  })
  let kept = card.block.html || ""
  for (const [text, name, run] of [
    ["B", gettext("Bold"), (chain) => chain.toggleBold()],
    ["I", gettext("Italic"), (chain) => chain.toggleItalic()],
    ["•", gettext("List"), (chain) => chain.toggleBulletList()],
    ["1.", gettext("Numbered list"), (chain) => chain.toggleOrderedList()],
  ]) {
    const button = card.button(text, () => run(card.inner.chain().focus()).run())
    button.title = name
    button.setAttribute("aria-label", name)
    acts.append(button, " ")
  }
  const link = card.button(gettext("Link"), () => card.inner.commands.addLink())
  acts.append(
    link,
    " ",
    card.button(gettext("Done"), () => card.leave()),
  )
  return () => {
    title.sync()
    const html = card.block.html || ""
    if (html !== kept && html !== card.inner.getHTML()) card.inner.commands.setContent(html, { emitUpdate: false })
    kept = html
  }
}
