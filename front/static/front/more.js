/** "Show more": the next page of a walk, at the end of the list. Without this script it is a link to that page. */

import { ask, Refused } from "./api.js"
import { persist } from "./offline.js"
import { counted, words } from "./render.js"
import * as walk from "./walk.js"

export function start(list) {
  const link = list.section.querySelector("[data-more]")
  if (!link) return
  let isBusy = false
  pointTo(link, list.next)

  async function showMore() {
    const page = await ask(list.next)
    const elements = await list.make(page.results)
    list.next = page.next
    const came = list.append(elements)
    pointTo(link, page.next)
    walk.begin()
    const { no_more: noMore } = await words()
    list.say(`${await counted("shown", came.length)}${page.next ? "" : `. ${noMore}`}`)
    first(came)?.focus({ preventScroll: true })
  }

  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !list.next) return
    event.preventDefault()
    if (isBusy) return
    isBusy = true
    link.setAttribute("aria-busy", "true")
    try {
      await persist(`more of ${list.section.dataset.next}`, showMore)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      location.assign(link.href) // the page of the server knows what to say
    } finally {
      isBusy = false
      link.removeAttribute("aria-busy")
    }
  })
}

/** Where the link leads for whoever opens it in another tab; nowhere at the end. */
function pointTo(link, next) {
  link.hidden = !next
  if (!next) return
  const address = new URL(link.href)
  const cursor = new URL(next).searchParams.get("cursor")
  if (cursor) address.searchParams.set("cursor", cursor) // none: it goes on below a front
  link.href = address.href
}

/** What a keyboard goes on from: the first link of the first item that came, or the item itself. */
function first([element]) {
  if (!element) return null
  const link = element.querySelector("a[href], button")
  if (!link) element.tabIndex = -1
  return link ?? element
}
