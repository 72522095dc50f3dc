// What a save answers takes its place on the page. What has been typed meanwhile, the focus and the place stay.
import { formOn } from "./sending.js"

const ROW = "td, .form-multiline > div, .form-row"

const plain = (text) => text.replace(/\s+/g, " ").trim()

export const clearErrors = ({ form }) => {
  for (const list of form.querySelectorAll(".errorlist, .errornote")) list.remove()
  for (const row of form.querySelectorAll(".errors")) row.classList.remove("errors")
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
}

// What the server says is wrong stands at its field; what belongs to none is answered, to be told.
export const showErrors = (page, there) => {
  clearErrors(page)
  const texts = []
  let first = null
  for (const list of there.querySelectorAll(".errorlist")) {
    const name = list.closest(ROW)?.querySelector("[name]")?.name
    const field = name && page.form.querySelector(`[name="${CSS.escape(name)}"]`)
    const row = field ? field.closest(ROW) : null
    if (!row) {
      texts.push(...[...list.children].map((item) => item.textContent))
      continue
    }
    row.prepend(list)
    row.closest(".form-row")?.classList.add("errors")
    field.setAttribute("aria-invalid", "true")
    first ??= row
  }
  return { texts, first }
}

export const takeRegions = (page, there, isDone) => {
  for (const theirs of there.querySelectorAll("[data-region]")) {
    const ours = document.querySelector(`[data-region="${theirs.dataset.region}"]`)
    if (ours?.querySelector(".desk-offers[open]")) theirs.querySelector(".desk-offers")?.setAttribute("open", "")
    ours?.replaceWith(theirs)
  }
  // What this very page has kept is nothing that it could be offered.
  document.querySelector(`.desk-offer[data-page="${CSS.escape(page.name)}"]`)?.remove()
  for (const offers of document.querySelectorAll(".desk-offers:not(:has(.desk-offer))")) offers.remove()
  document.title = there.title
  const path = there.querySelector(".breadcrumbs")
  if (path) document.querySelector(".breadcrumbs")?.replaceWith(path)
  takeBar(page, there.querySelector(".desk-bar"), isDone)
}

// New buttons, with the focus on the one that had it; and as long as it is not done, what was opened and filled in.
const takeBar = ({ bar, form }, theirs, isDone) => {
  const focused = bar.contains(document.activeElement) ? document.activeElement : null
  const panels = isDone ? [] : [...bar.querySelectorAll("details[open]")].map((panel) => panel.className)
  const filled = isDone ? [] : [...bar.querySelectorAll("input, textarea, select")]
  const values = filled.map((field) => [field.name, field.value])
  const said = bar.querySelector(".desk-said")
  said.replaceChildren(...theirs.querySelector(".desk-said").children)
  bar.replaceChildren(said, ...[...theirs.children].filter((child) => !child.matches(".desk-said")))
  for (const [name, value] of values) if (bar.querySelector(`[name="${name}"]`)) form.elements[name].value = value
  for (const name of panels) bar.querySelector(`details[class="${name}"]`)?.setAttribute("open", "")
  if (!focused) return
  const isSame = (button) => focused.name && button.name === focused.name && button.offsetParent
  const own = [...bar.querySelectorAll("button")].find(isSame)
  ;(own || bar.querySelector("button.primary, button"))?.focus({ preventScroll: true })
}

// Whether the page shows what is kept of a field. Where somebody else's words were put beside those that were sent,
// and the editor has gone on writing meanwhile, it does not: the next save must put them together once more.
const isSeen = (form, there, sent, name) => {
  const kept = plain(there.querySelector(`form [name="${CSS.escape(name)}"]`)?.value ?? "")
  return kept === plain(sent.get(name) ?? "") || kept === plain(form.elements[name]?.value ?? "")
}

// Whether a field takes what the save has made of it.
const takes = (form, there, sent, mine, theirs) => {
  if (mine.closest(".inline-group, .desk-bar") || mine.multiple || ["checkbox", "file"].includes(mine.type))
    return false
  if (mine.matches("[data-django-prose-editor-configurable]")) return false
  if (mine.name.startsWith("initial-") && !isSeen(form, there, sent, mine.name.slice("initial-".length))) return false
  if (plain(mine.value) !== plain(sent.get(mine.name) ?? "") || plain(mine.value) === plain(theirs.value)) return false
  return !mine.options || [...mine.options].some((option) => option.value === theirs.value)
}

// Takes over what the save has made of the fields: a slug, say. What has been typed meanwhile stays as it is.
export const takeFields = ({ form, token }, there, sent) => {
  for (const theirs of formOn(there).elements) {
    const mine = theirs.name && form.elements[theirs.name]
    if (!(mine instanceof Element) || mine === document.activeElement || ["base", "page"].includes(mine.name)) continue
    if (mine === token || takes(form, there, sent, mine, theirs)) mine.value = theirs.value
  }
  for (const box of form.querySelectorAll('.inline-group tr.form-row td.delete input[type="checkbox"]:checked')) {
    if (sent.has(box.name)) box.closest("tr").hidden = true // saved without it
  }
  for (const row of form.querySelectorAll("[data-only-added] + .inline-group .inline-related:not(.empty-form)")) {
    const inputs = [...row.querySelectorAll("textarea, select, input:not([type=hidden])")]
    const isAsSent = inputs.every((field) => plain(field.value) === plain(sent.get(field.name) ?? ""))
    if (isAsSent) row.querySelector(".inline-deletelink")?.click() // it stands above now
  }
}

const checksOf = (...roots) => roots.map((root) => root.querySelector(".desk-checks"))

export const takeChecks = ({ form }, there) => {
  const [mine, theirs] = checksOf(form, there)
  if (!mine || !theirs) return
  mine.className = theirs.className
  mine.querySelector(".found").replaceChildren(...theirs.querySelector(".found").childNodes)
}

// A new item has its addresses from its first save on.
export const takeAddresses = ({ form, place }, there) => {
  Object.assign(place.dataset, there.querySelector(".desk-saving")?.dataset)
  const [mine, theirs] = checksOf(form, there)
  if (mine && theirs) mine.dataset.address = theirs.dataset.address
}
