// A blurb from anywhere at the desk: one key or click opens the dialog, which publishes without a page load. What is
// written stays in it until the server says that it has it.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.querySelector("dialog.quick-blurb")
  if (!dialog) return
  const words = dialog.dataset
  const form = dialog.querySelector("form")
  const text = dialog.querySelector("textarea")
  const section = dialog.querySelector("select")
  const errors = dialog.querySelector(".quick-errors")
  const said = dialog.querySelector(".quick-said")
  const button = dialog.querySelector("button.primary")
  const token = dialog.querySelector("[name=csrfmiddlewaretoken]").value
  const most = 1000
  let key = crypto.randomUUID?.() ?? ""
  let isFilled = false
  let isBusy = false

  const newKey = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    bytes[6] = (bytes[6] & 0x0f) | 0x40
    bytes[8] = (bytes[8] & 0x3f) | 0x80
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
  }
  key ||= newKey() // a page without HTTPS has no randomUUID

  const fill = async () => {
    try {
      const answer = await fetch(words.address, { credentials: "same-origin", redirect: "error" })
      const found = await answer.json()
      for (const [value, label] of found.sections) section.add(new Option(label, value))
      if (!section.value) section.value = found.section
      isFilled = true
    } catch {
      // Offline: the blurb can still be written, and the sections come when it is opened again.
    }
  }

  const show = (lines, head = "") => {
    errors.replaceChildren()
    if (head) errors.append(Object.assign(document.createElement("p"), { textContent: head }))
    for (const line of lines) errors.append(Object.assign(document.createElement("p"), { textContent: line }))
  }

  const count = () => {
    const length = text.value.length
    dialog.querySelector(".quick-count").textContent = length > most / 2 ? `${length} / ${most - 1}` : ""
  }

  const open = () => {
    if (!dialog.open) dialog.showModal()
    if (!isFilled) fill()
    text.focus()
  }

  const close = () => {
    if (isBusy) return
    if (text.value.trim() && !window.confirm(words.leave)) return
    text.value = ""
    key = newKey() // what is written next is another blurb
    show([])
    said.replaceChildren()
    dialog.close()
  }

  const link = (address, label) => Object.assign(document.createElement("a"), { href: address, textContent: label })

  const publish = async () => {
    if (isBusy) return
    isBusy = button.disabled = true
    show([])
    said.textContent = words.working
    const values = new FormData(form)
    values.set("key", key)
    try {
      const answer = await fetch(words.address, {
        method: "POST",
        body: values,
        headers: { "X-CSRFToken": token },
        credentials: "same-origin",
        redirect: "manual",
      })
      if (answer.type === "opaqueredirect" || answer.status === 403) {
        said.textContent = ""
        show([words.loggedOut])
        return
      }
      const found = await answer.json()
      if (!answer.ok) {
        said.textContent = ""
        show(found.errors, found.said)
        if (found.page) errors.append(link(found.page, words.page))
        return
      }
      key = newKey()
      text.value = ""
      count()
      said.replaceChildren(found.said, " ")
      if (found.page) said.append(link(found.page, words.page), " ")
      if (found.address) said.append(link(found.address, words.reader))
    } catch {
      said.textContent = ""
      show([words.broken])
    } finally {
      isBusy = button.disabled = false
      text.focus()
    }
  }

  for (const opener of document.querySelectorAll('[data-new="newsroom.blurb"]')) {
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      open()
    })
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    publish()
  })
  text.addEventListener("input", count)
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      publish()
    }
  })
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault()
    close()
  })
  dialog.querySelector("[data-act=close]").addEventListener("click", close)
  window.addEventListener("beforeunload", (event) => {
    if (text.value.trim()) event.preventDefault()
  })
})
