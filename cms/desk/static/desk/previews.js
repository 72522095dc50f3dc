// Previews of an item: one click saves what is on the page and opens it as readers would see it; a list of its links.
// A save puts new buttons and a new list in the place of the old ones, so they are looked for when they are needed.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("[data-preview]")) return
  const buttonNow = () => document.querySelector("[data-preview]")
  const panelNow = () => document.querySelector(".desk-previews")
  const words = { ...buttonNow().dataset }

  const say = (text, isWrong = false) => {
    const said = document.querySelector(".preview-said")
    said.textContent = text
    said.classList.toggle("is-wrong", isWrong)
  }
  const tell = (text) => {
    panelNow().querySelector(".preview-told").textContent = text
  }

  const send = async (address, values) => {
    const key = buttonNow().closest("form").querySelector('[name="csrfmiddlewaretoken"]').value
    const answer = await fetch(address, { method: "POST", body: values, headers: { "X-CSRFToken": key } })
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) return null
    return { isDone: answer.ok, ...(await answer.json()) }
  }

  const showLinks = (html) => {
    const panel = panelNow()
    if (!panel) return
    if (html) panel.querySelector(".preview-list").innerHTML = html
    const count = panel.querySelectorAll("[data-copy]").length
    panel.querySelector(".preview-count").textContent = count ? `(${count})` : ""
  }

  // Saves the page and gives the address of its link; nothing where the page could not be saved, and says why.
  const makeLink = async () => {
    say(words.saving)
    const isSaved = !window.deskSaving || (await window.deskSaving.save("_preview"))
    if (!isSaved) return ""
    const made = await send(buttonNow().dataset.preview, new FormData())
    if (!made?.isDone) throw new Error("no link")
    showLinks(made.links)
    return made.address
  }

  const copyText = async (text) => {
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      window.prompt(words.prompt, text) // a page without HTTPS may not write to the clipboard
    }
    return words.copied
  }

  const open = async () => {
    const tab = window.open("", "_blank") // while the click lasts: later it would be blocked
    if (tab) tab.opener = null
    try {
      const address = await makeLink()
      if (address) tab?.location.replace(address)
      else tab?.close()
      say(tab ? "" : words.blocked)
    } catch {
      tab?.close()
      say(words.broken, true)
    }
  }

  const copyLink = async () => {
    try {
      const address = await makeLink()
      say(address ? await copyText(address) : "")
    } catch {
      say(words.broken, true)
    }
  }

  let isBusy = false
  document.addEventListener("click", async (event) => {
    const panel = panelNow()
    if (panel && !panel.contains(event.target) && event.target.isConnected) panel.open = false
    const act = event.target.closest("[data-preview]")
      ? open
      : event.target.closest("[data-copy-preview]")
        ? copyLink
        : null
    if (act && !isBusy) {
      isBusy = true
      await act()
      isBusy = false
    }
    const { copy, revoke } = event.target.dataset
    if (copy) {
      tell(await copyText(copy))
    } else if (revoke) {
      event.target.disabled = true
      const done = await send(revoke, new FormData()).catch(() => null)
      tell(done?.isDone ? words.revoked : words.broken)
      if (done?.isDone) showLinks(done.links)
      else event.target.disabled = false
    }
  })

  document.addEventListener("submit", async (event) => {
    if (!event.target.closest(".desk-previews")) return
    event.preventDefault()
    tell("")
    const made = await send(buttonNow().dataset.preview, new FormData(event.target)).catch(() => null)
    tell(made?.isDone ? words.made : made?.error || words.broken)
    if (made?.isDone) showLinks(made.links)
    panelNow()
      .querySelector(made?.isDone ? "[data-copy]" : "input")
      ?.focus()
  })

  document.addEventListener("keydown", (event) => {
    const panel = panelNow()
    if (event.key === "Escape" && panel?.open) {
      panel.open = false
      panel.querySelector("summary").focus()
    }
  })

  document.addEventListener("desk:saved", () => showLinks(), true)
  showLinks()
})
