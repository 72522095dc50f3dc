// A front as it is being arranged: its containers, what can be done with them, and the way back.

export const LAYOUTS = ["lead", "row", "list", "strip"]
const MOST_STEPS = 100 // that can be undone

// What is pinned has a name on this page: "article:<id>".
export const nameOf = (pin) => {
  const [[kind, value]] = Object.entries("link" in pin ? { [pin.link]: pin } : pin)
  return `${kind}:${value?.id ?? value}`
}

const pinOf = (name) => {
  const [kind, id] = name.split(/:(.*)/s)
  return { [kind]: { link: kind, id } }
}

const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

export const newContainer = (values = {}) => ({
  id: newId(),
  layout: "row",
  title: "",
  link: null,
  pinned: [],
  rule: null,
  count: 4,
  ...values,
})

export class Arrangement extends EventTarget {
  constructor(containers) {
    super()
    this.containers = containers
    this.past = []
    this.future = []
    this.session = null // what is written in one go is one step to undo
  }

  container(id) {
    return this.containers.find((container) => container.id === id)
  }

  // Where something is pinned.
  placeOf(name) {
    for (const container of this.containers) {
      const index = container.pinned.findIndex((pin) => nameOf(pin) === name)
      if (index >= 0) return { container, index }
    }
    return null
  }

  // Do something with a copy of the containers, as one step.
  change(act, { session = null } = {}) {
    const before = this.containers
    const after = structuredClone(before)
    act(after)
    if (JSON.stringify(after) === JSON.stringify(before)) return false
    if (!session || session !== this.session) this.past.push(before)
    this.past.splice(0, this.past.length - MOST_STEPS)
    this.session = session
    this.future = []
    this.become(after)
    return true
  }

  become(containers) {
    this.containers = containers
    this.dispatchEvent(new Event("change"))
  }

  // What another page or a save has made of it: nothing that could be undone.
  replace(containers) {
    this.past = []
    this.future = []
    this.become(containers)
  }

  undo() {
    return this.step(this.past, this.future)
  }

  redo() {
    return this.step(this.future, this.past)
  }

  step(from, to) {
    if (!from.length) return false
    this.session = null
    to.push(this.containers)
    this.become(from.pop())
    return true
  }

  // Pin something at a place; where it was pinned before it goes, since nothing stands twice on a front.
  pin(name, id, index) {
    return this.change((containers) => {
      const target = containers.find((container) => container.id === id)
      if (!target) return
      let at = Math.min(index, target.pinned.length)
      for (const container of containers) {
        const former = container.pinned.findIndex((pin) => nameOf(pin) === name)
        if (former < 0) continue
        container.pinned.splice(former, 1)
        if (container === target && former < at) at -= 1
      }
      target.pinned.splice(at, 0, pinOf(name))
    })
  }

  unpin(name) {
    return this.change((containers) => {
      for (const container of containers) container.pinned = container.pinned.filter((pin) => nameOf(pin) !== name)
    })
  }

  set(id, values, options) {
    return this.change((containers) => {
      Object.assign(
        containers.find((container) => container.id === id),
        values,
      )
    }, options)
  }

  add(container, index) {
    return this.change((containers) => containers.splice(index, 0, container))
  }

  remove(id) {
    return this.change((containers) => {
      const index = containers.findIndex((container) => container.id === id)
      containers.splice(index, 1)
    })
  }

  moveContainer(id, index) {
    return this.change((containers) => {
      const from = containers.findIndex((container) => container.id === id)
      const [container] = containers.splice(from, 1)
      containers.splice(index, 0, container)
    })
  }
}
