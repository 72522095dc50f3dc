/**
 * What is said when the news cannot be loaded, and how it goes on by itself: what was asked in vain is asked again, later
 * and later, at once when somebody presses "Try again" or the network is back.
 */

import { Away } from "./api.js"

const SOON = 5_000
const LATE = 120_000

const inVain = new Map()
let wait = SOON
let timer

const notice = () => document.querySelector("[data-offline]")

/** Do something that asks the API. Where it is away say so, and do it again until it is back: `name` once. */
export async function persist(name, act) {
  try {
    const result = await act()
    inVain.delete(name)
    if (!inVain.size) isBack()
    return result
  } catch (error) {
    if (error instanceof Away) {
      inVain.set(name, act)
      isAway()
    } else {
      inVain.delete(name)
      throw error
    }
  }
}

function isAway() {
  const element = notice()
  if (element) element.hidden = false
  clearTimeout(timer)
  timer = setTimeout(tryAgain, wait)
  wait = Math.min(wait * 2, LATE)
}

function isBack() {
  const element = notice()
  if (element) element.hidden = true
  clearTimeout(timer)
  wait = SOON
}

async function tryAgain() {
  clearTimeout(timer)
  if (document.hidden) return
  for (const [name, act] of inVain) await persist(name, act).catch(() => {}) // an answer, if not the one hoped for
}

export function start() {
  notice()
    ?.querySelector("[data-retry]")
    ?.addEventListener("click", () => {
      wait = SOON
      tryAgain()
    })
  addEventListener("online", tryAgain)
  document.addEventListener("visibilitychange", tryAgain)
}
