// What is done with an item by one button, from its row or its page: a preview in a new tab, breaking on and off.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value

  const say = (text) => {
    const said = document.querySelector(".rows-said") // a save puts a new one in its place
    if (said) said.textContent = text
  }

  const send = async (address, values) => {
    const answer = await fetch(address, {
      method: "POST",
      body: values,
      headers: { "X-CSRFToken": token(), Accept: "application/json" },
    })
    if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("refused")
    return answer.json()
  }

  const failed = () => say(gettext("That did not work. Reload the page, and try again."))

  const preview = async (button) => {
    const tab = window.open("", "_blank") // while the click lasts: later it would be blocked
    if (tab) tab.opener = null
    try {
      const { address } = await send(button.dataset.post, new FormData())
      if (tab) tab.location.replace(address)
      else say(gettext("Your browser blocked the preview."))
    } catch {
      tab?.close()
      failed()
    }
  }

  // Leads to what was made: a copy.
  const follow = async (button) => {
    button.disabled = true
    try {
      const { address } = await send(button.dataset.post, new FormData())
      location.assign(address)
    } catch {
      failed()
      button.disabled = false
    }
  }

  const breaking = async (button) => {
    const form = button.closest("form")
    const base = form?.querySelector('[name="base"]')
    const values = new FormData()
    values.set("on", button.dataset.on)
    if (base) values.set("base", base.value)
    button.disabled = true
    try {
      const found = await send(button.dataset.post, values)
      if (base && found.base) base.value = found.base
      const box = form?.querySelector('[name="breaking"]')
      const check = () => Object.assign(box, { checked: found.on, defaultChecked: found.on })
      if (box && window.deskSaving) window.deskSaving.follow(check)
      else if (box) check()
      button.dataset.on = found.on ? "0" : "1"
      button.textContent = found.on ? gettext("Breaking off") : gettext("Breaking on")
      const mark = button.closest("tr")?.querySelector(".breaking-mark")
      if (mark) mark.hidden = !found.on
      button.closest(".row-menu")?.removeAttribute("open")
      say(found.said)
    } catch {
      failed()
    } finally {
      button.disabled = false
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-post]")
    if (!button) return
    const act = button.hasAttribute("data-opens") ? preview : button.hasAttribute("data-follows") ? follow : breaking
    act(button)
  })
})

// A filter closes when the editor goes on elsewhere, or presses Escape.
document.addEventListener("click", (event) => {
  for (const filter of document.querySelectorAll(".desk-filter[open]"))
    if (!filter.contains(event.target)) filter.open = false
})
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return
  for (const filter of document.querySelectorAll(".desk-filter[open]")) {
    filter.open = false
    filter.querySelector("summary").focus()
  }
})

// A filter by what there are too many of to list: one searches for it, and Enter takes the best match.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll(".desk-filter input[type=search]")) {
    const panel = input.parentElement
    const [list, said] = [panel.querySelector("ul"), panel.querySelector("p")]
    const first = [...list.children]
    let answered = ""
    let wanted = null
    let timer

    const link = ({ id, text, note }) => {
      const query = new URLSearchParams(input.dataset.here)
      query.set(input.dataset.name, id)
      const made = Object.assign(document.createElement("a"), {
        href: `?${query}`,
        textContent: note ? `${text} (${note})` : text,
      })
      const item = document.createElement("li")
      item.append(made)
      return item
    }

    const show = (text, rows) => {
      answered = text
      list.replaceChildren(...(text ? rows.map(link) : first))
      said.textContent = text && !rows.length ? interpolate(gettext("Nothing matches “%s”."), [text]) : ""
      said.hidden = !said.textContent
      if (wanted === text && rows.length) location.assign(list.querySelector("a").href)
      wanted = null
    }

    const look = async () => {
      clearTimeout(timer)
      const text = input.value.trim()
      if (!text) return show("", [])
      try {
        const query = new URLSearchParams({ term: text })
        const answer = await fetch(`${input.dataset.address}&${query}`, {
          credentials: "same-origin",
          redirect: "error",
        })
        const { results } = await answer.json()
        if (input.value.trim() === text) show(text, results)
      } catch {
        said.textContent = gettext("That did not work. Reload the page, and try again.")
        said.hidden = false
      }
    }

    input.addEventListener("input", () => {
      wanted = null
      clearTimeout(timer)
      timer = setTimeout(look, 150)
    })
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return
      event.preventDefault()
      const text = input.value.trim()
      if (!text) return
      if (answered === text) return void list.querySelector("a")?.click()
      wanted = text
      look()
    })
    input.closest("details").addEventListener("toggle", (event) => event.target.open && input.focus())
  }
})
