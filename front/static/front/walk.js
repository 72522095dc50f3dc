/**
 * The way back. Who has pressed "Show more", opened a story and comes back finds the list as it stood, at its place. Most
 * browsers keep the page itself; for the rest it is kept here, for as long as the tab is open.
 */

import * as changes from "./changes.js"

const PREFIX = "walk "

/** Puts the lists of the page back as they stood, and has them kept when the page is left. */
export function start(allLists) {
  const lists = allLists()
  const [entry] = performance.getEntriesByType("navigation")
  const name = history.state?.walk
  const kept = name && entry?.type === "back_forward" ? take(name) : null
  if (kept?.lists.length === lists.length) putBack(lists, kept)
  else if (name) forget()
  addEventListener("pagehide", () => keep(allLists()))
}

/** From now on there is something to come back to. */
export function begin() {
  if (history.state?.walk) return
  history.replaceState({ ...history.state, walk: PREFIX + Date.now().toString(36) }, "")
  history.scrollRestoration = "manual"
}

/** Loaded again, a page begins anew. */
function forget() {
  history.replaceState({ ...history.state, walk: undefined }, "")
  history.scrollRestoration = "auto"
}

function keep(lists) {
  const name = history.state?.walk
  if (!name) return
  const kept = { edition: changes.currentEdition(), top: scrollY, lists: lists.map(asKept) }
  try {
    sessionStorage.setItem(name, JSON.stringify(kept))
  } catch {
    // There is no more room: what was kept of other walks goes.
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key)
  }
}

function asKept({ items, section, late }) {
  const { next, newer } = section.dataset
  return { html: items.innerHTML, next, newer, late: late.map((element) => element.outerHTML) }
}

function take(name) {
  try {
    return JSON.parse(sessionStorage.getItem(name))
  } catch {
    return null
  }
}

function putBack(lists, { edition, top, lists: kept }) {
  for (const [number, list] of lists.entries()) list.putBack(kept[number])
  changes.goBackTo(edition)
  history.scrollRestoration = "manual"
  scrollTo({ top, behavior: "instant" })
}
