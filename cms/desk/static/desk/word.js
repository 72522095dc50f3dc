// A word of a headline is mended from the list that it was seen in: a double click on it opens the item with the word
// chosen, and what is typed next stands in its place. Nothing that is typed on the way there is lost. Loaded at once.
"use strict"
{
  const NAME = "desk.word"
  const TOGETHER = 600 // milliseconds between two clicks that are one gesture
  const FRESH = 15_000 // and until the item must be there

  const isText = ({ key, ctrlKey, metaKey, altKey, isComposing }) =>
    key.length === 1 && !ctrlKey && !metaKey && !altKey && !isComposing

  const stored = () => {
    try {
      return JSON.parse(sessionStorage.getItem(NAME))
    } catch {
      return null
    }
  }

  const store = (value) => {
    try {
      sessionStorage.setItem(NAME, JSON.stringify(value))
    } catch {
      // a browser that keeps nothing
    }
  }

  const forget = () => {
    try {
      sessionStorage.removeItem(NAME)
    } catch {
      // the same
    }
  }

  // ---- In a list

  const linkOf = (event) => event.target.closest?.("#result_list tbody a[href*='/change/']")

  const letterAt = (x, y) => {
    const place = document.caretPositionFromPoint?.(x, y)
    if (place) return [place.offsetNode, place.offset]
    const range = document.caretRangeFromPoint?.(x, y)
    return range ? [range.startContainer, range.startOffset] : []
  }

  const pointedAt = (event) => {
    const link = linkOf(event)
    const [node, at] = link ? letterAt(event.clientX, event.clientY) : []
    if (node?.nodeType !== Node.TEXT_NODE || !link.contains(node)) return null
    const { pathname } = new URL(link.href)
    const { screenX, screenY } = event
    return { pathname, text: node.data, at, time: Date.now(), screenX, screenY, typed: "" }
  }

  // The first click opens the item, whatever comes after it.
  document.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    if (event.detail > 1 && linkOf(event)) return void event.preventDefault() // it is on its way
    const place = pointedAt(event)
    if (place) store(place)
  })
  document.addEventListener("dblclick", (event) => {
    const place = pointedAt(event)
    if (!place) return
    const keep = (typing) => {
      if (!isText(typing)) return
      typing.preventDefault()
      typing.stopImmediatePropagation()
      place.typed += typing.key
      store({ ...place, isDouble: true })
    }
    store({ ...place, isDouble: true })
    window.addEventListener("keydown", keep, { capture: true })
  })

  // ---- On the page that it opens

  const wordAt = (text, at) => {
    const words = [...text.matchAll(/[\p{L}\p{M}\p{N}'’ʼ-]+/gu)]
    const word = words.find(({ index, 0: { length } }) => index <= at && at <= index + length)
    return word && [word.index, word.index + word[0].length]
  }

  const choose = (field, { text, at, typed }, more) => {
    const start = field.value.indexOf(text.trim())
    const word = start >= 0 && wordAt(field.value, start + at - (text.length - text.trimStart().length))
    if (!word) return
    field.focus()
    field.setSelectionRange(...word)
    const written = typed + more
    if (!written) return
    field.setRangeText(written, ...word, "end")
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }

  const begin = (place) => {
    let more = ""
    const keep = (event) => {
      if (!isText(event)) return
      event.preventDefault()
      event.stopImmediatePropagation()
      more += event.key
    }
    window.addEventListener("keydown", keep, { capture: true })
    const look = () => {
      const field = document.getElementById("id_headline")
      if (!field && document.readyState === "loading") return
      watch.disconnect()
      window.removeEventListener("keydown", keep, { capture: true })
      if (field) choose(field, place, more)
    }
    const watch = new MutationObserver(look)
    watch.observe(document, { childList: true, subtree: true })
    document.addEventListener("DOMContentLoaded", look)
    look()
  }

  const place = stored()
  if (place && place.pathname === location.pathname && Date.now() - place.time < FRESH) {
    forget()
    if (place.isDouble) begin(place)
    else {
      // The second click may come when the item is there already: it means the list.
      const isSame = (event) =>
        Date.now() - place.time < TOGETHER &&
        Math.hypot(event.screenX - place.screenX, event.screenY - place.screenY) < 6
      window.addEventListener(
        "mousedown",
        (event) => {
          if (!isSame(event)) return
          event.preventDefault()
          event.stopImmediatePropagation()
          const swallow = (click) => {
            click.preventDefault()
            click.stopImmediatePropagation()
          }
          window.addEventListener("click", swallow, { capture: true, once: true })
          begin(place)
        },
        { capture: true, once: true },
      )
    }
  }
}
