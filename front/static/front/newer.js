/**
 * What is new in a list, by the API's `newer`: each item once, late releases and back-dated ones too.
 *
 * Nothing that somebody reads moves. Where the top of the list is on the screen a bar says "3 new stories", and they come
 * when it is pressed. Where it is not, they come at once, above what is read, and the bar leads to them.
 */

import { ask } from "./api.js"
import { persist } from "./offline.js"
import { isSeen, keepingPlace, leadTo } from "./place.js"
import { counted } from "./render.js"

export function start(list) {
  const { section } = list
  const bar = section.querySelector("[data-newer-bar]")
  const button = bar?.querySelector("button")
  if (!section.dataset.newer || !button) return { askNewer() {}, forget() {} }
  const waiting = new Map() // by id: what has come and is not in the list yet
  const above = new Set() // what is in the list, above what is read

  async function askNewer() {
    let address = section.dataset.newer
    while (address) {
      const page = await ask(address, { isFresh: true })
      for (const element of await list.make(page.results)) waiting.set(element.dataset.item, element)
      section.dataset.newer = page.newer
      if (page.results.length) section.dispatchEvent(new CustomEvent("newer", { detail: page.results }))
      address = page.next
    }
    bringIn((element) => list.isLate(element))
    if (!isTopSeen() && isAlone()) for (const element of bringIn(() => true)) putAbove(element)
    showBar()
  }

  /** Put what waits into the list. An item that is on the screen stays where it is, in its new version. */
  function bringIn(isWanted, isStill = true) {
    const elements = [...waiting.values()].filter(isWanted)
    let came = []
    const put = () => {
      for (const element of elements) {
        waiting.delete(element.dataset.item)
        const former = list.find(element.dataset.item)
        if (former && isStill && isSeen(former)) former.replaceWith(element)
        else came = [...came, ...list.insert([element])]
      }
    }
    if (isStill) keepingPlace(put)
    else put()
    for (const element of came) element.querySelector("[data-dot]")?.classList.add("is-new")
    return came
  }

  function isTopSeen() {
    return section.getBoundingClientRect().top > -200
  }

  /** Whether the list has the page's width to itself. Beside others it would push them about. */
  function isAlone() {
    return section.offsetWidth > section.closest("main").offsetWidth * 0.6
  }

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting) leaveAbove(target)
    showBar()
  })

  function putAbove(element) {
    above.add(element)
    seen.observe(element)
  }

  function leaveAbove(element) {
    above.delete(element)
    seen.unobserve(element)
  }

  async function showBar() {
    const text = await counted("live" in section.dataset ? "new_updates" : "new_stories", waiting.size + above.size)
    const isEmpty = !waiting.size && !above.size
    if (!isEmpty && button.textContent !== text) list.say(text)
    button.textContent = text
    if (bar.hidden !== isEmpty) keepingPlace(() => (bar.hidden = isEmpty))
  }

  button.addEventListener("click", () => {
    const isFar = !isTopSeen()
    const came = [...above, ...bringIn(() => true, isFar)]
    came.forEach(leaveAbove)
    bar.hidden = true
    const [first] = came.sort((one, other) => (one.compareDocumentPosition(other) & 4 ? -1 : 1))
    first?.querySelector("a[href]")?.focus({ preventScroll: true })
    if (isFar && first) leadTo(first)
  })

  return {
    askNewer: () => persist(`newer ${section.dataset.part}`, askNewer),
    /** An item that readers no longer have. */
    forget(id) {
      waiting.delete(id)
      for (const element of above) if (element.dataset.item === id) leaveAbove(element)
      if (!bar.hidden) showBar()
    },
  }
}
