// Chooses a photo for a field: the library opens above the page, which keeps all that was written in it.
import { dropOn, frame, uploadsOf } from "./uploads.js"

const fetched = async (address) => {
  const answer = await fetch(address, {
    headers: { "X-Requested-With": "XMLHttpRequest" },
    credentials: "same-origin",
  })
  if (!answer.ok || answer.redirected) throw new Error(answer.status)
  return answer
}

const parsed = (html) => {
  const holder = document.createElement("template")
  holder.innerHTML = html
  return holder.content
}

class Library {
  constructor(dialog, address) {
    this.dialog = dialog
    this.address = address
    this.grid = dialog.querySelector(".photo-library-grid")
    this.said = dialog.querySelector(".photo-library-said")
    this.take = dialog.querySelector("[data-act=take]")
    this.form = dialog.querySelector(".library-form")
    this.search = this.form.querySelector("[type=search]")
    this.asked = 0
    this.form.addEventListener("submit", (event) => {
      event.preventDefault()
      this.refresh()
    })
    this.form.addEventListener("input", () => {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.refresh(), 200)
    })
    this.search.addEventListener("keydown", (event) => this.keyInSearch(event))
    this.grid.addEventListener("keydown", (event) => this.keyInGrid(event))
    this.grid.addEventListener("click", (event) => {
      const card = event.target.closest("[role=option]")
      if (card) this.select(card, true)
      const more = event.target.closest("[data-act=more]")
      if (more) this.more(more)
    })
    this.grid.addEventListener("dblclick", (event) => {
      if (event.target.closest("[role=option]")) this.choose()
    })
    this.take.addEventListener("click", () => this.choose())
    dialog.querySelector("[data-act=close]").addEventListener("click", () => dialog.close())
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close() // beside it
    })
    dialog.addEventListener("close", () => this.done(null))
    // What happens in here is nothing that was typed in the page below.
    for (const name of ["input", "change", "submit"]) dialog.addEventListener(name, (event) => event.stopPropagation())
    this.uploading()
  }

  uploading() {
    const words = this.dialog.querySelector(".uploads")
    if (!words) return
    this.words = words
    const queue = this.dialog.querySelector(".upload-queue")
    const uploads = (this.uploads = uploadsOf(words, queue, {
      added: (photo, isNew) => {
        if (!photo) return
        const had = [...this.cards()].find((card) => card.dataset.id === photo.id)
        if (had) had.remove()
        if (!this.grid.querySelector("ul")) {
          this.grid.replaceChildren(parsed('<ul class="photo-grid" role="listbox"></ul>'))
        }
        this.grid.querySelector("ul").prepend(parsed(photo.html))
        frame(this.grid)
        this.select(this.cards()[0], true)
        if (isNew && !this.selected.hasAttribute("data-complete")) this.complete()
        else this.selected.focus()
      },
    }))
    const input = this.dialog.querySelector("input[type=file]")
    input.addEventListener("change", () => {
      queue.querySelector("ol").replaceChildren()
      uploads.add([...input.files])
      input.value = ""
    })
    dropOn(this.dialog, (files) => {
      queue.querySelector("ol").replaceChildren()
      uploads.add(files)
    })
  }

  // A photo's id and page, or nothing when the dialog was closed.
  open() {
    this.dialog.showModal()
    frame(this.grid)
    if (!this.selected?.isConnected) this.select(this.first())
    this.search.focus()
    this.search.select()
    return new Promise((resolve) => {
      this.resolve = resolve
    })
  }

  done(photo) {
    const resolve = this.resolve
    this.resolve = null
    resolve?.(photo)
  }

  cards() {
    return this.grid.querySelectorAll("[role=option]")
  }

  first() {
    return this.grid.querySelector("[role=option]:not([data-refusal])") || this.cards()[0]
  }

  async refresh() {
    const asked = (this.asked += 1)
    const query = new URLSearchParams()
    for (const [name, value] of new FormData(this.form)) if (value) query.set(name, value)
    query.set("part", "grid")
    try {
      const html = await (await fetched(`${this.address}?${query}`)).text()
      if (asked !== this.asked) return // something else was typed meanwhile
      this.grid.replaceChildren(parsed(html))
      this.grid.scrollTop = 0
    } catch {
      if (asked === this.asked) this.grid.textContent = this.words?.dataset.offline || ""
    }
    frame(this.grid)
    this.select(this.first())
  }

  async more(button) {
    button.disabled = true
    const html = await (await fetched(`${this.address}${button.dataset.page}&part=grid`)).text()
    const found = parsed(html)
    const first = found.querySelector("[role=option]")
    button.closest("p").replaceWith(...found.querySelectorAll(".photo-library-more"))
    this.grid.querySelector("ul").append(...found.querySelectorAll("[role=option]"))
    frame(this.grid)
    if (first) this.select(first, true)
    this.selected?.focus()
  }

  select(card, isByHand = false) {
    this.selected?.setAttribute("aria-selected", "false")
    for (const other of this.cards()) other.tabIndex = -1
    this.selected = card || null
    this.take.disabled = !card || card.hasAttribute("data-refusal")
    this.said.replaceChildren()
    if (!card) return
    card.setAttribute("aria-selected", "true")
    card.tabIndex = 0
    card.scrollIntoView({ block: "nearest" })
    const name = document.createElement("strong")
    name.textContent = card.querySelector(".photo-name").textContent
    this.said.append(name)
    const credit = card.querySelector(".photo-credit").textContent
    if (credit) this.said.append(" · ", credit)
    for (const badge of card.querySelectorAll(".badge")) this.said.append(" ", badge.cloneNode(true))
    if (card.dataset.refusal) {
      const reason = document.createElement("p")
      reason.className = "obstacle"
      reason.textContent = card.dataset.refusal
      this.said.append(reason)
    }
    if (isByHand && document.activeElement?.closest(".photo-library-grid")) card.focus()
  }

  keyInSearch(event) {
    if (event.key === "ArrowDown" && this.selected) {
      event.preventDefault()
      this.selected.focus()
    } else if (event.key === "Enter") {
      event.preventDefault()
      clearTimeout(this.timer)
      // What was typed a moment ago is looked for before its first photo is taken; nothing is, where one types on.
      const wanted = this.search.value.trim()
      const isFound = () => this.search.value.trim() === wanted && this.searchedFor === wanted
      if (isFound()) this.choose()
      else this.refresh().then(() => isFound() && this.choose())
    }
  }

  get searchedFor() {
    return this.grid.querySelector("[data-query]")?.dataset.query ?? null
  }

  keyInGrid(event) {
    const cards = [...this.cards()]
    const at = cards.indexOf(document.activeElement)
    if (at < 0) return
    const across = cards.filter((card) => card.offsetTop === cards[0].offsetTop).length
    const moves = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -across,
      ArrowDown: across,
      Home: -at,
      End: cards.length - 1 - at,
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      if (event.key === "Enter") this.choose()
    } else if (event.key in moves) {
      event.preventDefault()
      if (event.key === "ArrowUp" && at < across) return void this.search.focus()
      const next = cards[Math.min(at + moves[event.key], cards.length - 1)]
      this.select(next)
      next.focus()
    }
  }

  choose() {
    const card = this.selected
    if (!card || card.hasAttribute("data-refusal")) return
    const photo = { id: card.dataset.id, address: card.dataset.address }
    const resolve = this.resolve
    this.resolve = null
    this.dialog.close()
    resolve?.(photo)
  }

  // A photo that has just come and lacks its credit or alt text gets them here, before it is used.
  async complete(html = null) {
    const card = this.selected
    const address = this.words?.dataset.complete
    if (!address) return
    const place = `${address}?photos=${card.dataset.id}&part=rows`
    const rows = parsed(html ?? (await (await fetched(place)).text()))
    const form = document.createElement("form")
    form.className = "complete"
    form.noValidate = true
    const save = document.createElement("button")
    save.type = "submit"
    save.className = "primary"
    save.textContent = this.dialog.dataset.saveAndChoose
    form.append(rows, save)
    this.said.replaceChildren(form)
    this.take.hidden = true
    const back = () => {
      this.take.hidden = false
      form.remove()
    }
    const fields = [...form.querySelectorAll("input[type=text], textarea")]
    ;(fields.find((field) => !field.value.trim()) || save).focus()
    this.grid.addEventListener("click", back, { once: true })
    // Enter in any of the fields saves and chooses; Shift+Enter begins a new line.
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("textarea")) return
      event.preventDefault()
      form.requestSubmit()
    })
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      save.disabled = true
      const data = new FormData(form)
      data.set("csrfmiddlewaretoken", this.words.querySelector("[name=csrfmiddlewaretoken]").value)
      const answer = await fetch(place, { method: "POST", body: data, credentials: "same-origin" })
      save.disabled = false
      if (answer.status === 422) return this.complete(await answer.text())
      if (!answer.ok) return void save.after(this.words.dataset.failed)
      const [photo] = (await answer.json()).photos
      const fresh = parsed(photo.html).firstElementChild
      card.replaceWith(fresh)
      frame(this.grid)
      back()
      this.select(fresh)
      this.choose()
    })
  }
}

