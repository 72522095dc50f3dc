/** A search in its own page: what is found takes the place of what was, and the page stays. */

import * as lists from "./lists.js"
import { persist } from "./offline.js"
import { Away } from "./api.js"

export function start(form) {
  const results = () => document.querySelector("[data-search-results]")
  if (!results()) return // another page's search leads to the page of results
  let asked = 0

  async function show(address) {
    const number = (asked += 1)
    const answer = await fetch(address).catch((error) => {
      throw new Away(error.message)
    })
    const page = new DOMParser().parseFromString(await answer.text(), "text/html")
    const found = page.querySelector("[data-search-results]")
    if (!found) return location.assign(address)
    if (number !== asked) return
    document.title = page.title
    results().replaceWith(found)
    lists.startWithin(found)
    found.tabIndex = -1
    found.focus({ preventScroll: true })
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault()
    const address = `${form.action}?${new URLSearchParams(new FormData(form))}`
    persist("search", async () => {
      await show(address)
      if (location.href !== address) history.pushState({ search: true }, "", address)
    })
  })

  addEventListener("popstate", () => {
    form.elements.q.value = new URLSearchParams(location.search).get("q") ?? ""
    persist("search", () => show(location.href))
  })
}
