// Saves of an item's page: one at a time, each with the text that is newest when its turn comes.
import { clearErrors, showErrors, takeAddresses, takeChecks, takeFields, takeRegions } from "./answers.js"
import { isPassing, show } from "./notices.js"
import { fetchPage, isJson, parsed, post } from "./sending.js"

const AGAIN = 10_000 // milliseconds between attempts at what did not go through
const STILL_MEANT = 60_000 // what was pressed longer ago than that is not done behind the editor's back

export class Saves {
  constructor(page, notices) {
    Object.assign(this, { page, notices })
    this.autosaves = null // made after this, for it looks at what is saved
    this.running = null
    this.waiting = null // what did not go through and is to be tried again
    this.unanswered = null // what was sent, and may have been done or not
    this.queue = Promise.resolve()
  }

  // Answers whether the page was saved, and is still here.
  save(name, value = "1", rest = {}) {
    const { page, notices, running } = this
    if (page.bar.inert) return Promise.resolve(false) // somebody has taken over: it is asked first who goes on
    if (running?.name === name && [undefined, page.text()].includes(running.text)) return running.done // a double click
    const act = (this.running = { ...rest, name, value, text: undefined })
    this.waiting = null
    page.isTouched = true
    page.bar.setAttribute("aria-busy", "true")
    notices.clear()
    show(gettext("Saving…"))
    act.done = this.queue
      .then(() => this.perform(act))
      .catch((error) => {
        console.error(error)
        notices.tell([gettext("Something went wrong on this page. Reload it: your text is safe.")], "error")
        throw error
      })
      .finally(() => {
        if (this.running !== act) return
        this.running = null
        page.bar.removeAttribute("aria-busy")
      })
    this.queue = act.done.catch(() => {})
    return act.done
  }

  again() {
    if (!this.waiting || this.running) return
    const { name, value, at, wasMeant } = this.waiting
    const isLate = name !== "_save" && Date.now() - at > STILL_MEANT
    this.save(isLate ? "_save" : name, value, { at, wasMeant: isLate || wasMeant })
  }

  tryAgain() {
    if (this.waiting && Date.now() - this.waiting.triedAt > AGAIN) this.again()
  }

  async perform(act) {
    const { page } = this
    await this.autosaves.running
    act.unfound = (await window.deskChoosing?.settled()) || []
    if (page.isLeaving) return false
    // Not before readers without what was to be chosen.
    if (act.unfound.length && act.name !== "_preview") act.name = "_save"
    page.copy()
    act.text = page.text()
    act.sent = new FormData(page.form)
    act.sent.set(act.name, act.value)
    const { response, problem } = (await this.settle(act)) || (await post(page, page.address, act.sent))
    if (["offline", "broken"].includes(problem)) this.unanswered ??= act
    else if (response) this.unanswered = null
    if (problem || !response.ok) return this.failed(act, problem || "untaken")
    if (!isJson(response)) return this.refused(parsed(await response.text()))
    return this.saved(act, await response.json())
  }

  // What was sent and never answered may have been saved all the same. Before another text follows it, it is sent once
  // more, to be saved and nothing else: so the page learns which version it goes on from, and is not its own rival.
  async settle(act) {
    const { page } = this
    if (!this.unanswered || this.unanswered.text === act.text) return null
    const { sent, name } = this.unanswered
    sent.delete(name)
    sent.set("_preview", "1")
    const { response, problem } = await post(page, page.address, sent)
    if (isPassing(problem)) return { problem }
    this.unanswered = null
    if (response?.ok && isJson(response)) {
      const { is_here: isHere, head } = await response.json()
      if (isHere && head) page.field("base").value = head
      act.sent.set("base", page.field("base").value)
    }
    return null
  }

  failed(act, problem) {
    this.notices.complain(problem)
    this.page.copied = null
    this.page.copy()
    const at = act.at || Date.now()
    if (isPassing(problem)) this.waiting = { ...act, at, triedAt: Date.now() }
    return false
  }

  // Something on the page is wrong: it says what.
  refused(there) {
    takeRegions(this.page, there, false)
    const { texts, first } = showErrors(this.page, there)
    this.notices.tellMore([gettext("Not saved: something needs fixing first."), ...texts], "error")
    if (first) window.desk.leadTo(first)
    show(gettext("Not saved"), true)
    this.page.kept = null // it is kept again, and said so, though an autosave may hold it already
    return false
  }

  async saved(act, { to, is_here: isHere, head }) {
    const { page } = this
    if (head && isHere) page.field("base").value = head // else it is not this page's text that stands there
    const isAll = page.text() === act.text
    page.saved = page.kept = act.text
    page.isAutosaved = false
    page.forgetCopy()
    page.copied = null
    if (!isAll) page.copy()
    clearErrors(page)
    if (!isHere) {
      page.isLeaving = true
      location.assign(to)
      return false
    }
    history.replaceState(null, "", to)
    await this.takeOver(act, to)
    this.tellWhatWasLeft(act)
    page.form.dispatchEvent(new Event("desk:saved"))
    return true
  }

  async takeOver(act, address) {
    const { page, notices } = this
    try {
      const { there, place } = await fetchPage(address)
      if (!place) throw new Error("another page")
      const isSameStill = page.text() === act.text
      takeAddresses(page, there)
      takeFields(page, there, act.sent)
      takeRegions(page, there, !there.querySelector(".desk-said :is(.error, .warning)"))
      if (!isSameStill) return
      takeChecks(page, there)
      page.saved = page.kept = page.text()
    } catch {
      const text = gettext("Saved. This page may be out of date: the connection dropped just then.")
      notices.tell([text], "warning")
    }
  }

  tellWhatWasLeft({ unfound, wasMeant }) {
    if (unfound.length) {
      const text = gettext(
        "Saved, and nothing else: “%s” was not found. Choose something, or press again to go ahead without it.",
      )
      this.notices.tell([interpolate(text, [unfound.join(", ")])], "warning")
    }
    if (wasMeant) {
      const text = gettext(
        "Saved once you were back online, and nothing else. Press the button again if you still want it done.",
      )
      this.notices.tell([text], "warning")
    }
  }
}
