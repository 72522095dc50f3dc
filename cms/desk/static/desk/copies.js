// What was written and the server never got, kept by the browser for whoever wrote it. The next page of the desk that
// they open brings it to the server, which offers it again; nobody else who uses this browser is shown any of it.
const MARK = "galley.written."
const KEPT = 31 * 24 * 3600 * 1000 // milliseconds

const nameOf = (user, page) => `${MARK}${user}.${page}`

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name))
  } catch {
    return null
  }
}

// Pages that are open in some tab now: their text is not lost. (Without HTTPS the browser does not tell.)
const openPages = async () => {
  const held = navigator.locks ? (await navigator.locks.query()).held : []
  return new Set(held.filter((lock) => lock.name.startsWith(MARK)).map((lock) => lock.name))
}

const parsed = async (response) => new DOMParser().parseFromString(await response.text(), "text/html")

// Whether it could be kept.
export const keepCopy = (user, page, address, fields) => {
  try {
    localStorage.setItem(nameOf(user, page), JSON.stringify({ at: Date.now(), address, fields }))
    return true
  } catch {
    return false // switched off, or full
  }
}

export const forgetCopy = (user, page) => {
  try {
    localStorage.removeItem(nameOf(user, page))
  } catch {
    // switched off
  }
}

// Tells other tabs that this page is open.
const holdOpen = (user, page) => {
  navigator.locks?.request(nameOf(user, page), () => new Promise(() => {}))
}

const send = async (name, token, user) => {
  const copy = read(name)
  if (!copy || Date.now() - copy.at > KEPT) {
    localStorage.removeItem(name)
    return false
  }
  const values = new FormData()
  for (const [field, value] of copy.fields) values.append(field, value)
  values.set("csrfmiddlewaretoken", token)
  values.set("age", Math.max(0, Math.round((Date.now() - copy.at) / 1000)))
  const answer = await fetch(copy.address, {
    method: "POST",
    body: values,
    headers: { "X-Saving": user },
    redirect: "error",
  })
  if (answer.ok) localStorage.removeItem(name)
  return answer.ok
}

const bring = async (holder) => {
  const own = nameOf(holder.dataset.user, "")
  const open = await openPages()
  const names = Object.keys(localStorage).filter((name) => name.startsWith(own) && !open.has(name))
  const token = document.querySelector('[name="csrfmiddlewaretoken"]').value
  let isNew = false
  for (const name of names) isNew = (await send(name, token, holder.dataset.user)) || isNew
  if (isNew) {
    const fresh = (await parsed(await fetch(location.href))).querySelector(".desk-unsaved")
    const wasOpen = holder.querySelector(".desk-offers")?.open
    if (fresh) holder.replaceChildren(...fresh.children)
    if (wasOpen) holder.querySelector(".desk-offers")?.setAttribute("open", "") // somebody is reading them
  }
  for (const offer of holder.querySelectorAll("[data-page]")) {
    const isOpen = open.has(own + offer.dataset.page)
    offer.querySelector(".is-open").hidden = !isOpen
    offer.querySelector("form").hidden = isOpen
  }
}

document.addEventListener("DOMContentLoaded", () => {
  const holder = document.querySelector(".desk-unsaved")
  if (!holder) return
  const page = document.querySelector('.desk-saving ~ * [name="page"], [name="page"]')
  if (page) holdOpen(holder.dataset.user, page.value)
  bring(holder).catch(() => {}) // offline: they stay where they are until the next page
  // On a page that is being written, throwing another text away must not take the page away.
  if (page) {
    holder.addEventListener("submit", async (event) => {
      event.preventDefault()
      const offer = event.target.closest("[data-page]")
      const answer = await fetch(event.target.action, { method: "POST", body: new FormData(event.target) }).catch(
        () => null,
      )
      const rest = offer.closest(".desk-offers")
      if (answer?.ok) offer.remove()
      if (rest && !rest.querySelector(".desk-offer")) rest.remove()
    })
  }
})
