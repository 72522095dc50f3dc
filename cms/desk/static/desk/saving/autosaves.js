// An item's page is kept while it is being written: every few seconds by the server, and at once by the browser.
import { isPassing, isShownWrong, show } from "./notices.js"
import { post } from "./sending.js"

const LOOK = 1000 // milliseconds between looks at whether something has been written
const EVERY = 5000 // and between autosaves
const BRIEF = 30_000 // bytes that a browser still sends for a page that has gone

export class Autosaves {
  constructor(page, notices, saves) {
    Object.assign(this, { page, notices, saves })
    this.running = null
    this.sentAt = 0
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
    this.send(new Blob([text]).size < BRIEF ? { keepalive: true } : {})
  }

  send(options = {}) {
    if (this.running) return
    const { page } = this
    const text = page.text()
    const values = new FormData()
    for (const [name, value] of page.fields()) values.append(name, value)
    if (text === page.saved) values.set("forget", "1")
    this.sentAt = Date.now()
    this.running = post(page, page.place.dataset.autosave, values, options)
      .then(({ response, problem }) => (problem ? this.failed(problem, text) : this.answered(response, text)))
      .catch(() => {})
      .finally(() => {
        this.running = null
      })
  }

  failed(problem, text) {
    if (!isPassing(problem)) this.turnedDown = text
    show(this.notices.inShort(problem), true)
    if (problem !== "offline" && !this.saves.waiting && !this.notices.has(".error")) this.notices.complain(problem)
  }

  async answered(response, text) {
    const { page } = this
    const answer = await response.json()
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
