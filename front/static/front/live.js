/** A live story: whether it goes on, when it was last told of, and its key events, as soon as they are there. */

import { ask } from "./api.js"
import * as changes from "./changes.js"
import { elementOf } from "./list.js"
import { persist } from "./offline.js"
import { keepingPlace } from "./place.js"
import { render } from "./render.js"

export function start(section) {
  const { about, url } = section.dataset
  const isOfIt = ({ kind, slug, previous_slug: former }) => kind === "blurb" || [slug, former].includes(about)
  changes.follow((rows) => rows.some(isOfIt) && persist("live", () => showState(section, url)))
}

async function showState(section, url) {
  const story = await ask(`${url}?fields=live,updated_at`, { isFresh: true })
  if (!story.live) return
  const state = await render("live_state", story)
  const events = await Promise.all(story.live.key_events.map((event) => render("key_event", event)))
  keepingPlace(() => {
    for (const line of document.querySelectorAll("[data-live-state]")) line.innerHTML = state
    for (const list of document.querySelectorAll("[data-key-events]")) list.replaceChildren(...events.map(elementOf))
  })
  if (story.live.state === section.dataset.state) return
  section.dataset.state = story.live.state
  if (story.live.state === "ended") changes.calmDown()
}
