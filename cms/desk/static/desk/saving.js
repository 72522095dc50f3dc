// An item's page is saved where it stands, and kept by itself while it is being written. What is typed meanwhile, the
// focus and the place on the page stay. Without this script the form works as forms do.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const LOOK = 1000 // milliseconds between looks at whether something has been written
  const EVERY = 5000 // and between autosaves
  const AGAIN = 10_000 // and between attempts at what did not go through
  const STILL_MEANT = 60_000 // what was pressed longer ago than that is not done behind the editor's back

  const place = document.querySelector(".desk-saving")
  const form = place?.closest("form")
  if (!form) return
  const bar = form.querySelector(".desk-bar")
  const said = bar.querySelector(".desk-said")
  const token = form.elements.csrfmiddlewaretoken
  const page = form.elements.page.value
  const { user } = place.dataset

  // What is on the page

  const fields = () => {
    const ofBar = new Set([...bar.querySelectorAll("[name]")].map((field) => field.name))
    return [...new FormData(form)].filter(
      ([name, value]) => typeof value === "string" && name !== token.name && !ofBar.has(name),
    )
  }
  const written = () => JSON.stringify(fields().filter(([name]) => name !== "base"))
  const filesWait = () =>
    [...form.querySelectorAll('input[type="file"]')].some((field) => field.files.length) ||
    Boolean(form.querySelector(".film progress:not([hidden])"))

  // Until somebody writes, what the page says is what is saved, whatever its editors make of it as they start.
  const asShown = (field) => {
    const fresh = field.cloneNode() // a line takes no line breaks, whatever is stored
    fresh.value = field.defaultValue
    return fresh.value
  }
  const wasTyped = [...form.querySelectorAll('textarea, input[type="text"]')].some(
    (field) => field.value !== asShown(field) && field.offsetParent,
  )
  let isTouched = wasTyped || place.hasAttribute("data-taken-up") || Boolean(form.querySelector(".errornote"))
  let saved = isTouched ? null : written()
  let kept = saved // by the server, saved or autosaved
  let copied = saved // by the browser
  let wasKept = place.hasAttribute("data-taken-up") // whether the server has an autosave of this page
  let isLeaving = false

  const touch = () => {
    if (isTouched) return
    saved = kept = copied = written()
    isTouched = true
  }
  for (const name of ["keydown", "pointerdown", "beforeinput", "paste", "drop"]) {
    form.addEventListener(name, touch, { capture: true })
  }

  // What is said

  const show = (text, isWrong = false) => {
    const line = document.querySelector(".desk-kept")
    if (!line) return
    if (line.textContent !== text) line.textContent = text
    line.classList.toggle("is-wrong", isWrong)
  }

  const tell = (lines, level) => {
    const list = document.createElement("ul")
    list.className = "messagelist"
    for (const line of lines) {
      const item = document.createElement("li")
      item.className = level
      item.append(...[line].flat())
      list.append(item)
    }
    said.replaceChildren(list)
  }

  const link = (text, address) => {
    const made = document.createElement("a")
    Object.assign(made, { textContent: text, href: address, target: "_blank" })
    return made
  }

  const problems = {
    offline: () => [
      gettext("Not saved: no connection."),
      gettext("Your text is kept in this browser. It is saved as soon as there is a connection."),
    ],
    broken: () => [
      gettext("Not saved: the server has a fault."),
      gettext("Your text is kept in this browser. It is tried again by itself."),
    ],
    out: () => [
      gettext("Not saved: you are logged out."),
      gettext("Your text is kept in this browser. Log in in a new tab, and go on here: it is saved then."),
      link(gettext("Log in"), place.dataset.login),
    ],
    other: () => [
      gettext("Not saved: somebody else is logged in here now."),
      interpolate(gettext("Your text is kept in this browser. Log in as %s in a new tab, and go on here."), [
        place.dataset.userName,
      ]),
      link(gettext("Log in"), place.dataset.login),
    ],
    refused: () => [
      gettext("Not saved: you may not do that, or not any more."),
      gettext("Your text is kept in this browser."),
    ],
    untaken: () => [
      gettext("Not saved: the server does not take it."),
      gettext("Your text is kept in this browser. Ask whoever looks after the desk."),
    ],
    gone: () => [
      gettext("Not saved: it has been deleted meanwhile."),
      gettext("Your text is kept in this browser. Copy what you need."),
    ],
  }
  const passing = ["offline", "broken", "out", "other"]

  const complain = (problem) => {
    const [short, ...long] = problems[problem]()
    show(short, true)
    tell([[short, " ", ...long.flatMap((part) => [part, " "])]], "error")
  }

  // Sending

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html")

  const fetchPage = async (address) => {
    const response = await fetch(address)
    const there = parsed(await response.text())
    return { response, there, place: there.querySelector(".desk-saving") }
  }

  // After a session has ended, or somebody has logged in anew: a fresh token, or what stands in the way.
  const comeBack = async () => {
    try {
      const found = await fetchPage(location.href)
      if (found.response.status >= 500) return "broken"
      const isIn = found.there.querySelector("#user-tools, .desk-user")
      if (!found.place && found.response.redirected) return isIn ? "gone" : "out"
      if (!found.place) return "refused"
      if (found.place.dataset.user !== user) return "other"
      token.value = found.there.querySelector(".desk-saving").closest("form").elements[token.name].value
      return ""
    } catch {
      return "offline"
    }
  }

  const post = async (address, values, options = {}, isAgain = false) => {
    values.set(token.name, token.value)
    let response
    try {
      response = await fetch(address, {
        method: "POST",
        body: values,
        headers: { "X-Saving": user },
        signal: AbortSignal.timeout(60_000),
        ...options,
      })
    } catch {
      return { problem: "offline" }
    }
    if (response.redirected || response.status === 403) {
      if (isAgain) return { problem: response.redirected ? "out" : "refused" }
      const problem = await comeBack()
      return problem ? { problem } : post(address, values, options, true)
    }
    if (response.status >= 500 || response.status === 429) return { problem: "broken" }
    if (response.status === 404) return { problem: "gone" }
    if (!response.ok && !/json/.test(response.headers.get("Content-Type"))) return { problem: "untaken" }
    return { response }
  }

  // Autosaves

  let keeping = null
  let sentAt = 0
  let turnedDown = null // what the server will not keep, however often it is asked

  const copy = () => {
    const now = written()
    if (!isTouched || now === copied || now === kept || now === saved) return
    if (window.deskCopies.keep(user, page, place.dataset.autosave, fields())) copied = now
  }

  const isKept = () => [saved, kept, copied].includes(written())

  const tellOfNewer = ({ head, by, head_at }) => {
    const region = document.querySelector('[data-region="notices"]')
    region.querySelector(".desk-newer")?.remove()
    if (!by) return
    const notice = document.createElement("p")
    notice.className = "desk-notice desk-newer"
    notice.dataset.head = head
    const button = document.createElement("button")
    button.type = "button"
    button.textContent = gettext("Compare")
    button.addEventListener("click", () => save("_save"))
    const text = gettext("%(by)s saved a newer text at %(at)s. Yours is kept beside it; nothing is overwritten.")
    notice.append(interpolate(text, { by, at: head_at }, true), " ", button)
    region.append(notice)
  }

  const autosave = (options = {}) => {
    if (keeping) return
    const text = written()
    const values = new FormData()
    for (const [name, value] of fields()) values.append(name, value)
    if (text === saved) values.set("forget", "1")
    sentAt = Date.now()
    keeping = post(place.dataset.autosave, values, options)
      .then(async ({ response, problem }) => {
        if (problem) {
          if (!passing.includes(problem)) turnedDown = text
          show(problems[problem]()[0], true)
          if (problem !== "offline" && !waiting && !said.querySelector(".error")) complain(problem)
          return
        }
        const answer = await response.json()
        if (response.ok) {
          kept = text
          wasKept = text !== saved
          if (written() === text) window.deskCopies.forget(user, page)
        } else {
          turnedDown = text
        }
        if (answer.error) show(answer.error, true)
        else if (answer.at) show(interpolate(gettext("Autosaved %s"), [answer.at]))
        else show("")
        if (answer.at) tellOfNewer(answer)
        form.dispatchEvent(new CustomEvent("desk:autosaved", { detail: answer }))
      })
      .catch(() => {})
      .finally(() => {
        keeping = null
      })
  }

  const look = () => {
    if (isLeaving) return
    if (waiting && !running && Date.now() - waiting.triedAt > AGAIN) again()
    if (!isTouched) return
    copy()
    const now = written()
    const isOff = now === saved ? !wasKept : [kept, turnedDown].includes(now)
    if (now === saved && !wasKept) window.deskCopies.forget(user, page)
    if (isOff || running || keeping) return
    if (Date.now() - sentAt >= EVERY) autosave()
    else if (now !== saved && !document.querySelector(".desk-kept.is-wrong")) show(gettext("Not saved yet"))
  }
  setInterval(look, LOOK)

  // A tab that is hidden may never be seen again.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden") {
      if (waiting) again()
      return
    }
    copy()
    const now = written()
    if (isTouched && !isLeaving && !running && now !== kept && now !== saved)
      autosave(new Blob([now]).size < 30_000 ? { keepalive: true } : {})
  })
  window.addEventListener("online", () => (waiting ? again() : look()))
  window.addEventListener("beforeunload", (event) => {
    if (isLeaving) return
    copy()
    if (filesWait() || window.deskChoosing?.isLooking() || (isTouched && !isKept())) event.preventDefault()
  })

  // What comes back takes its place

  const clearErrors = () => {
    for (const list of form.querySelectorAll(".errorlist, .errornote")) list.remove()
    for (const row of form.querySelectorAll(".errors")) row.classList.remove("errors")
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid")
  }

  const takeRegions = (there, isDone) => {
    for (const theirs of there.querySelectorAll("[data-region]")) {
      document.querySelector(`[data-region="${theirs.dataset.region}"]`)?.replaceWith(theirs)
    }
    document.title = there.title
    const path = there.querySelector(".breadcrumbs")
    if (path) document.querySelector(".breadcrumbs")?.replaceWith(path)

    const focused = bar.contains(document.activeElement) ? document.activeElement : null
    const panels = isDone ? [] : [...bar.querySelectorAll("details[open]")].map((panel) => panel.className)
    const values = isDone
      ? []
      : [...bar.querySelectorAll("input, textarea, select")].map((field) => [field.name, field.value])
    const theirs = there.querySelector(".desk-bar")
    said.replaceChildren(...theirs.querySelector(".desk-said").children)
    bar.replaceChildren(said, ...[...theirs.children].filter((child) => !child.matches(".desk-said")))
    for (const [name, value] of values) if (bar.querySelector(`[name="${name}"]`)) form.elements[name].value = value
    for (const name of panels) bar.querySelector(`details[class="${name}"]`)?.setAttribute("open", "")
    if (focused) {
      const own =
        focused.name &&
        [...bar.querySelectorAll("button")].find((button) => button.name === focused.name && button.offsetParent)
      ;(own || bar.querySelector("button.primary, button"))?.focus({ preventScroll: true })
    }
  }

  const plain = (text) => text.replace(/\s+/g, " ").trim()

  // Whether the page shows what is kept of a field. Where somebody else's words were put beside those that were sent,
  // and the editor has gone on writing meanwhile, it does not: the next save must put them together once more.
  const isSeen = (there, sent, name) => {
    const kept = plain(there.querySelector(`form [name="${CSS.escape(name)}"]`)?.value ?? "")
    return kept === plain(sent.get(name) ?? "") || kept === plain(form.elements[name]?.value ?? "")
  }

  // Takes over what the save has made of the fields: a slug, say. What has been typed meanwhile stays as it is.
  const takeFields = (there, sent) => {
    for (const theirs of there.querySelector(".desk-saving").closest("form").elements) {
      const mine = theirs.name && form.elements[theirs.name]
      if (!(mine instanceof Element) || mine === document.activeElement || ["base", "page"].includes(mine.name))
        continue
      if (mine === token) token.value = theirs.value
      if (mine.closest(".inline-group, .desk-bar") || mine.multiple || mine.type === "checkbox" || mine.type === "file")
        continue
      if (mine.matches("[data-django-prose-editor-configurable]")) continue
      if (mine.name.startsWith("initial-") && !isSeen(there, sent, mine.name.slice("initial-".length))) continue
      if (plain(mine.value) !== plain(sent.get(mine.name) ?? "") || plain(mine.value) === plain(theirs.value)) continue
      if (mine.options && ![...mine.options].some((option) => option.value === theirs.value)) continue
      mine.value = theirs.value
    }
    for (const box of form.querySelectorAll('.inline-group tr.form-row td.delete input[type="checkbox"]:checked')) {
      if (sent.has(box.name)) box.closest("tr").hidden = true // saved without it
    }
    for (const row of form.querySelectorAll("[data-only-added] + .inline-group .inline-related:not(.empty-form)")) {
      const inputs = [...row.querySelectorAll("textarea, select, input:not([type=hidden])")]
      const isAsSent = inputs.every((field) => plain(field.value) === plain(sent.get(field.name) ?? ""))
      if (isAsSent) row.querySelector(".inline-deletelink")?.click() // it stands above now
    }
  }

  const takeChecks = (there) => {
    const [mine, theirs] = [form, there].map((root) => root.querySelector(".desk-checks"))
    if (!mine || !theirs) return
    mine.hidden = theirs.hidden
    mine.querySelector(".found").replaceChildren(...theirs.querySelector(".found").childNodes)
  }

  const takeAddresses = (there) => {
    Object.assign(place.dataset, there.querySelector(".desk-saving")?.dataset)
    const [mine, theirs] = [form, there].map((root) => root.querySelector(".desk-checks"))
    if (mine && theirs) mine.dataset.address = theirs.dataset.address
  }

  const showErrors = (there) => {
    clearErrors()
    const texts = []
    let first = null
    for (const list of there.querySelectorAll(".errorlist")) {
      const holder = "td, .form-multiline > div, .form-row"
      const name = list.closest(holder)?.querySelector("[name]")?.name
      const field = name && form.querySelector(`[name="${CSS.escape(name)}"]`)
      const row = field ? field.closest(holder) : null
      if (!row) {
        texts.push(...[...list.children].map((item) => item.textContent))
        continue
      }
      row.prepend(list)
      row.closest(".form-row")?.classList.add("errors")
      field.setAttribute("aria-invalid", "true")
      first ??= row
    }
    const messages = [...said.querySelectorAll("li")]
    tell([gettext("Not saved: something on the page must be put right first."), ...texts], "error")
    said.querySelector("ul").prepend(...messages)
    if (first) window.desk.leadTo(first)
  }

  // Saves: one at a time, each with the text that is newest when its turn comes

  let running = null
  let waiting = null // what did not go through and is to be tried again
  let unanswered = null // what was sent, and may have been done or not
  let queue = Promise.resolve()

  // What was sent and never answered may have been saved all the same. Before another text follows it, it is sent once
  // more, to be saved and nothing else: so the page learns which version it goes on from, and is not its own rival.
  const settle = async (act) => {
    if (!unanswered || unanswered.text === act.text) return null
    const { sent, name } = unanswered
    sent.delete(name)
    sent.set("_preview", "1")
    const { response, problem } = await post(location.pathname + location.search, sent)
    if (passing.includes(problem)) return { problem }
    unanswered = null
    if (response?.ok && /json/.test(response.headers.get("Content-Type"))) {
      const { is_here: isHere, head } = await response.json()
      if (isHere && head) form.elements.base.value = head
      act.sent.set("base", form.elements.base.value)
    }
    return null
  }

  const perform = async (act) => {
    await keeping
    const unfound = (await window.deskChoosing?.settled()) || []
    if (isLeaving) return false
    if (unfound.length && act.name !== "_preview") act.name = "_save" // not before readers without what was to be chosen
    copy()
    act.text = written()
    act.sent = new FormData(form)
    act.sent.set(act.name, act.value)
    const { response, problem } = (await settle(act)) || (await post(location.pathname + location.search, act.sent))
    if (["offline", "broken"].includes(problem)) unanswered ??= act
    else if (response) unanswered = null
    if (problem || !response.ok) {
      complain(problem || "untaken")
      copied = null
      copy()
      const at = act.at || Date.now()
      if (passing.includes(problem)) waiting = { ...act, at, triedAt: Date.now(), isOver: false }
      return false
    }
    if (/html/.test(response.headers.get("Content-Type"))) {
      const there = parsed(await response.text())
      takeRegions(there, false)
      showErrors(there)
      show(gettext("Not saved"), true)
      kept = null // it is kept again, and said so, though an autosave may hold it already
      return false
    }
    const { to, is_here: isHere, head } = await response.json()
    if (head && isHere) form.elements.base.value = head // else it is not this page's text that stands there
    const isAll = written() === act.text
    saved = kept = act.text
    wasKept = false
    window.deskCopies.forget(user, page)
    copied = null
    if (!isAll) copy()
    clearErrors()
    if (!isHere) {
      isLeaving = true
      location.assign(to)
      return false
    }
    history.replaceState(null, "", to)
    try {
      const { there, place: theirs } = await fetchPage(to)
      if (!theirs) throw new Error("another page")
      const sameStill = written() === act.text
      takeAddresses(there)
      takeFields(there, act.sent)
      takeRegions(there, !there.querySelector(".desk-said :is(.error, .warning)"))
      if (sameStill) {
        takeChecks(there)
        saved = kept = written()
      }
    } catch {
      tell([gettext("Saved. What is said here may be out of date: the connection was lost just then.")], "warning")
    }
    if (unfound.length) {
      const text = gettext(
        "Saved, but nothing more was done: nothing was found for “%s”. Choose something, or press again to go on without it.",
      )
      tell([interpolate(text, [unfound.join(", ")])], "warning")
    }
    if (act.wasMeant) {
      const text = gettext(
        "Saved, after the connection was back. What you had pressed was not done any more: press it again if you still want it.",
      )
      tell([text], "warning")
    }
    form.dispatchEvent(new Event("desk:saved"))
    return true
  }

  // Answers whether the page was saved, and is still here.
  const save = (name, value = "1", rest = {}) => {
    if (bar.inert) return Promise.resolve(false) // somebody has taken over: it is asked first who goes on
    if (running?.name === name && [undefined, written()].includes(running.text)) return running.done // a double click
    const act = (running = { ...rest, name, value, text: undefined })
    waiting = null
    isTouched = true
    bar.setAttribute("aria-busy", "true")
    said.replaceChildren()
    show(gettext("Saving…"))
    act.done = queue
      .then(() => perform(act))
      .catch((error) => {
        console.error(error)
        tell([gettext("Something went wrong on this page. Load it again: your text is kept.")], "error")
        throw error
      })
      .finally(() => {
        if (running !== act) return
        running = null
        bar.removeAttribute("aria-busy")
      })
    queue = act.done.catch(() => {})
    return act.done
  }

  const again = () => {
    if (!waiting || running) return
    const { name, value, at } = waiting
    const isLate = name !== "_save" && Date.now() - at > STILL_MEANT
    save(isLate ? "_save" : name, value, { at, wasMeant: isLate || waiting.wasMeant })
  }

  // On the document, after all that the form itself may have against it.
  document.addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return
    event.preventDefault()
    save(event.submitter?.name || "_save", event.submitter?.value || "1")
  })
  form.addEventListener("click", (event) => {
    // The second half of a double click may meet another button: the bar has changed under it.
    if (event.detail > 1 && event.target.closest('button[type="submit"]')) event.preventDefault()
    const quick = event.target.closest("[data-fills]")
    if (!quick) return
    const field = document.getElementById(quick.dataset.fills)
    field.value = quick.dataset.moment
    field.dispatchEvent(new Event("input", { bubbles: true }))
  })
  // What went well is said until the editor goes on.
  form.addEventListener("input", (event) => {
    if (!bar.contains(event.target) && said.querySelector("li") && !said.querySelector(".error, .warning") && !running)
      said.replaceChildren()
  })

  // What the server has already, done by a button of its own, is nothing that its editor has written.
  const follow = (change) => {
    const isSaved = written() === saved
    change()
    if (isSaved) saved = kept = copied = written()
  }

  window.deskSaving = { save, follow }
})
