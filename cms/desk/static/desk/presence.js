// Tells that this page is there, and shows who else has the same thing open.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const OFTEN = 5000 // milliseconds between two beats of a page that is looked at
  const SELDOM = 60_000 // and of one in the background

  const place = document.getElementById("desk-presence")
  const form = document.querySelector(".desk.change-form #content-main form[method=post]:has(.desk-bar)")
  if (!place || !form) return
  const say = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name])
  // A random name, without crypto.randomUUID, which a desk without https does not have.
  const random = [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("")

  let hasWritten = false
  let isTaken = false
  let shown = ""
  let timer = 0
  let number = 0

  // A new item has its address from its first save on.
  const address = () =>
    /\/change\/$/.test(location.pathname) ? location.pathname.replace(/change\/$/, "presence/") : ""

  const values = (said) => {
    const sent = new FormData()
    sent.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value)
    sent.set("page", random)
    if (document.visibilityState === "hidden") sent.set("hidden", "1")
    for (const name of said) sent.set(name, "1")
    return sent
  }

  const button = (label, act) => {
    const made = document.createElement("button")
    made.type = "button"
    made.textContent = label
    made.addEventListener("click", act)
    return made
  }

  const line = (text, isAlarm, ...buttons) => {
    const made = document.createElement("p")
    made.classList.toggle("is-taken", isAlarm)
    const said = document.createElement("span")
    said.textContent = text
    made.append(said, ...buttons)
    return made
  }

  const told = (other) => {
    const values = { name: other.name, since: other.since }
    if (other.isMe) return say(gettext("You have this open on another page too, since %(since)s."), values)
    if (other.waits) return say(gettext("%(name)s has this open too, and is waiting."), values)
    if (other.isWriting) return say(gettext("%(name)s is writing here, and has had it open since %(since)s."), values)
    return say(gettext("%(name)s has this open too, since %(since)s."), values)
  }

  const dialog = document.getElementById("desk-take-over")
  dialog?.addEventListener("close", () => {
    if (dialog.returnValue === "take") beat("take")
    dialog.returnValue = ""
  })

  const show = (answer) => {
    isTaken = Boolean(answer.taken)
    const bar = form.querySelector(".desk-bar")
    if (bar) bar.inert = isTaken
    const now = JSON.stringify(answer)
    if (now === shown) return // what has not changed is not read aloud again
    shown = now
    if (isTaken) {
      const text = say(
        gettext(
          "%(by)s has taken over this story, at %(at)s. What you have written stays here and is kept. Choose before you save:",
        ),
        answer.taken,
      )
      const back = button(gettext("Take it back"), () => beat("take"))
      const stay = button(gettext("Go on here too"), () => beat("stay"))
      place.replaceChildren(line(text, true, back, stay))
      return
    }
    const lines = answer.others.map((other) => line(told(other), false))
    if (lines.length && dialog && answer.others.some((other) => !other.waits)) {
      lines.at(-1).append(button(gettext("Take over"), () => dialog.showModal()))
    }
    place.replaceChildren(...lines)
  }

  const beat = async (...said) => {
    window.clearTimeout(timer)
    const mine = (number += 1)
    const where = address()
    if (where) {
      if (hasWritten) said.push("writing")
      hasWritten = false
      try {
        const answer = await fetch(where, { method: "POST", body: values(said), credentials: "same-origin" })
        // Only the answer to what was asked last is shown: an older one may have been overtaken.
        if (answer.ok && !answer.redirected && mine === number) show(await answer.json())
      } catch {
        // No connection: the next beat tells again.
      }
    }
    if (mine === number) timer = window.setTimeout(() => beat(), document.visibilityState === "hidden" ? SELDOM : OFTEN)
  }

  const leave = () => {
    window.clearTimeout(timer)
    number += 1
    if (address()) navigator.sendBeacon(address(), values(["gone"]))
  }

  form.addEventListener("input", () => {
    hasWritten = true
  })
  // What was taken over waits, whatever would send it: a button, Enter, a shortcut.
  window.addEventListener(
    "submit",
    (event) => {
      if (!isTaken || event.target !== form) return
      event.preventDefault()
      event.stopImmediatePropagation()
      place.querySelector("button")?.focus()
    },
    { capture: true },
  )
  document.addEventListener("visibilitychange", () => beat())
  window.addEventListener("pagehide", leave)
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) beat()
  })
  beat()
})
