/** The lists of a page: "Show more", what is new, what has changed, and the way back. */

import { ask } from "./api.js"
import * as changes from "./changes.js"
import { List } from "./list.js"
import * as more from "./more.js"
import * as newer from "./newer.js"
import * as walk from "./walk.js"

const LISTED = ["article", "blurb", "video"]

let lists = []

/** Those of the whole page, as they stood where somebody comes back to it. */
export function start() {
  lists = within(document)
  walk.start(() => lists)
  lists.forEach(startOne)
}

/** Those in a part of the page that has just come, in place of others. */
export function startWithin(element) {
  const added = within(element)
  lists = [...lists.filter((list) => list.section.isConnected), ...added]
  added.forEach(startOne)
}

function within(root) {
  return [...root.querySelectorAll("[data-feed]")].map((section) => new List(section))
}

function startOne(list) {
  more.start(list)
  const news = newer.start(list)
  changes.follow((rows) => keepUp(list, news, rows))
}

function keepUp(list, news, rows) {
  if (!list.section.isConnected) return
  const listed = lastOfEach(rows.filter((row) => LISTED.includes(row.kind)))
  for (const { action, id, url } of listed) {
    if (action === "withdrawn") {
      news.forget(id)
      list.remove(id)
    } else if (list.has(id)) {
      refresh(list, url)
    }
  }
  if (listed.length) news.askNewer()
}

/** What became of each thing in the end, in the order in which it happened. */
function lastOfEach(rows) {
  return [...new Map(rows.map((row) => [row.id, row])).values()]
}

/** An item that stands here has another text. Where it can't be had just now, it stays as it is. */
async function refresh(list, url) {
  if (list.section.dataset.part === "search_item") return
  const row = await ask(url, { isFresh: true }).catch(() => null)
  if (row) for (const element of await list.make([row])) list.replace(element)
}
