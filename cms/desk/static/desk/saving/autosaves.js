// An item's page is kept while it is being written: every few seconds by the server, and at once by the browser.
import { asSent, changesBetween } from "./changes.js"
import { isPassing, isShownWrong, show } from "./notices.js"
import { post } from "./sending.js"

const LOOK = 1000 // milliseconds between looks at whether something has been written
const EVERY = 5000 // and between autosaves
const OF_THE_PAGE = ["key", "page", "base"] // what says which page it is
const BRIEF = 30_000 // bytes that a browser still sends for a page that has gone

export class Autosaves {
  constructor(page, notices, saves) {
    Object.assign(this, { page, notices, saves })
    this.running = null
    this.sentAt = 0
    this.last = null // what the server has kept: the fields, and what it knows them by
    this.turnedDown = null // what the server will not keep, however often it is asked
    setInterval(() => this.look(), LOOK)
    // A tab that is hidden may never be seen again.
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.leave()
      else saves.again()
    })
    window.addEventListener("online", () => (saves.waiting ? saves.again() : this.look()))
    window.addEventListener("beforeunload", (event) => {
      if (page.isLeaving) return
      page.copy()
      if (page.isAtRisk()) event.preventDefault()
    })
  }

  look() {
    const { page, saves } = this
    if (page.isLeaving) return
    saves.tryAgain()
    if (!page.isTouched) return
    page.copy()
    const text = page.text()
    const isSaved = text === page.saved
    const isOff = isSaved ? !page.isAutosaved : [page.kept, this.turnedDown].includes(text)
    if (isSaved && !page.isAutosaved) page.forgetCopy()
    if (isOff || saves.running || this.running) return
    if (Date.now() - this.sentAt >= EVERY) this.send()
    else if (!isSaved && !isShownWrong()) show(gettext("Not saved yet"))
  }

  leave() {
    const { page } = this
    page.copy()
    const text = page.text()
    if (!page.isTouched || page.isLeaving || this.saves.running || [page.kept, page.saved].includes(text)) return
    this.send((values) => (new Blob([...values.values()]).size < BRIEF ? { keepalive: true } : {}))
  }

  send(optionsFor = () => ({})) {
    if (this.running) return
    const { page } = this
    const text = page.text()
    const fields = asSent(page.fields())
    const values = this.valuesOf(fields)
    if (text === page.saved) values.set("forget", "1")
    this.sentAt = Date.now()
    this.running = post(page, page.place.dataset.autosave, values, optionsFor(values))
      .then(({ response, problem }) => (problem ? this.failed(problem, text) : this.answered(response, text, fields)))
      .catch(() => {})
      .finally(() => {
        this.running = null
      })
  }

  // What has changed since the last autosave, or all of it.
  valuesOf(fields) {
    const values = new FormData()
    const changes = changesBetween(this.last?.fields, fields)
    const sent = changes ? fields.filter(([name]) => OF_THE_PAGE.includes(name)) : fields
    for (const [name, value] of sent) values.append(name, value)
    if (!changes) return values
    values.set("since", this.last.since)
    values.set("changes", JSON.stringify(changes.filter(([name]) => !OF_THE_PAGE.includes(name))))
    return values
  }

  failed(problem, text) {
    if (!isPassing(problem)) this.turnedDown = text
    show(this.notices.inShort(problem), true)
    if (problem !== "offline" && !this.saves.waiting && !this.notices.has(".error")) this.notices.complain(problem)
  }

  async answered(response, text, fields) {
    const { page } = this
    const answer = await response.json()
    this.last = answer.since ? { fields, since: answer.since } : null
    if (answer.code === "send-whole") {
      this.sentAt = 0 // what was kept has gone, or is another text
      return
    }
    if (response.ok) {
      page.kept = text
      page.isAutosaved = text !== page.saved
      if (page.text() === text) page.forgetCopy()
    } else {
      this.turnedDown = text
    }
    if (answer.error) show(answer.error, true)
    else if (answer.at) show(interpolate(gettext("Autosaved %s"), [answer.at]))
    else show("")
    if (answer.at) this.tellOfNewer(answer)
    page.form.dispatchEvent(new CustomEvent("desk:autosaved", { detail: answer }))
  }

  // Somebody else has saved what this page goes on from.
  tellOfNewer({ head, by, head_at }) {
    const region = document.querySelector('[data-region="notices"]')
    region.querySelector(".desk-newer")?.remove()
    if (!by) return
    const notice = document.createElement("p")
    notice.className = "desk-notice desk-newer"
    notice.dataset.head = head
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = gettext("Compare")
    button.addEventListener("click", () => this.saves.save("_save"))
    const text = gettext("%(by)s saved a newer text at %(at)s. Yours is kept beside it; nothing is overwritten.")
    notice.append(interpolate(text, { by, at: head_at }, true), " ", button)
    region.append(notice)
  }
}
