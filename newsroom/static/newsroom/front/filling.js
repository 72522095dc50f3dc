// What stands in the containers as readers will have them: asked from the server, which fills them by their rules.
import { nameOf } from "./arrangement.js"

const PAUSE = 150 // milliseconds after a change
const AGAIN = 60_000 // and between looks at what the rest of the newsroom has done meanwhile

const ofFilling = (containers) =>
  JSON.stringify(containers.map(({ id, pinned, rule, count }) => [id, pinned, rule, count]))

export class Filling extends EventTarget {
  constructor(arrangement, { address, token, version, first }) {
    super()
    Object.assign(this, { arrangement, address, token, version })
    this.things = {} // what is shown of each thing, by its name
    this.names = {} // what sections and the like are called
    this.found = {} // what each container's rule has found, by the container's id
    this.words = {} // what each container is filled by
    this.moment = null // [what the clock says, which of the two], or now
    this.take(first)
    this.asked = ofFilling(arrangement.containers)
    arrangement.addEventListener("change", () => this.soon())
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.ask())
    setInterval(() => document.visibilityState === "visible" && this.ask(), AGAIN)
  }

  take({ things, names, containers, when = "" }) {
    Object.assign(this.things, things)
    Object.assign(this.names, names)
    for (const { id, found, words } of containers) {
      this.found[id] = found
      this.words[id] = words
    }
    this.when = when
  }

  learn(thing) {
    this.things[thing.name] = thing
  }

  lookAt(moment) {
    this.moment = moment
    return this.ask()
  }

  soon() {
    if (ofFilling(this.arrangement.containers) === this.asked) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.ask(), PAUSE)
  }

  async ask() {
    clearTimeout(this.timer)
    this.running?.abort()
    const mine = (this.running = new AbortController())
    const { containers } = this.arrangement
    const values = new FormData()
    values.set("containers", JSON.stringify(containers))
    const [at, which] = this.moment || []
    if (at) values.set("at", at)
    if (which) values.set("at_which", which)
    for (const [name, value] of Object.entries(this.version())) if (value) values.set(name, value)
    this.asked = ofFilling(containers)
    this.tell("asking")
    try {
      const response = await fetch(this.address, {
        method: "POST",
        body: values,
        headers: { "X-CSRFToken": this.token() },
        credentials: "same-origin",
        redirect: "error",
        signal: mine.signal,
      })
      const answer = await response.json()
      if (mine !== this.running) return
      if (!response.ok) return this.tell("refused", answer.error)
      this.take(answer)
      this.tell("filled")
      if (containers === this.arrangement.containers) this.tell("newer", answer.newer)
      else if (answer.newer) this.ask()
    } catch (error) {
      if (error.name !== "AbortError" && mine === this.running) this.tell("failed")
    }
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }))
  }

  // The cards of a container: what is pinned, in its order, then what its rule finds, as far as there is room.
  cardsOf(container) {
    const pinned = this.pinsOf(container)
    const room = container.count - pinned.filter(({ thing, isOver }) => thing.is_seen && !isOver).length
    const taken = this.taken()
    const free = container.rule ? (this.found[container.id] || []).filter((name) => !taken.has(name)) : []
    return [...pinned, ...free.slice(0, room).map((name) => this.cardOf(name, false))]
  }

  pinsOf({ pinned, count }) {
    let room = count
    return pinned.map((pin) => {
      const card = this.cardOf(nameOf(pin), true)
      if (card.thing.is_seen) {
        card.isOver = room <= 0
        room -= 1
      }
      return card
    })
  }

  // What is pinned anywhere, and shown, no rule finds. What there is no room for a rule may find, and readers see it there.
  taken() {
    const cards = this.arrangement.containers.flatMap((container) => this.pinsOf(container))
    return new Set(cards.filter(({ isOver }) => !isOver).map(({ name }) => name))
  }

  cardOf(name, isPinned) {
    const thing = this.things[name] || { name, kind: name.split(":")[0], headline: "…", is_seen: true }
    return { name, isPinned, thing, isOver: false }
  }
}
