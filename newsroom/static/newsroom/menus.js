// The lines of menus as entries that are arranged: dragged by their handle, or moved by the arrow keys. The lines stay what
// the page saves, so that without this script they are written by hand.
const STEP = 28 // pixels to the side that are a level
const NAMES = { main: gettext("Main menu"), footer: gettext("Footer") }
const ADDRESS = /^(https?:\/\/|mailto:|\/(?!\/))\S+$/i
const WAIT = 150 // milliseconds after a key, before it is looked for

const made = (name, values = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(values)) {
    if (key in element && !key.includes("-") && key !== "list") element[key] = value
    else element.setAttribute(key, value)
  }
  element.append(...children)
  return element
}

// Lines

const read = (text, usual) => {
  const menus = new Map(usual.map((name) => [name, []]))
  let entries = menus.get(usual[0])
  for (const whole of text.split(/\r?\n/)) {
    const line = whole.trim()
    if (line.startsWith("#")) {
      const name = line.replace(/^[#\s]+/, "").toLowerCase()
      if (!menus.has(name)) menus.set(name, [])
      entries = menus.get(name)
    } else if (line) {
      const signs = line.match(/^(?:-\s*)*/)[0]
      const rest = line.slice(signs.length)
      const bar = rest.lastIndexOf("|")
      const label = (bar < 0 ? rest : rest.slice(0, bar)).trim().replace(/^\\/, "")
      entries.push({ level: signs.replace(/\s/g, "").length, label, target: bar < 0 ? "" : rest.slice(bar + 1).trim() })
    }
  }
  return menus
}

const written = (menus) =>
  [...menus]
    .filter(([name, entries], number) => number === 0 || entries.length || !(name in NAMES))
    .flatMap(([name, entries]) => [`# ${name}`, ...entries.map(line)])
    .join("\n")

const line = ({ level, label, target }) => {
  const text = label.replace(/^[-#\\]/, "\\$&")
  const ends = target || label.includes("|") ? `| ${target}`.trimEnd() : ""
  return ["-".repeat(level), text, ends].filter(Boolean).join(" ")
}

// One field

class Menus {
  constructor(lines) {
    this.lines = lines
    this.names = JSON.parse(lines.dataset.names || "{}")
    this.deepest = Number(lines.dataset.deepest) - 1
    this.usual = lines.dataset.usual.split(" ")
    this.said = made("p", { className: "visually-hidden", role: "status" })
    const title = lines.labels[0]?.textContent.trim().replace(/:$/, "") || ""
    this.place = made("div", { className: "menus", role: "group", "aria-label": title })
    lines.hidden = true
    lines.after(this.place, this.said)
    this.read()
    // What somebody else puts there (a version taken up again, the browser's copy) is shown as well.
    lines.addEventListener("input", () => this.isWriting || this.read())
  }

  read() {
    this.menus = read(this.lines.value, this.usual)
    this.show()
  }

  write() {
    this.isWriting = true
    this.lines.value = written(this.menus)
    this.lines.dispatchEvent(new Event("input", { bubbles: true }))
    this.lines.dispatchEvent(new Event("change", { bubbles: true }))
    this.isWriting = false
  }

  say(text) {
    this.said.textContent = text
  }

  show() {
    this.place.replaceChildren(...[...this.menus].map(([name, entries]) => this.menu(name, entries)), this.another())
  }

  menu(name, entries) {
    const title = NAMES[name] || name
    const rows = entries.map((entry) => this.row(entry, entries))
    const list = made("ol", { className: "menu-entries", "aria-label": title }, ...rows)
    const add = made("button", { type: "button", className: "menu-add", textContent: gettext("Add an entry") })
    add.addEventListener("click", () => this.add(entries, entries.length, 0))
    const empty = made("p", { className: "menu-empty", textContent: gettext("Nothing in it yet.") })
    return made(
      "section",
      { className: "menu" },
      made("h3", { textContent: title }),
      entries.length ? list : empty,
      add,
    )
  }

  another() {
    const name = made("input", {
      type: "text",
      className: "menu-name",
      placeholder: gettext("Another menu: its name, such as top or apps"),
      "aria-label": gettext("Name of another menu"),
      maxLength: 40,
    })
    const open = () => {
      const text = name.value.trim().toLowerCase()
      if (!/^[a-z][a-z0-9_-]*$/.test(text)) {
        name.setCustomValidity(gettext("Small letters, digits, - and _; it begins with a letter."))
        name.reportValidity()
        return
      }
      if (!this.menus.has(text)) this.menus.set(text, [])
      this.write()
      this.show()
      this.add(this.menus.get(text), this.menus.get(text).length, 0)
    }
    name.addEventListener("input", (event) => {
      event.stopPropagation() // it is no part of the page yet
      name.setCustomValidity("")
    })
    name.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return
      event.preventDefault()
      if (name.value.trim()) open()
    })
    return made("p", { className: "menu-another" }, name)
  }

  // An entry

  row(entry, entries) {
    const row = made("li", { className: "menu-entry" })
    row.style.setProperty("--level", entry.level)
    const handle = made("button", {
      type: "button",
      className: "menu-handle",
      textContent: "⠿",
      title: gettext("Drag to move. With the keyboard: the arrow keys."),
      "aria-label": `${gettext("Move")}: ${this.called(entry)}`,
    })
    handle.addEventListener("keydown", (event) => this.byKey(event, entry, entries))
    handle.addEventListener("pointerdown", (event) => this.drag(event, entry, entries))
    const label = made("input", {
      type: "text",
      className: "menu-label",
      defaultValue: entry.label,
      placeholder: this.nameOf(entry.target) || gettext("Label"),
      "aria-label": gettext("Label"),
      maxLength: 100,
    })
    label.addEventListener("input", (event) => {
      event.stopPropagation()
      entry.label = label.value.trim()
      this.write()
    })
    label.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault()
        row.querySelector(".menu-target").focus()
      } else if (event.altKey) this.byKey(event, entry, entries)
    })
    const remove = made("button", {
      type: "button",
      className: "menu-remove",
      textContent: "×",
      title: gettext("Remove"),
      "aria-label": `${gettext("Remove")}: ${this.called(entry)}`,
    })
    remove.addEventListener("click", () => this.remove(entry, entries))
    row.append(handle, label, this.target(entry, entries, label), remove)
    return row
  }

  nameOf(target) {
    return this.names[target] || ""
  }

  shown(target) {
    const name = this.nameOf(target)
    return name || target
  }

  called(entry) {
    return entry.label || this.shown(entry.target) || gettext("New entry")
  }

  // What an entry leads to: an address, or what is found by its name.
  target(entry, entries, label) {
    const id = `menu-found-${Math.random().toString(36).slice(2)}`
    const input = made("input", {
      type: "text",
      role: "combobox",
      className: "menu-target",
      defaultValue: this.shown(entry.target),
      placeholder: gettext("Section, topic, page, front, or an address"),
      "aria-label": gettext("Leads to"),
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-autocomplete": "list",
      autocomplete: "off",
      maxLength: 500,
    })
    const list = made("ul", { id, role: "listbox", className: "menu-found", hidden: true })
    const place = made("span", { className: "menu-leads" }, input, list)
    let rows = [],
      index = -1,
      timer = null,
      number = 0

    const close = () => {
      clearTimeout(timer)
      number += 1
      list.hidden = true
      index = -1
      input.setAttribute("aria-expanded", "false")
      input.removeAttribute("aria-activedescendant")
    }
    const point = (to) => {
      index = to
      for (const [at, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(at === to))
      if (to < 0) input.removeAttribute("aria-activedescendant")
      else input.setAttribute("aria-activedescendant", list.children[to].id)
    }
    const take = (target, name = "") => {
      close()
      if (name) this.names[target] = name
      entry.target = target
      input.value = this.shown(target)
      input.setCustomValidity("")
      label.placeholder = this.nameOf(target) || gettext("Label")
      this.write()
    }
    const look = async () => {
      const mine = (number += 1)
      const address = new URL(this.lines.dataset.targets, location.href)
      address.searchParams.set("q", input.value.trim())
      try {
        const answer = await fetch(address, { credentials: "same-origin", redirect: "error" })
        const { results } = await answer.json()
        if (mine !== number || document.activeElement !== input) return
        rows = results
      } catch {
        if (mine === number) this.say(gettext("The search cannot be reached just now."))
        return
      }
      list.replaceChildren(
        ...rows.map((row, at) =>
          made(
            "li",
            { role: "option", id: `${id}-${at}`, "aria-selected": "false" },
            row.name,
            made("small", { textContent: row.kind }),
          ),
        ),
      )
      if (!rows.length)
        list.append(made("li", { className: "menu-none", textContent: gettext("Nothing has that name.") }))
      list.hidden = false
      input.setAttribute("aria-expanded", "true")
      point(input.value.trim() && rows.length ? 0 : -1)
    }
    // What was typed and taken from nowhere: an address, nothing, or what there is not.
    const settle = () => {
      const text = input.value.trim()
      if (text === this.shown(entry.target)) close()
      else if (!text || ADDRESS.test(text)) take(text)
      else if (/^[\w-]+(\.[\w-]+)+(\/\S*)?$/.test(text)) take(`https://${text}`)
      else return false
      return true
    }
    input.addEventListener("input", (event) => {
      event.stopPropagation()
      input.setCustomValidity("")
      clearTimeout(timer)
      if (ADDRESS.test(input.value.trim())) close()
      else timer = setTimeout(look, WAIT)
    })
    input.addEventListener("focus", () => input.select())
    input.addEventListener("blur", () => {
      if (settle()) return
      close()
      input.setCustomValidity(gettext("Choose what it leads to from the list, or write an address."))
      input.reportValidity()
    })
    input.addEventListener("keydown", (event) => {
      if (event.altKey) this.byKey(event, entry, entries)
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault()
        if (list.hidden) look()
        else if (rows.length) point((index + (event.key === "ArrowDown" ? 1 : -1) + rows.length) % rows.length)
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault()
        if (!list.hidden && index >= 0) take(rows[index].value, rows[index].name)
        else if (settle()) this.add(entries, this.end(entry, entries), entry.level)
        else look()
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault()
        event.stopPropagation()
        close()
        input.value = this.shown(entry.target)
      }
    })
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault() // the field keeps the focus
      const at = [...list.children].indexOf(event.target.closest("[role=option]"))
      if (at >= 0) take(rows[at].value, rows[at].name)
    })
    return place
  }

  add(entries, at, level) {
    const entry = { level, label: "", target: "" }
    entries.splice(at, 0, entry)
    this.show()
    this.rowOf(entry).querySelector(".menu-target").focus()
  }

  remove(entry, entries) {
    const at = entries.indexOf(entry)
    const gone = entries.splice(at, this.end(entry, entries) - at)
    this.write()
    this.show()
    this.say(interpolate(gettext("Removed: %s"), [this.called(gone[0])]))
    const next = entries[Math.min(at, entries.length - 1)]
    const button = next ? this.rowOf(next).querySelector(".menu-handle") : this.place.querySelector(".menu-add")
    button?.focus()
  }

  // Moving

  all() {
    return [...this.menus.values()].flat()
  }

  rowOf(entry) {
    return this.place.querySelectorAll(".menu-entry")[this.all().indexOf(entry)]
  }

  // Where an entry ends with all that stands below it.
  end(entry, entries) {
    let at = entries.indexOf(entry) + 1
    while (at < entries.length && entries[at].level > entry.level) at += 1
    return at
  }

  // The level that an entry can have at a place: one below the entry above it at most, and no more than there are.
  fit(level, entries, at, height) {
    const most = at > 0 ? entries[at - 1].level + 1 : 0
    return Math.max(0, Math.min(level, most, this.deepest - height))
  }

  height(part) {
    return Math.max(...part.map((entry) => entry.level)) - part[0].level
  }

  // Puts an entry, with what stands below it, before another one of a menu; before none: at its end.
  put(entry, from, to, before, level) {
    const start = from.indexOf(entry)
    const part = from.splice(start, this.end(entry, from) - start)
    const at = before ? to.indexOf(before) : to.length
    const by = this.fit(level, to, at, this.height(part)) - entry.level
    for (const each of part) each.level += by
    to.splice(at, 0, ...part)
    this.settle(from)
    this.settle(to)
  }

  // What has lost what it stood below moves up to where it can stand.
  settle(entries) {
    for (const [at, entry] of entries.entries()) {
      entry.level = Math.max(0, Math.min(entry.level, at ? entries[at - 1].level + 1 : 0))
    }
  }

  byKey(event, entry, entries) {
    const acts = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: 0, ArrowRight: 0 }
    const onHandle = event.target.classList.contains("menu-handle")
    if (onHandle && (event.key === "Delete" || event.key === "Backspace")) {
      event.preventDefault()
      this.remove(entry, entries)
      return
    }
    if (!(event.key in acts) || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const focused = event.target.className
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const after = entries[this.end(entry, entries)]
      this.put(entry, entries, entries, after, entry.level + (event.key === "ArrowLeft" ? -1 : 1))
    } else if (!this.step(entry, entries, acts[event.key])) return
    this.write()
    this.show()
    this.rowOf(entry).getElementsByClassName(focused)[0].focus()
    this.tell(entry)
  }

  // One place up or down; from the end of a menu into the next.
  step(entry, entries, by) {
    const at = entries.indexOf(entry)
    const end = this.end(entry, entries)
    const lists = [...this.menus.values()]
    const other = lists[lists.indexOf(entries) + by]
    let before = at - 1
    while (before > 0 && entries[before].level > entry.level) before -= 1
    const after = entries[end]?.level === entry.level ? this.end(entries[end], entries) : end + 1
    if (by < 0 && at > 0) this.put(entry, entries, entries, entries[before], entry.level)
    else if (by > 0 && end < entries.length) this.put(entry, entries, entries, entries[after], entry.level)
    else if (other) this.put(entry, entries, other, by < 0 ? null : other[0], by < 0 ? entry.level : 0)
    else return false
    return true
  }

  tell(entry) {
    const [name, entries] = [...this.menus].find(([, each]) => each.includes(entry))
    const words = [this.called(entry), NAMES[name] || name, entries.indexOf(entry) + 1, entries.length, entry.level + 1]
    this.say(interpolate(gettext("%s: in %s, place %s of %s, level %s"), words))
  }

  drag(event, entry, entries) {
    if (event.button !== 0) return
    const { clientX } = event
    const { level } = entry
    const part = entries.slice(entries.indexOf(entry), this.end(entry, entries))
    const begun = [...this.menus.values()].map((list) => [list, list.map((each) => [each, each.level])])
    let isMoved = false
    // Each place is one of what stood there as the drag began: nothing on the way is left behind or taken along.
    const move = (to) => {
      const place = this.placeAt(to.clientY, part)
      const shown = written(this.menus)
      for (const [list, each] of begun) {
        list.splice(0, list.length, ...each.map(([one, its]) => Object.assign(one, { level: its })))
      }
      this.put(entry, entries, place.entries, place.before, level + Math.round((to.clientX - clientX) / STEP))
      if (written(this.menus) === shown) return
      isMoved = true
      this.show()
      this.rowOf(entry).classList.add("is-dragged")
    }
    // On the document: the row is drawn anew wherever it goes.
    const drop = () => {
      document.removeEventListener("pointermove", move)
      document.removeEventListener("pointerup", drop)
      document.removeEventListener("pointercancel", drop)
      this.rowOf(entry).classList.remove("is-dragged")
      if (!isMoved) return
      this.write()
      this.tell(entry)
      this.rowOf(entry).querySelector(".menu-handle").focus()
    }
    event.preventDefault()
    event.currentTarget.focus()
    this.rowOf(entry).classList.add("is-dragged")
    document.addEventListener("pointermove", move)
    document.addEventListener("pointerup", drop)
    document.addEventListener("pointercancel", drop)
  }

  // The place at a height of the page: a menu, and before which of its entries, those that are dragged passed over.
  placeAt(y, part) {
    const lists = [...this.menus.values()]
    const sections = [...this.place.querySelectorAll(".menu")]
    const near = sections.findIndex((section) => y < section.getBoundingClientRect().bottom)
    const number = near < 0 ? sections.length - 1 : near
    const entries = lists[number]
    const rows = [...sections[number].querySelectorAll(".menu-entry")]
    const at = rows.findIndex((row, place) => {
      const { top, height } = row.getBoundingClientRect()
      return !part.includes(entries[place]) && y < top + height / 2
    })
    return { entries, before: at < 0 ? null : entries[at] }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const lines of document.querySelectorAll("textarea.menus-lines")) new Menus(lines)
})
