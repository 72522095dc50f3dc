/**
 * Cards outside of lists: on a front, in a story, below it. What is withdrawn goes at once. What has changed, and what
 * stands in its place now, comes from the page as the server makes it anew.
 */

import { Away } from "./api.js"
import * as changes from "./changes.js"
import { persist } from "./offline.js"
import { keepingPlace } from "./place.js"

const PATIENCE = 20_000

export function start() {
  changes.follow((rows) => {
    const shown = rows.filter(({ id }) => cards(document, id).length)
    if (!shown.length) return
    const names = new Set(shown.flatMap(({ id }) => cards(document, id).map(nameOf)))
    for (const { action, id } of shown) if (action === "withdrawn") takeAway(id)
    persist("cards", () => bringUpToDate(shown, names)).catch(() => {}) // it stays as it is
  })
}

function cards(root, id) {
  return [...root.querySelectorAll(`[data-card="${CSS.escape(id)}"]`)]
}

/** The name of the group that a card stands in, if it is in one. */
function nameOf(card) {
  return card.closest("[data-cards]")?.dataset.cards
}

function group(root, name) {
  return root.querySelector(`[data-cards="${CSS.escape(name)}"]`)
}

/** Take away what readers no longer have, and the heading of a group in which nothing is left. */
function takeAway(id) {
  for (const card of cards(document, id)) {
    const left = card.closest("[data-cards]")
    keepingPlace(() => card.remove(), [card])
    if (left && !left.querySelector("[data-card]")) left.hidden = true
  }
}

async function bringUpToDate(rows, names) {
  const page = await pageMadeAnew()
  const edition = Math.max(...rows.map((row) => row.edition))
  if (!page || Number(page.documentElement.dataset.edition) < edition) return // one that a cache has kept
  const pairs = [...document.querySelectorAll("[data-cards]")].map((each) => [each, group(page, each.dataset.cards)])
  const changed = pairs.filter(([former]) => names.has(former.dataset.cards))
  // Nothing stands twice on a front: where one group has moved up, those below it have too.
  const all = changed.every(([former, fresh]) => isOfTheSame(former, fresh)) ? changed : pairs
  for (const [former, fresh] of all) exchangeGroup(former, fresh)
  for (const { id } of rows) {
    for (const card of cards(document, id)) if (!nameOf(card)) exchange(card, counterpart(page, card))
  }
}

/** The page that is open, as it is now; none where it is not to be had. */
async function pageMadeAnew() {
  const asked = { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE) }
  try {
    const answer = await fetch(location.href, asked)
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null
  } catch (error) {
    throw new Away(error.message)
  }
}

function counterpart(page, card) {
  return cards(page, card.dataset.card).find((other) => other.className === card.className) ?? card
}

function cardsIn(each) {
  return [...(each?.querySelectorAll("[data-card]") ?? [])]
}

function isOfTheSame(former, fresh) {
  const [old, now] = [former, fresh].map((each) => cardsIn(each).map((card) => card.dataset.card))
  return old.join() === now.join()
}

/** Where the same cards stand in a group, each is seen to by itself; where others do, all of it is another's. */
function exchangeGroup(former, fresh) {
  if (!isOfTheSame(former, fresh)) return exchange(former, fresh)
  const now = cardsIn(fresh)
  for (const [n, card] of cardsIn(former).entries()) exchange(card, now[n])
}

/** Put one element in another's place: what is read stays where it is, and a keyboard on what it stands on. */
function exchange(former, fresh) {
  if (!former || former.outerHTML === fresh?.outerHTML) return
  const focused = former.contains(document.activeElement) && document.activeElement.getAttribute("href")
  const copy = fresh && document.importNode(fresh, true)
  keepingPlace(() => (copy ? former.replaceWith(copy) : former.remove()), [former])
  if (focused) copy?.querySelector(`[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true })
}
