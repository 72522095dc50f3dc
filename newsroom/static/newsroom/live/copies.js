// What is being written and was not sent yet, kept by the browser for whoever writes it: a crash loses none of it.
const KEPT = 7 * 24 * 3600 * 1000 // milliseconds

const nameOf = (user, story, update) => `galley.update.${user}.${story}.${update}`

// Those of one story whose names begin so, the oldest first.
export const copiesOf = (user, story, start) => {
  const whole = nameOf(user, story, start)
  const names = Object.keys(localStorage).filter((name) => name.startsWith(whole))
  const copies = names.map((name) => new Copy(user, story, start + name.slice(whole.length)))
  const read = copies.map((copy) => ({ copy, at: copy.read()?.at })).filter(({ at }) => at)
  return read.sort((one, other) => one.at - other.at).map(({ copy }) => copy)
}

export class Copy {
  constructor(user, story, update) {
    this.name = nameOf(user, story, update)
  }

  read() {
    try {
      const copy = JSON.parse(localStorage.getItem(this.name))
      return copy && Date.now() - copy.at < KEPT ? copy : null
    } catch {
      return null
    }
  }

  // Whether it could be kept.
  keep(values) {
    try {
      localStorage.setItem(this.name, JSON.stringify({ ...values, at: Date.now() }))
      return true
    } catch {
      return false // switched off, or full
    }
  }

  forget() {
    try {
      localStorage.removeItem(this.name)
    } catch {
      // switched off
    }
  }
}

// A random id, without crypto.randomUUID, which a desk without https does not have.
export const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")
}
