/** HTML of an item from its JSON, as the server writes it: with its templates, its words, its places. */

import { ask } from "./api.js"
import { View } from "./view.js"

/** In which place of a page the picture of an item stands, by the part that makes it. As in front/pages/lists.py. */
const PLACES = { feed_item: "small", list_item: "list", search_item: "list", update: "text", card: "row" }
/** As the server spells them. */
const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }
let loading = null

/** What is needed to make HTML, loaded once. A load that failed is tried again by whoever asks next. */
function load() {
  loading ??= Promise.all([fetchPaper(), import("./libraries/mustache.mjs")])
    .then(([paper, { default: mustache }]) => {
      mustache.escape = (text) => String(text).replace(/[&<>"']/g, (letter) => ESCAPES[letter])
      return { paper, mustache, view: new View(paper) }
    })
    .catch((problem) => {
      loading = null
      throw problem
    })
  return loading
}

async function fetchPaper() {
  const response = await fetch(document.documentElement.dataset.parts)
  if (!response.ok) throw new Error(`${response.status}`)
  return response.json()
}

/** One item of a list, or any other part of a page. `options`: {place, now} where another than the usual is wanted. */
export async function render(part, item, { place = PLACES[part] } = {}) {
  const { paper, mustache, view } = await load()
  const shown = place ? view.item(await withLive(item), place) : item
  return mustache.render(paper.templates[part], { ...shown, words: paper.words }, paper.templates).trim()
}

/** A live story with whether it has ended: lists do not tell, and it is to be asked for by itself. */
async function withLive(item) {
  if (item.genre !== "live" || "live" in item) return item
  const story = await ask(`${item.url}?fields=live.state`).catch(() => null) // it is taken for one that goes on
  return { ...item, live: story?.live ?? null }
}

/** A key event of a live story, whose update stands on the page, or where else `href` says. */
export async function keyEvent(event, href = `#update-${event.id}`) {
  const hour = await hourOf(event.published_at)
  return render("key_event", { ...event, hour, href })
}

/** The line that says whether a story is told as it happens, and when it last was. */
export async function liveState(isLive, updatedAt) {
  return render("live_state", { is_live: isLive, updated_at: updatedAt, hour: await hourOf(updatedAt) })
}

export const words = async () => (await load()).paper.words
const hourOf = async (iso) => (await load()).view.hour(iso)

/** "3 new stories": `counted("new_stories", 3)`, in the page's language. */
export async function counted(name, number) {
  const { paper } = await load()
  const forms = paper.words[name]
  const form = new Intl.PluralRules(paper.language).select(number)
  return (forms[form] ?? forms.other).replace("{n}", number)
}