let library = null
let isOpening = false

// A photo that the editor chose, or null. Files are uploaded first.
export const choosePhoto = async (address, files = []) => {
  if (!library) {
    const html = await (await fetched(address)).text()
    const dialog = parsed(html).querySelector("dialog")
    document.body.append(dialog)
    library = new Library(dialog, address)
  }
  const chosen = library.open()
  if (files.length) library.uploads?.add(files)
  return chosen
}

const put = async (choice, photo) => {
  const field = choice.querySelector("input[type=hidden]")
  const shown = choice.querySelector(".photo-choice-shown")
  const button = choice.querySelector("[data-act=choose]")
  const remove = choice.querySelector("[data-act=remove]")
  field.value = photo ? photo.id : ""
  button.textContent = photo ? button.dataset.change : button.dataset.choose
  remove.hidden = !photo
  for (const upload of choice.querySelectorAll(".upload-button")) upload.hidden = Boolean(photo)
  shown.replaceChildren()
  field.dispatchEvent(new Event("change", { bubbles: true }))
  button.focus()
  if (photo) await describe(choice)
}

const describe = async (choice) => {
  const field = choice.querySelector("input[type=hidden]")
  const asked = field.value
  const described = await (await fetched(choice.dataset.library.replace(/choose\/$/, `${asked}/described/`))).json()
  if (field.value !== asked) return // another was chosen meanwhile
  choice.querySelector(".photo-choice-shown").replaceChildren(parsed(described.html))
}

