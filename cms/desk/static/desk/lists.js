// A list goes on where it stands: it is searched while one types, and what is done with its rows is asked above it and
// seen in it. Without scripts, or where one fails, each is a page of its own.
import { dialog, fetched, parsed, show } from "./asking.js"
import "./kept.js"

const PAUSE = 250 // milliseconds after a letter
const ALIKE = ["#changelist-form", ".desk-tabs", ".list-found"] // what a search changes of the page

// The filters stay as they are, for somebody may be searching in one; they lead on from what is searched for now.
const carry = (there) => {
  const filters = [document, there].map((page) => [...page.querySelectorAll(".desk-filters > *")])
  for (const [at, here] of filters[0].entries()) {
    const fresh = filters[1][at]
    const [links, others] = [here, fresh].map((filter) =>
      filter?.matches("a") ? [filter] : filter?.querySelectorAll("a"),
    )
    if (!fresh || links.length !== others.length) continue
    links.forEach((link, number) => link.setAttribute("href", others[number].getAttribute("href")))
    const [input, other] = [here, fresh].map((filter) => filter.querySelector("input[type=search]"))
    if (input && other) input.dataset.here = other.dataset.here
  }
}

const take = (there, selectors) => {
  for (const selector of selectors) {
    const [here, fresh] = [document, there].map((page) => page.querySelector(selector))
    if (here && fresh) here.replaceChildren(...fresh.childNodes)
  }
  carry(there)
  const boxes = document.querySelectorAll("#result_list tr input.action-select")
  if (boxes.length) window.Actions?.(boxes)
}

// What the server says of an act, read aloud too.
const said = Object.assign(document.createElement("div"), { className: "list-said" })
said.setAttribute("role", "status")

const tell = (there) => {
  for (const old of document.querySelectorAll("main .messagelist")) old.remove()
  const messages = there.querySelector("main .messagelist")
  said.replaceChildren(...(messages ? [messages] : []))
}

// Searching

const searching = (form) => {
  const field = form.querySelector("input[type=search]")
  let [timer, asked] = [0, 0]

  const search = async () => {
    clearTimeout(timer)
    const mine = (asked += 1)
    const query = new URLSearchParams(new FormData(form))
    if (!field.value.trim()) query.delete(field.name)
    const address = `${location.pathname}?${query}`
    const list = document.querySelector("#changelist-form")
    list.setAttribute("aria-busy", "true")
    try {
      const answer = await fetched(address)
      const there = await parsed(answer)
      if (mine !== asked) return // something else was typed meanwhile
      if (!answer.ok || !there.querySelector("#changelist-form")) throw new Error("no list")
      take(there, ALIKE)
      history.replaceState(null, "", address)
    } catch {
      if (mine === asked) location.assign(address) // which says what is wrong
    } finally {
      if (mine === asked) list.removeAttribute("aria-busy")
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault()
    search()
  })
  field.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(search, PAUSE)
  })
}

// Asking

let [opener, key] = [null, ""]

const finish = (there) => {
  if (!document.querySelector("#result_list")) return void location.reload()
  if (dialog.open) dialog.close()
  take(there, ALIKE)
  tell(there)
  const box = key && document.querySelector(`.action-select[value="${CSS.escape(key)}"]`)
  const again = box ? box.closest("tr").querySelector(".row-menu summary") : document.querySelector("main")
  again.focus()
}

const isHere = (answer) => new URL(answer.url).pathname === location.pathname

const send = async (form, submitter) => {
  form.setAttribute("aria-busy", "true")
  try {
    const answer = await fetched(location.href, { method: "POST", body: new FormData(form, submitter) })
    if (!isHere(answer)) return void location.assign(answer.url)
    if (!answer.ok) throw new Error("refused")
    const there = await parsed(answer)
    if (there.querySelector("#changelist")) finish(there)
    else await show(there)
  } catch (error) {
    console.warn(error)
    const text = gettext("That did not work. Reload the page, and try again.")
    const place = dialog.open ? dialog : said
    const line = Object.assign(document.createElement("p"), { className: "errornote", textContent: text })
    line.setAttribute("role", "alert")
    for (const old of place.querySelectorAll(":scope > .errornote")) old.remove()
    place.append(line)
  } finally {
    form.removeAttribute("aria-busy")
  }
}

const isAsked = (form, submitter) =>
  dialog.contains(form) || form.id === "row-withdraw" || (form.id === "changelist-form" && submitter?.name === "action")

const form = document.querySelector("#changelist-search")
if (form && document.querySelector("#changelist-form")) searching(form)
document.querySelector("#content")?.prepend(said)
dialog.addEventListener("close", () => opener?.isConnected && opener.focus())
document.addEventListener("submit", (event) => {
  const { target, submitter } = event
  if (event.defaultPrevented || !isAsked(target, submitter)) return
  event.preventDefault()
  if (target.hasAttribute("aria-busy")) return // a double click
  if (!dialog.contains(target)) {
    const menu = submitter?.closest(".row-menu")
    opener = menu?.querySelector("summary") ?? submitter
    key = menu ? submitter.value : ""
    menu?.removeAttribute("open")
  }
  send(target, submitter)
})
