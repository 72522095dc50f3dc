// A page of what many share keeps in this browser what is written on it and not saved yet, and offers it to whoever wrote
// it: after a crash, a lost connection, a tab that was closed.
const MARK = "galley.written-on." // with whose it is, and the page's address
const LIFE = 31 * 24 * 3600 * 1000 // milliseconds
const JUST_NOW = 120_000 // milliseconds, that a save may take
const PAUSE = 600 // milliseconds after a change
const FIRST_ACTS = ["keydown", "pointerdown", "beforeinput", "paste", "drop"]
const NO_TEXT = /^(csrfmiddlewaretoken|opened|.*password.*|_.*)$/ // what a page has of itself, or should lie nowhere

const read = (name) => {
  try {
    const copy = JSON.parse(localStorage.getItem(name))
    return copy && Date.now() - copy.at < LIFE ? copy : null
  } catch {
    return null
  }
}

const write = (name, copy) => {
  try {
    localStorage.setItem(name, JSON.stringify(copy))
    return true
  } catch {
    return false // switched off, or full
  }
}

const forget = (name) => {
  try {
    localStorage.removeItem(name)
  } catch {
    // switched off
  }
}

// A save that went through takes with it what was kept of its page, wherever it has led to.
const wasSaved = () => document.querySelector(".messagelist .success") && !document.querySelector(".errornote")

const forgetSaved = () => {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(MARK))
  for (const name of names) {
    const copy = read(name)
    if (!copy || (copy.isSent && Date.now() - copy.at < JUST_NOW && wasSaved())) forget(name)
  }
}

const when = (at) => {
  const moment = new Date(at)
  const isToday = moment.toDateString() === new Date().toDateString()
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
  return moment.toLocaleString(
    document.documentElement.lang,
    isToday ? time : { day: "numeric", month: "short", ...time },
  )
}

const button = (label, className, act) => {
  const made = Object.assign(document.createElement("button"), { type: "button", className, textContent: label })
  made.addEventListener("click", act)
  return made
}

class Kept {
  constructor(place) {
    this.form = place.closest("form")
    this.name = `${MARK}${place.dataset.user}.${location.pathname}`
    this.said = this.form.querySelector(".kept-words")
    this.isLeaving = false
    const isTyped = place.hasAttribute("data-taken-up") || Boolean(document.querySelector(".errornote"))
    this.before = isTyped ? "" : null // until somebody acts, what the page says is what is saved
    for (const name of FIRST_ACTS) {
      this.form.addEventListener(name, () => (this.before ??= this.text()), { capture: true })
    }
    for (const name of ["input", "change"]) {
      this.form.addEventListener(name, () => {
        this.isLeaving = false // a save that was stopped led nowhere
        clearTimeout(this.timer)
        this.timer = setTimeout(() => this.keep(), PAUSE)
      })
    }
    this.form.addEventListener("submit", (event) => {
      if (!event.defaultPrevented) this.keep({ isSent: true })
    })
    window.addEventListener("pagehide", () => this.keep())
    window.desk.isKept = () => this.keep() && !this.hasFiles()
    if (isTyped) this.keep()
    else this.offer()
  }

  fields() {
    return [...new FormData(this.form)].filter(([, value]) => typeof value === "string")
  }

  text(fields = this.fields()) {
    return JSON.stringify(fields.filter(([name]) => !NO_TEXT.test(name)))
  }

  hasFiles() {
    return [...this.form.querySelectorAll('input[type="file"]')].some((field) => field.files.length)
  }

  // Whether the browser has it, or there is nothing to keep.
  keep({ isSent = false } = {}) {
    clearTimeout(this.timer)
    if (this.before === null || this.isLeaving) return true
    const fields = this.fields().filter(([name]) => name === "opened" || !NO_TEXT.test(name))
    if (this.text(fields) === this.before) {
      forget(this.name)
      this.say("")
      return true
    }
    this.isLeaving = isSent
    const isKept = write(this.name, { at: Date.now(), fields, isSent })
    this.say(isKept ? gettext("Not saved yet; kept in this browser") : gettext("Not saved yet"))
    return isKept
  }

  say(text) {
    if (this.said && this.said.textContent !== text) this.said.textContent = text
  }

  offer() {
    const copy = read(this.name)
    if (!copy || this.text(copy.fields) === this.text()) return
    const line = Object.assign(document.createElement("div"), { className: "page-kept" })
    line.setAttribute("role", "status")
    const words = interpolate(gettext("You have unsaved text from %s"), [when(copy.at)])
    line.append(
      Object.assign(document.createElement("p"), { textContent: words }),
      button(gettext("Use this text"), "plain", () => this.takeUp(copy)),
      button(gettext("Discard"), "plain", () => {
        forget(this.name)
        line.remove()
      }),
    )
    this.form.before(line)
  }

  // The server shows the page with it, as if it had just been typed; nothing is saved by that.
  takeUp({ fields }) {
    const sent = Object.assign(document.createElement("form"), { method: "post", hidden: true })
    const token = this.form.elements.csrfmiddlewaretoken
    for (const [name, value] of [...fields, [token.name, token.value], ["_take_up", "1"]]) {
      sent.append(Object.assign(document.createElement("textarea"), { name, value }))
    }
    document.body.append(sent)
    this.isLeaving = true
    sent.submit()
  }
}

forgetSaved()
const place = document.querySelector(".page-keeps")
if (place) new Kept(place)