// Who comes back from mending a photo in the library sees it mended.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return
  for (const choice of document.querySelectorAll(".photo-choice:has(.obstacle)")) describe(choice).catch(() => {})
})

// Lets an editor choose in the library; files are uploaded there first.
const ask = async (choice, files = []) => {
  if (isOpening || library?.dialog.open) return // a double click
  isOpening = true
  let photo = null
  try {
    const chosen = choosePhoto(choice.dataset.library, files)
    chosen.catch(() => {}).finally(() => (isOpening = false))
    photo = await chosen
  } catch {
    window.open(choice.dataset.library.replace(/choose\/$/, ""), "_blank") // logged out, perhaps: it says so there
  }
  choice.querySelector("[data-act=choose]").focus()
  if (photo) put(choice, photo)
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".photo-choice [data-act]")
  if (!button) return
  const choice = button.closest(".photo-choice")
  if (button.dataset.act === "remove") put(choice, null)
  else ask(choice)
})

document.addEventListener("DOMContentLoaded", () => {
  for (const choice of document.querySelectorAll(".photo-choice")) {
    const input = choice.querySelector("input[type=file]")
    if (!input) continue
    input.addEventListener("change", (event) => {
      event.stopPropagation() // the page holds nothing new yet
      const files = [...input.files]
      input.value = ""
      ask(choice, files)
    })
    dropOn(choice, (files) => ask(choice, files))
  }
})
