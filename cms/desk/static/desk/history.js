// What happened to an item: a version is restored, and shown to readers, without leaving the list.
"use strict"
{
  const choose = (form) => {
    // The newest two are chosen already; a choice that would compare a version with itself moves the other one on.
    const all = (name) =>
      [...form.querySelectorAll(`input[name="${name}"]`)].filter((radio) => !radio.closest("details"))
    const before = all("before")
    const after = all("after")
    if (before.length > 1 && !form.querySelector("input:checked")) {
      after[0].checked = true
      before[1].checked = true
    }
  }

  const show = (text) => {
    const page = new DOMParser().parseFromString(text, "text/html")
    const fresh = page.getElementById("desk-history")
    if (!fresh) return false
    document.getElementById("desk-history").replaceWith(fresh)
    const told = page.querySelector(".messagelist")
    const former = document.querySelector(".messagelist")
    if (former) former.remove()
    if (told) {
      told.setAttribute("role", "status")
      document.getElementById("content").before(told)
    }
    choose(fresh.querySelector("form.history"))
    window.scrollTo({ top: 0 })
    return true
  }

  document.addEventListener("submit", (event) => {
    const form = event.target
    if (form.id !== "history-take-up" || !event.submitter) return
    event.preventDefault()
    const button = event.submitter
    const sent = new FormData(form, button)
    button.disabled = true
    fetch(window.location.pathname, { method: "POST", body: sent, credentials: "same-origin" })
      .then((answer) => answer.text().then((text) => answer.ok && show(text)))
      .catch(() => false)
      .then((isShown) => {
        if (isShown) return
        const again = document.createElement("input") // as without this script: the browser says what is wrong
        again.type = "hidden"
        again.name = button.name
        again.value = button.value
        form.append(again)
        form.submit()
      })
  })

  // A correction that was just added can be written at once.
  document.addEventListener("formset:added", (event) => {
    if (event.target.closest("#placed_corrections-group")) event.target.querySelector("textarea")?.focus()
  })

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form.history")
    if (form) choose(form)
  })
}
