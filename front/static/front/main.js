/** The newspaper in a browser. Each script works on what it finds by its `data-` attribute; without them all reads on. */

import * as cards from "./cards.js"
import * as changes from "./changes.js"
import * as keys from "./keys.js"
import * as lists from "./lists.js"
import * as live from "./live.js"
import * as offline from "./offline.js"
import * as player from "./player.js"
import * as search from "./search.js"
import * as share from "./share.js"
import * as story from "./story.js"

function startEach(selector, script) {
  for (const element of document.querySelectorAll(selector)) script.start(element)
}

offline.start()
keys.start()
lists.start()
cards.start()
startEach("[data-live]", live)
startEach("[data-story]", story)
startEach("[data-player]", player)
startEach("[data-share]", share)
startEach("[data-search]", search)
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false
  button.addEventListener("click", () => print())
}
changes.start({ isLive: Boolean(document.querySelector("[data-live][data-state=live]")) })
