// A text can be written before its editor is there: it stands on the page as it will, and takes clicks and keys as any
// editable text does. The editor goes on from it, with the caret where it was. Loaded at once, so that nothing is lost
// between the first sight of a page and its last script.
"use strict"
{
  const FIELD = "textarea[data-django-prose-editor-configurable]"
  const LINES = "p, h2, h3, h4"
  const texts = new Map() // those that wait, by their field

  // Whether its last letter has come: something stands behind it.
  const isWhole = (node) =>
    document.readyState !== "loading" || Boolean(node && (node.nextSibling || isWhole(node.parentNode)))

  const begin = (field) => {
    if (
      texts.has(field) ||
      !isWhole(field) ||
      field.disabled ||
      field.readOnly ||
      field.id.includes("__prefix__") ||
      field.closest(".prose-editor, .empty-form")
    )
      return
    const text = document.createElement("div")
    text.className = "prose-editor is-waiting"
    text.contentEditable = "true"
    text.setAttribute("role", "textbox")
    text.setAttribute("aria-multiline", "true")
    const label = field.labels?.[0]?.textContent.replace(/:\s*$/, "").trim()
    if (label) text.setAttribute("aria-label", label)
    // A document of its own: nothing that stands in a text is loaded or run.
    const written = new DOMParser().parseFromString(field.value.trim() || "<p><br></p>", "text/html").body
    for (const line of written.querySelectorAll(LINES)) if (!line.firstChild) line.append(document.createElement("br"))
    for (const card of written.querySelectorAll("[data-block], [data-unfilled]")) card.contentEditable = "false"
    const inner = document.createElement("div")
    inner.className = "ProseMirror"
    if (field.dataset.empty) inner.dataset.empty = field.dataset.empty
    inner.append(...written.childNodes)
    text.append(inner)
    text.addEventListener("input", (event) => {
      event.stopPropagation()
      const copy = text.cloneNode(true)
      for (const card of copy.querySelectorAll("[contenteditable]")) card.removeAttribute("contenteditable")
      field.value =
        copy.textContent.trim() || copy.querySelector("[data-block], hr")
          ? (copy.querySelector(".ProseMirror") || copy).innerHTML
          : ""
      field.dispatchEvent(new Event("input", { bubbles: true }))
    })
    texts.set(field, text)
    field.classList.add("has-waiting-text")
    field.before(text)
    if (field.autofocus || document.activeElement === field) text.focus()
  }

  // How many letters and line breaks of its line stand before the caret.
  const offsetIn = (line, range) => {
    const before = document.createRange()
    before.setStart(line, 0)
    before.setEnd(range.startContainer, range.startOffset)
    return before.toString().length + before.cloneContents().querySelectorAll("br").length
  }

  const caretIn = (text) => {
    const selection = document.getSelection()
    if (!selection.rangeCount || !text.contains(selection.anchorNode) || !text.contains(document.activeElement))
      return null
    const range = selection.getRangeAt(0)
    const lines = [...text.querySelectorAll(LINES)]
    const node = range.startContainer
    const line = (node.nodeType === 1 ? node : node.parentElement).closest(LINES)
    return lines.includes(line) ? { line: lines.indexOf(line), offset: offsetIn(line, range) } : { line: 0, offset: 0 }
  }

  // The editor is there: answers where it goes on, if somebody has begun.
  const end = (field) => {
    const text = texts.get(field)
    if (!text) return null
    const place = caretIn(text)
    text.remove()
    texts.delete(field)
    field.classList.remove("has-waiting-text")
    return place
  }

  const look = () => document.querySelectorAll(FIELD).forEach(begin)
  const watch = new MutationObserver(look)
  watch.observe(document, { childList: true, subtree: true })
  document.addEventListener("DOMContentLoaded", () => {
    look()
    watch.disconnect()
  })
  document.execCommand("defaultParagraphSeparator", false, "p")
  window.deskWaiting = { end }
}
