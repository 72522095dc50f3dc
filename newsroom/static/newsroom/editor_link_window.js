// The window in which a link is made. One writes an address, or words of a story's headline: Enter takes the first that
// has them, and one writes on in the text while it is looked for.
import { gettext, pm } from "django-prose-editor/editor"
import { made } from "./cards/elements.js"
import { finder } from "./cards/finder.js"

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/i
const BARE = /^(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}(?:[/?#:]\S*)?$/u
const PERSON = /^[^\s@/]+@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,}$/u

const addressIn = (text) => {
  if (ADDRESS.test(text)) return text
  if (PERSON.test(text)) return `mailto:${text}`
  return BARE.test(text) ? `https://${text}` : ""
}

// Answers the address; `left` is called as soon as somebody writes on.
const askForAddress = ({ href, stories, left }) =>
  new Promise((resolve) => {
    let address = ""
    let isAwaited = false
    const dialog = made("dialog", { className: "desk-dialog story-link", "aria-label": gettext("Link") })
    const end = (chosen) => {
      address = chosen
      isAwaited = false
      if (dialog.open) dialog.close()
      else dialog.dispatchEvent(new Event("close"))
    }
    const place = {
      dom: dialog,
      leave: () => {
        isAwaited = true
        dialog.close()
      },
    }
    const field = finder(place, {
      address: stories,
      label: stories ? gettext("An address, or words of a story’s headline") : gettext("Address"),
      value: href,
      most: 2000,
      take: (row) => (row.web ? end(row.web) : reopen(gettext("Readers do not see this story yet."))),
      takeText: (text) => {
        const found = addressIn(text)
        if (found) end(found)
        return Boolean(found)
      },
      nothing: () => reopen(),
      cancel: () => end(""),
    })
    const [input, said] = field.children
    const reopen = (text) => {
      isAwaited = false
      if (text) said.textContent = text
      if (!dialog.open) dialog.showModal()
      input.focus()
    }
    dialog.append(field)
    dialog.addEventListener("click", (event) => event.target === dialog && end(""))
    dialog.addEventListener("close", () => {
      left()
      if (isAwaited) return
      dialog.remove()
      resolve(address)
    })
    document.body.append(dialog)
    dialog.showModal()
    input.focus()
    input.select()
  })

// Makes a link of what is chosen in a text, or changes the one that the caret is in.
export const link = async (editor, type, stories) => {
  if (editor.isActive(type.name)) editor.commands.extendMarkRange(type.name)
  const { from, to } = editor.state.selection
  const range = { from, to }
  const follow = ({ transaction: { mapping } }) =>
    Object.assign(range, { from: mapping.map(range.from, 1), to: mapping.map(range.to, -1) })
  let isLeft = false
  // The caret goes behind the link, so that the next letter is not written over it.
  const left = () => {
    if (isLeft || editor.isDestroyed) return
    isLeft = true
    const { tr } = editor.state
    tr.setSelection(pm.state.TextSelection.create(tr.doc, range.to)).removeStoredMark(type)
    editor.view.dispatch(tr)
    editor.view.focus()
  }
  editor.on("transaction", follow)
  const { href = "" } = editor.getAttributes(type.name)
  const address = await askForAddress({ href, stories, left })
  editor.off("transaction", follow)
  if (!address || editor.isDestroyed || range.from >= range.to) return
  const { tr } = editor.state
  tr.removeMark(range.from, range.to, type).addMark(range.from, range.to, type.create({ href: address }))
  editor.view.dispatch(tr.removeStoredMark(type))
}
