/** A live story: whether it goes on, when it was last told of, and its key events, as soon as they are there. */

import { ask } from "./api.js"
import * as changes from "./changes.js"
import { elementOf } from "./list.js"
import { persist } from "./offline.js"
import { keepingPlace } from "./place.js"
import { keyEvent, liveState } from "./render.js"

export function start(section) {
  const { about, url } = section.dataset
  const isOfIt = ({ kind, slug, previous_slug: former }) => kind === "blurb" || [slug, former].includes(about)
  const look = () => persist("live", () => showState(section, url))
  changes.follow((rows) => rows.some(isOfIt) && look())
  for (const list of document.querySelectorAll("[data-key-events]")) {
    list.addEventListener("click", ({ target }) => bringIn(section, target.closest("a[href^='#']")))
  }
  section.addEventListener("newer", ({ detail: rows }) => {
    section.dataset.latest = latest([section.dataset.latest ?? "", ...rows.map((row) => row.updated_at)])
    look()
  })
}

/** What a key event leads to may be new, and wait behind the bar above the updates. */
function bringIn(section, link) {
  if (link && !document.getElementById(link.hash.slice(1))) section.querySelector("[data-newer-bar] button")?.click()
}

/** Where a key event led until now: one that is told further down, which has not been loaded yet, has its own page. */
function addressOf({ id }) {
  const former = document.querySelector(`[data-event="${CSS.escape(id)}"] a`)
  return document.getElementById(`update-${id}`) ? undefined : (former?.getAttribute("href") ?? undefined)
}

/** Times as the API writes them stand in their order as texts do. */
function latest(times) {
  return times.reduce((one, other) => (other > one ? other : one), "")
}

async function showState(section, url) {
  const story = await ask(`${url}?fields=live,updated_at`, { isFresh: true })
  if (!story.live) return
  const isLive = story.live.state === "live"
  const shown = [...section.querySelectorAll("[data-updated]")].map((item) => item.dataset.updated)
  const state = await liveState(isLive, latest([story.updated_at, section.dataset.latest ?? "", ...shown]))
  const events = await Promise.all(story.live.key_events.map((event) => keyEvent(event, addressOf(event))))
  keepingPlace(() => {
    for (const line of document.querySelectorAll("[data-live-state]")) line.innerHTML = state
    for (const list of document.querySelectorAll("[data-key-events]")) {
      list.replaceChildren(...events.map(elementOf))
      list.closest("section").hidden = !events.length
    }
  })
  if (story.live.state === section.dataset.state) return
  section.dataset.state = story.live.state
  if (!isLive) changes.calmDown()
}
