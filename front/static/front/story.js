/** A story that is updated or corrected while somebody reads it: a line says so, and the text stays as it is. */

import { ask } from "./api.js"
import * as changes from "./changes.js"
import { persist } from "./offline.js"
import { keepingPlace } from "./place.js"

export function start(article) {
  const { story, url, updated } = article.dataset
  const line = article.querySelector("[data-story-updated]")
  if (!line) return
  const isOfIt = ({ kind, slug, previous_slug: former }) => kind === "article" && [slug, former].includes(story)

  async function look() {
    const { updated_at: now } = await ask(`${url}?fields=updated_at`, { isFresh: true })
    if (Date.parse(now) > Date.parse(updated) && line.hidden) keepingPlace(() => (line.hidden = false))
  }

  // A browser that was led there would show the version that it keeps.
  line.querySelector("a")?.addEventListener("click", (event) => {
    event.preventDefault()
    location.reload()
  })

  changes.follow((rows) => {
    const actions = new Set(rows.filter(isOfIt).map((row) => row.action))
    if (actions.has("updated") || actions.has("published")) persist("story", look).catch(() => {})
  })
}
