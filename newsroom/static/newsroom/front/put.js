// A story, a video or a blurb goes on top of a front from its row or its page: one click asks where, Enter puts it there.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const dialog = document.querySelector("dialog.front-put-dialog")
  if (!dialog) return
  const holder = dialog.querySelector(".front-put-holder")
  let isBusy = false

  const part = (html) => {
    const template = document.createElement("template")
    template.innerHTML = html
    return template.content
  }

  // Its looks are those of the fronts' own page.
  const dress = () => {
    const { style } = dialog.dataset
    if (document.querySelector(`link[href="${CSS.escape(style)}"], link[href="${style}"]`)) return
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: style }))
  }

  const open = async (address) => {
    dress()
    try {
      const answer = await fetch(address, {
        headers: { "X-Requested-With": "XMLHttpRequest" },
        credentials: "same-origin",
        redirect: "error",
      })
      if (!answer.ok) throw new Error(answer.status)
      holder.replaceChildren(part(await answer.text()))
      dialog.showModal()
      holder.querySelector("button.primary, a")?.focus()
    } catch {
      location.assign(address) // which says what is wrong, as a page of its own
    }
  }

  const say = (text, isWrong = false) => {
    const said = holder.querySelector(".front-put-said")
    said.classList.toggle("is-wrong", isWrong)
    said.textContent = text
  }

  const put = async (form) => {
    if (isBusy) return
    isBusy = true
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json" },
        credentials: "same-origin",
        redirect: "error",
      })
      const { said } = await answer.json()
      say(said, !answer.ok)
      if (!answer.ok) return
      const button = form.querySelector("button.primary")
      button.textContent = gettext("Done")
      button.type = "button"
      button.addEventListener("click", () => dialog.close())
      for (const other of form.querySelectorAll("select, label, .help")) other.hidden = true
      button.focus()
    } catch {
      say(dialog.dataset.broken, true)
    } finally {
      isBusy = false
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href$="/put-on-front/"], [data-act="put"][data-address]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
    event.preventDefault()
    link.closest("details")?.removeAttribute("open")
    open(link.dataset.address ?? link.getAttribute("href"))
  })
  holder.addEventListener("submit", (event) => {
    event.preventDefault()
    put(event.target)
  })
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-act=close]")) dialog.close()
  })
})
