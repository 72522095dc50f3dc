// Fields in which one searches for what to choose. Enter waits for the answer to what was typed, and takes its best
// match; one goes on meanwhile, and a save waits for it. What nothing matches is kept, and can be made by those who may.
"use strict"
{
  const { jQuery: $ } = window.django
  const { GetData: dataOf } = $.fn.select2.amd.require("select2/utils")
  const looking = new Set()
  const fields = new Set()

  const isSame = (one, other) => one.trim().localeCompare(other.trim(), undefined, { sensitivity: "base" }) === 0

  const fetched = async (address, options = {}) => {
    const answer = await fetch(address, { credentials: "same-origin", redirect: "error", ...options })
    if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error("no answer")
    return { isDone: answer.ok, ...(await answer.json()) }
  }

  // A list that opens below a mouse that nobody moves is not pointed at.
  let mouse = ""
  const placeOf = ({ screenX, screenY }) => `${screenX} ${screenY}`
  const isResting = (event) => placeOf(event) === mouse
  document.addEventListener("mousemove", (event) => (mouse = placeOf(event)), { capture: true })

  class Choosing {
    constructor(select) {
      this.select = select
      this.answered = null // the text whose results are listed
      this.turn = 0 // of a field for one thing: only the last that was asked for is chosen
      this.awaited = "" // what is being looked for after Enter
      this.unfound = ""
      $(select).select2({
        dropdownParent: $(select.closest("dialog") ?? document.body), // what lies behind a dialog cannot be reached
        ajax: {
          data: (params) => this.question(params),
          processResults: (found, params) => this.listed(found, params),
        },
        templateResult: (row) => this.shown(row),
      })
      this.box = $(select).data("select2")
      const trigger = this.box.trigger.bind(this.box)
      this.box.trigger = (name, args) => (this.takes(name, args) ? undefined : trigger(name, args))
      this.box.on("query", () => this.asked())
      this.box.on("results:all", ({ query }) => this.isListed(query.term || ""))
      this.box.on("close", () => this.box.results.clear()) // a list of before answers nothing that is typed next
      select.addEventListener("change", () => {
        this.supersede()
        this.tell("")
      })
      this.box.$results[0].addEventListener(
        "mouseover",
        (event) => {
          if (isResting(event)) event.stopPropagation()
        },
        { capture: true },
      )
      this.box.$container[0].addEventListener("keydown", (event) => this.typed(event), { capture: true })
      fields.add(this)
    }

    get search() {
      return (this.select.multiple ? this.box.selection : this.box.dropdown).$search[0]
    }

    question({ term, page }) {
      const { appLabel, modelName, fieldName } = this.select.dataset
      return { term, page, app_label: appLabel, model_name: modelName, field_name: fieldName }
    }

    // What is not there can be made; that stands last, and is never taken without having been pointed at.
    listed(found, { term = "" }) {
      const text = term.trim()
      const { make, makeWords } = this.select.dataset
      if (!make || !text || found.pagination?.more || found.results.some((row) => isSame(row.text, text))) return found
      const offer = { id: "make", text: interpolate(makeWords, [text]), make: text }
      return { ...found, results: [...found.results, offer] }
    }

    shown(row) {
      if (!row.note) return row.text
      const shown = document.createElement("span")
      const note = Object.assign(document.createElement("small"), { className: "choice-of", textContent: row.note })
      shown.append(row.text, note)
      return $(shown)
    }

    // What was asked for before is not meant any more.
    supersede() {
      this.turn += 1
      this.awaited = this.unfound = ""
    }

    asked() {
      this.answered = null
      if (!this.select.multiple) this.supersede()
      this.unfound = ""
      this.tell("")
    }

    isListed(term) {
      this.answered = term
      const [first] = this.box.$results.find("[aria-selected]")
      if (first && dataOf(first, "data").make) first.classList.remove("select2-results__option--highlighted")
      const { told } = this.select.dataset
      if (told && term.trim() && !first) this.tell(interpolate(told, [term.trim()]))
    }

    // What the field does in the place of select2. Answers whether it has.
    takes(name, args) {
      if (name === "results:select" && this.answered !== this.search.value) {
        const text = this.search.value.trim()
        if (text) this.look(text)
        return true
      }
      if (name === "results:select" && this.pointsAtOffer()) return true
      if (name === "select" && args.data?.make) {
        this.box.close()
        this.make(args.data.make)
        return true
      }
      if (name === "keypress" && this.awaited && args.key === "Enter" && !this.box.isOpen()) {
        args.preventDefault() // once more, for the same
        return true
      }
      return false
    }

    // Where there is nothing but the offer to make it, Enter points at that, and a second one takes it.
    pointsAtOffer() {
      const rows = this.box.$results.find("[aria-selected]")
      if (rows.length !== 1 || !dataOf(rows[0], "data").make) return false
      if (rows[0].classList.contains("select2-results__option--highlighted")) return false
      rows.trigger("mouseenter")
      return true
    }

    // A field for one thing is searched in by writing: it need not be opened first.
    typed(event) {
      if (this.select.multiple || this.box.isOpen() || this.box.isDisabled()) return
      if (event.key === "Escape" && this.awaited) {
        this.supersede()
        this.tell("")
        return
      }
      const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing
      if (!isText || (event.key === " " && !this.awaited)) return
      event.preventDefault()
      event.stopPropagation()
      this.write(this.awaited + event.key)
    }

    write(text) {
      this.box.open()
      this.search.value = text
      this.search.setSelectionRange(text.length, text.length)
      for (const part of [this.box.dropdown, this.box.selection]) part._keyUpPrevented = false // as a key would
      this.search.dispatchEvent(new Event("input", { bubbles: true }))
    }

    // Looks for what was typed when Enter was pressed, and takes the best match, while one goes on elsewhere.
    look(text) {
      this.box.close()
      return this.wait(text, async () => {
        const query = new URLSearchParams(this.question({ term: text, page: 1 }))
        const { isDone, results } = await fetched(`${this.select.getAttribute("data-ajax--url")}?${query}`)
        if (!isDone) throw new Error("refused")
        return results[0]
      })
    }

    make(text) {
      return this.wait(text, async () => {
        const values = new FormData()
        values.set("name", text)
        const token = document.querySelector("[name=csrfmiddlewaretoken]").value
        const found = await fetched(this.select.dataset.make, {
          method: "POST",
          body: values,
          headers: { "X-CSRFToken": token },
        })
        if (!found.isDone) this.tell(found.error, true)
        return found.isDone ? found : null
      })
    }

    wait(text, find) {
      this.supersede()
      const { turn } = this
      const isLate = () => !this.select.multiple && turn !== this.turn
      this.tell(interpolate(gettext("Looking for “%s”…"), [text]))
      if (!this.select.multiple) this.awaited = text
      const done = (async () => {
        try {
          const row = await find()
          if (isLate()) return
          this.awaited = ""
          if (row) this.put(row)
          else if (row === undefined) this.keep(text)
          else this.unfound = text // said already why it could not be made
        } catch {
          if (isLate()) return
          this.awaited = ""
          this.unfound = text
          this.tell(interpolate(gettext("“%s” was not chosen: the server did not answer."), [text]), true, text)
        }
      })()
      const ended = done.finally(() => {
        looking.delete(ended)
        if (turn === this.turn) this.awaited = ""
      })
      looking.add(ended)
      return ended
    }

    put({ id, text }) {
      let option = [...this.select.options].find((known) => known.value === String(id))
      if (!option) this.select.add((option = new Option(text, id)))
      option.selected = true
      this.select.dispatchEvent(new Event("input", { bubbles: true }))
      this.select.dispatchEvent(new Event("change", { bubbles: true }))
    }

    // Nothing matches: the text is there to be written on, where one still is at the field, and else beside it.
    keep(text) {
      const box = this.box.$container[0]
      if (box.contains(document.activeElement) && !this.search.value && !this.box.isOpen()) this.write(text)
      const { told } = this.select.dataset
      this.tell(interpolate(told || gettext("Nothing matches “%s”."), [text]), true, text)
      this.unfound = text
    }

    tell(text, isWrong = false, again = "") {
      if (!text && !this.note) return
      if (!this.note) {
        this.note = Object.assign(document.createElement("p"), { className: "choice-note" })
        this.note.setAttribute("role", "status")
        ;(this.select.closest(".related-widget-wrapper") || this.box.$container[0]).after(this.note)
      }
      this.note.hidden = !text
      this.note.classList.toggle("is-wrong", isWrong)
      this.note.replaceChildren(text)
      const { make, makeWords } = this.select.dataset
      if (again) this.note.append(this.button(gettext("Search again"), () => this.write(again)))
      if (again && make) this.note.append(this.button(interpolate(makeWords, [again]), () => this.make(again)))
    }

    button(label, act) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label })
      button.addEventListener("click", act)
      return button
    }
  }

  $.fn.djangoAdminSelect2 = function () {
    return this.each((_index, select) => new Choosing(select))
  }

  // The texts that nothing was found for, each of which is told once.
  const takeUnfound = () => {
    const texts = []
    for (const field of fields) {
      if (field.unfound && field.select.isConnected) texts.push(field.unfound)
      field.unfound = ""
    }
    return texts
  }

  const unfoundElsewhere = []

  window.deskChoosing = {
    isLooking: () => looking.size > 0,
    // What is looked for in a text: a promise of the words that nothing was found for, or of none.
    waitFor(search) {
      const done = search
        .then((words) => words && unfoundElsewhere.push(words))
        .catch(() => {})
        .finally(() => looking.delete(done))
      looking.add(done)
    },
    // Waits for what is being looked for; answers the texts that nothing was found for.
    async settled() {
      while (looking.size) await Promise.all(looking)
      return [...takeUnfound(), ...unfoundElsewhere.splice(0)]
    },
  }

  // An open list closes before anything else hears of a click elsewhere: as it closes it takes the focus to its own field,
  // which then goes where somebody has clicked.
  document.addEventListener(
    "mousedown",
    ({ target }) => {
      if (target.closest?.(".select2-container")) return
      for (const field of fields) if (field.box.isOpen()) field.box.close()
    },
    { capture: true },
  )

  // A form that is sent by the browser waits too, and is not sent without what was to be chosen on it.
  document.addEventListener(
    "submit",
    async (event) => {
      if (!looking.size || event.target.querySelector(".desk-saving")) return
      event.preventDefault()
      event.stopImmediatePropagation()
      const { target, submitter } = event
      if (!(await window.deskChoosing.settled()).length) target.requestSubmit(submitter)
    },
    { capture: true },
  )
}
