// Names for what the admin's own widgets leave without one, for those who hear a page instead of seeing it.
"use strict"
{
  const said = (element) =>
    (element?.textContent || "")
      .replace(/[:*\s]+$/, "")
      .replace(/\s+/g, " ")
      .trim()
  const isNamed = (element) =>
    element.hasAttribute("aria-label") || [...(element.labels || [])].some((label) => said(label))

  // The words beside a field: its label, the legend around it, or the head of its column.
  const wordsFor = (element, id) => {
    const label = id && document.querySelector(`label[for="${CSS.escape(id)}"]`)
    if (said(label)) return said(label)
    const cell = element.closest("td")
    const name = cell && [...cell.classList].find((found) => found.startsWith("field-"))
    const head = name && cell.closest("table").querySelector(`th.column-${CSS.escape(name.slice("field-".length))}`)
    if (said(head)) return said(head)
    const row = element.closest(".form-row, fieldset")
    return said(row?.querySelector("legend, label"))
  }

  const give = (element, name) => {
    if (name) element.setAttribute("aria-label", name)
  }

  const nameAll = () => {
    for (const box of document.querySelectorAll(".select2-container:not([data-named])")) {
      const select = box.previousElementSibling
      const name = select && wordsFor(select, select.id)
      if (!name) continue
      box.dataset.named = ""
      for (const part of box.querySelectorAll(".select2-selection, .select2-selection__rendered[role]"))
        give(part, name)
    }
    for (const field of document.querySelectorAll(".select2-search__field:not([aria-label])")) {
      const select = field.closest(".select2-container")?.previousElementSibling
      give(field, (select && wordsFor(select, select.id)) || gettext("Search"))
    }
    for (const text of document.querySelectorAll(".ProseMirror[role=textbox]:not([aria-label])")) {
      const field = text.closest(".form-row, .flex-container")?.querySelector("textarea[id]")
      give(text, (field && wordsFor(field, field.id)) || gettext("Text"))
    }
    for (const field of document.querySelectorAll(".tabular :is(select, input:not([type=hidden]), textarea)")) {
      if (field.closest("td.delete")) {
        if (!isNamed(field)) give(field, gettext("Remove"))
      } else if (!isNamed(field)) give(field, wordsFor(field, field.id))
    }
    for (const field of document.querySelectorAll(".vDateField, .vTimeField")) {
      if (isNamed(field)) continue
      const part = field.classList.contains("vDateField") ? gettext("Date") : gettext("Time")
      give(field, `${wordsFor(field, field.id.replace(/_\d$/, "_0"))}: ${part}`)
    }
    for (const help of document.querySelectorAll(".help-tooltip[aria-label]:not([role])"))
      help.setAttribute("role", "img")
  }

  let isPlanned = false
  const plan = () => {
    if (isPlanned) return
    isPlanned = true
    setTimeout(() => {
      isPlanned = false
      nameAll()
    }, 150)
  }
  document.addEventListener("DOMContentLoaded", () => {
    nameAll()
    // Widgets come after the page, and with each new row. What is typed into a text brings none.
    new MutationObserver((changes) => {
      if (changes.some((change) => change.addedNodes.length && !change.target.closest?.(".ProseMirror"))) plan()
    }).observe(document.body, { childList: true, subtree: true })
  })
}
