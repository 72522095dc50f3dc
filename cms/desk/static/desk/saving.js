// An item's page is saved where it stands, and kept by itself while it is being written. What is typed meanwhile, the
// focus and the place on the page stay. Without this script the form works as forms do.
import { Autosaves } from "./saving/autosaves.js"
import { Notices } from "./saving/notices.js"
import { Page } from "./saving/page.js"
import { Saves } from "./saving/saves.js"

const begin = (place) => {
  const page = new Page(place)
  const { form, bar } = page
  const notices = new Notices(page)
  const saves = new Saves(page, notices)
  saves.autosaves = new Autosaves(page, notices, saves)

  // On the document, after all that the form itself may have against it.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return
    event.preventDefault()
    saves.save(event.submitter?.name || "_save", event.submitter?.value || "1")
  })
  form.addEventListener("click", (event) => {
    // The second half of a double click may meet another button: the bar has changed under it.
    if (event.detail > 1 && event.target.closest('button[type="submit"]')) event.preventDefault()
    const quick = event.target.closest("[data-fills]")
    if (!quick) return
    const field = document.getElementById(quick.dataset.fills)
    field.value = quick.dataset.moment
    field.dispatchEvent(new Event("input", { bubbles: true }))
  })
  // What went well is said until the editor goes on.
  form.addEventListener("input", (event) => {
    if (bar.contains(event.target) || saves.running) return
    if (notices.has("li") && !notices.has(".error, .warning")) notices.clear()
  })
  window.deskSaving = {
    save: (name) => saves.save(name),
    follow: (change) => page.follow(change),
    isSaved: () => page.text() === page.saved,
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const place = document.querySelector(".desk-saving")
  if (place?.closest("form")) begin(place)
})
