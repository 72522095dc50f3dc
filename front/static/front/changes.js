/**
 * What the newsroom changes while a page is open, told to whoever `follow`s: rows of the API's `changes/`, each once, in
 * their order. A page asks every half minute while somebody looks at it. A live story listens to the stream as well, and
 * asks more often where no stream is to be had.
 */

import { addressOf, ask, Refused } from "./api.js"
import { persist } from "./offline.js"

const OFTEN = 30_000
const OFTEN_LIVE = 10_000
const BESIDE_A_STREAM = 60_000 // some proxies hold back what a stream tells
const SELDOM = 300_000
const TOGETHER = 250 // what comes at once is told at once
const ROWS = 1000
const ACTIONS = ["published", "updated", "withdrawn"]

const followers = []
let edition = Number(document.documentElement.dataset.edition) || 0
let untold = []
let isLive = false
let misses = 0
let timer
let stream

export function follow(follower) {
  followers.push(follower)
}

/** The edition that the page is of. A page that was put back as it stood is of an earlier one: see `goBackTo`. */
export function currentEdition() {
  return edition
}

export function goBackTo(former) {
  edition = former
}

function take(rows) {
  const fresh = rows.filter((row) => row.edition > edition)
  if (!fresh.length) return
  edition = fresh.at(-1).edition
  if (!untold.length) setTimeout(tell, TOGETHER)
  untold.push(...fresh)
}

function tell() {
  const rows = untold
  untold = []
  for (const follower of followers) follower(rows)
}

async function askOnce() {
  let page
  do {
    page = await ask(addressOf(`changes/?after=${edition}&page_size=${ROWS}`), { isFresh: true })
    // A page that a browser has kept for weeks: of what has happened since then the last rows are enough.
    if (page.edition - edition > ROWS) edition = page.edition - ROWS
    else take(page.results)
  } while (page.results.length === ROWS)
}

async function askNow() {
  clearTimeout(timer)
  try {
    // Once in vain is no news: a computer that wakes up has no network yet.
    await (misses ? persist("changes", askOnce) : askOnce())
    misses = 0
  } catch (error) {
    misses += 1
    if (error instanceof Refused) await beginAnew()
  }
  const usual = stream ? BESIDE_A_STREAM : isLive ? OFTEN_LIVE : OFTEN
  askIn(Math.min(usual * 2 ** misses, SELDOM))
}

function askIn(milliseconds) {
  clearTimeout(timer)
  timer = setTimeout(askNow, milliseconds)
}

/** The newsroom was restored from a backup: it has fewer editions than this page has seen. */
async function beginAnew() {
  const first = await ask(addressOf("changes/?after=0&page_size=1")).catch(() => null)
  if (first) edition = first.edition
}

function listen() {
  stream = new EventSource(addressOf(`changes/stream/?after=${edition}`))
  for (const action of ACTIONS) stream.addEventListener(action, (event) => take([JSON.parse(event.data)]))
  stream.onerror = () => {
    if (stream?.readyState === EventSource.CLOSED) rest() // refused; a browser tries again by itself otherwise
    askIn(OFTEN_LIVE)
  }
}

function rest() {
  clearTimeout(timer)
  stream?.close()
  stream = null
}

function goOn() {
  rest()
  if (document.hidden) return
  if (isLive) listen()
  askNow()
}

export function start(page) {
  isLive = page.isLive
  document.addEventListener("visibilitychange", goOn)
  addEventListener("online", goOn)
  addEventListener("pagehide", rest)
  addEventListener("pageshow", (event) => event.persisted && goOn())
  if (isLive) listen()
  askIn(isLive ? BESIDE_A_STREAM : OFTEN)
}

/** A live story has ended: it is no longer listened to. */
export function calmDown() {
  isLive = false
  rest()
  askIn(OFTEN)
}
