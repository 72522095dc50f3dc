/** A search in its own page: what is found takes the place of what was, and the page stays. */

import * as lists from "./lists.js"
import { persist } from "./offline.js"
import { Away } from "./api.js"

const PATIENCE = 20_000

export function start(form) {
  const results = () => document.querySelector("[data-search-results]")
  if (!results()) return // another page's search leads to the page of results
  let asked = 0
  let shown = pathOf(location.href)

  async function show(address) {
    const number = (asked += 1)
    results().setAttribute("aria-busy", "true")
    const page = await pageAt(address)
    if (number !== asked) return // somebody has searched for something else meanwhile
    const found = page.querySelector("[data-search-results]")
    if (!found) return location.assign(address)
    shown = pathOf(address)
    document.title = page.title
    results().replaceWith(found)
    lists.startWithin(found)
    const said = found.querySelector("h2, .nothing") ?? found
    said.tabIndex = -1
    said.focus({ preventScroll: true })
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`
    persist("search", async () => {
      await show(address)
      if (shown === pathOf(address) && location.href !== address) history.pushState({ search: true }, "", address)
    })
  })

  addEventListener("popstate", () => {
    if (pathOf(location.href) === shown) return // another place of the same page
    form.elements.q.value = new URLSearchParams(location.search).get("q") ?? ""
    persist("search", () => show(location.href))
  })
}

async function pageAt(address) {
  try {
    const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) })
    return new DOMParser().parseFromString(await answer.text(), "text/html")
  } catch (error) {
    throw new Away(error.message)
  }
}

function pathOf(address) {
  const { pathname, search } = new URL(address, location.href)
  return pathname + search
}
