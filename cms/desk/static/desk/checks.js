// The panel "Before publishing": it looks again whenever the editor pauses, at what the page says by then. Nothing is
// saved by it, and an answer that has been overtaken by a newer question is thrown away.
"use strict"
{
  const PAUSE = 900 // milliseconds

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.querySelector(".desk-checks")
    const form = panel?.closest("form")
    if (!form) return
    const found = panel.querySelector(".found")
    let timer, running
    let sent = ""

    const asked = () => {
      const data = new FormData(form)
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
      return data
    }

    const look = async () => {
      clearTimeout(timer)
      running?.abort()
      const mine = (running = new AbortController())
      const data = asked()
      try {
        const response = await fetch(panel.dataset.address, {
          method: "POST",
          body: data,
          signal: mine.signal,
          credentials: "same-origin",
          redirect: "error",
        })
        const text = await response.text()
        if (mine !== running || !response.ok) return
        panel.hidden = false
        if (text.trim() !== found.innerHTML.trim()) found.innerHTML = text
        panel.classList.remove("is-late")
      } catch (error) {
        // Offline, or overtaken: what is shown is what was found last.
        if (error.name !== "AbortError") panel.classList.add("is-late")
      }
    }

    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(look, PAUSE)
    }

    // An editor of rich text writes into its field without an event that bubbles, so the page itself is compared.
    const changed = () => {
      const now = new URLSearchParams(asked()).toString()
      const is = sent !== "" && now !== sent
      sent = now
      return is
    }

    for (const event of ["input", "change", "formset:added", "formset:removed"]) form.addEventListener(event, soon)
    window.django?.jQuery(form).on("change", soon)
    form.addEventListener("click", soon) // rows that are moved or removed
    changed()
    form.addEventListener("keyup", () => {
      if (changed()) soon()
    })
    // Back from the page of a photo that was mended.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !panel.hidden) soon()
    })
    form.addEventListener("submit", () => {
      clearTimeout(timer)
      running?.abort()
    })

    found.addEventListener("click", (event) => {
      const name = event.target.closest("a")?.dataset.field
      if (!name) return
      const row = form.querySelector(`.field-${name}, #placed_${name}-group`)
      if (!row) return
      event.preventDefault()
      window.desk.leadTo(row)
    })
  })
}
