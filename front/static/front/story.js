/**
 * A story, a film or a blurb that is changed or withdrawn while somebody reads it: a line says so, and the text stays as
 * it is.
 */

import { ask, Refused } from "./api.js"
import * as changes from "./changes.js"
import { persist } from "./offline.js"
import { keepingPlace } from "./place.js"

export function start(article) {
  const { kind, story, url, updated } = article.dataset
  const line = article.querySelector("[data-story-updated]")
  if (!line) return
  const isOfIt = (row) => row.kind === kind && [row.id, row.slug, row.previous_slug].includes(story)

  function show(name) {
    for (const text of line.querySelectorAll("[data-when]")) text.hidden = text.dataset.when !== name
    if (line.hidden) keepingPlace(() => (line.hidden = false))
  }

  async function look() {
    try {
      const { updated_at: now } = await ask(`${url}?fields=updated_at`, { isFresh: true })
      if (Date.parse(now) > Date.parse(updated)) show("updated")
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.status === 410) show("withdrawn")
    }
  }

  // A browser that was led there would show the version that it keeps.
  for (const link of line.querySelectorAll("a")) {
    link.addEventListener("click", (event) => {
      event.preventDefault()
      location.reload()
    })
  }

  changes.follow((rows) => rows.some(isOfIt) && persist("story", look))
}
