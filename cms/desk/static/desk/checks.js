// The panel "Before publishing": it looks again when the editor pauses, at what the page says by then, if that is another
// thing to a check. Nothing is saved by it, and an answer that has been overtaken by a newer question is thrown away.
"use strict"
{
  const PAUSE = 900 // milliseconds after what a check looks at
  const REST = 8000 // and after words of a text, which a newsroom's own check may look at

  const LINE = 24 // pixels: of a new page, one more thing may come to light before others are done

  const RICH = "textarea[data-django-prose-editor-configurable]"
  const PARTS = /(<(a|h[1-6])\b[^>]*>.*?<\/\2>|<[^>]*>)|[^<]+/gs

  // Everything of a text but its words: whether there are any, its blocks, cards, headings and links.
  const shapeOf = (html) => html.replace(PARTS, (_part, kept) => kept ?? "…")

  document.addEventListener("DOMContentLoaded", () => {
    const panel = document.querySelector(".desk-checks")
    const form = panel?.closest("form")
    if (!form) return
    const found = panel.querySelector(".found")
    let timer, running
    // Whether the page is other than what the panel was made for: somebody was elsewhere, or wrote before this was there.
    let isOther = [...form.querySelectorAll("textarea, input[type=text]")].some((one) => one.value !== one.defaultValue)

    const asked = () => {
      const data = new FormData(form)
      for (const [name, value] of [...data]) if (value instanceof File) data.delete(name)
      return data
    }

    const seen = (data) => {
      const rich = new Set([...form.querySelectorAll(RICH)].map((field) => field.name))
      const fields = [...data].filter(([name]) => !["csrfmiddlewaretoken", "base"].includes(name))
      return {
        words: JSON.stringify(fields),
        shape: JSON.stringify(fields.map(([name, value]) => [name, rich.has(name) ? shapeOf(value) : value])),
      }
    }
    let answered = seen(asked())

    // What stands below the panel stays where it is while things are put right.
    const keepItsPlace = (room = 0) => {
      found.style.minHeight = `${found.offsetHeight + room}px`
    }

    const look = async () => {
      clearTimeout(timer)
      running?.abort()
      const mine = (running = new AbortController())
      const data = asked()
      const now = seen(data)
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
        answered = now
        isOther = false
        if (text.trim() !== found.innerHTML.trim()) found.innerHTML = text
        keepItsPlace()
        panel.classList.remove("is-late")
      } catch (error) {
        // Offline, or overtaken: what is shown is what was found last.
        if (error.name !== "AbortError") panel.classList.add("is-late")
      }
    }

    const lookIfChanged = () => {
      const now = seen(asked())
      if (isOther || now.shape !== answered.shape) look()
      else if (now.words !== answered.words) timer = setTimeout(look, REST - PAUSE)
    }

    const soon = () => {
      clearTimeout(timer)
      timer = setTimeout(lookIfChanged, PAUSE)
    }

    // Keys too: an editor of rich text writes into its field without an event that bubbles. Clicks move and remove rows.
    const events = ["input", "change", "keyup", "click", "formset:added", "formset:removed"]
    for (const event of events) form.addEventListener(event, soon)
    window.django?.jQuery(form).on("change", soon)
    // Back from the page of a photo that was mended.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return
      isOther = true
      soon()
    })
    form.addEventListener("submit", () => {
      clearTimeout(timer)
      running?.abort()
    })

    keepItsPlace(panel.classList.contains("is-gentle") ? LINE : 0)
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
