// The updates below the one that is written: mended in their place, marked, withdrawn.
const made = (tag, values = {}, ...inside) => {
  const element = Object.assign(document.createElement(tag), values)
  element.append(...inside.filter(Boolean))
  return element
}

const button = (act, label) => {
  const shown = made("button", { type: "button", textContent: label })
  shown.dataset.act = act
  return shown
}

const toggle = (name, label, update) => {
  const shown = button(name, label)
  shown.setAttribute("aria-pressed", String(update[name]))
  return shown
}

const withdrawing = (reasons) => {
  const really = button("withdraw", gettext("Withdraw from readers"))
  really.className = "danger"
  return made(
    "details",
    { className: "live-withdraw" },
    made("summary", { textContent: gettext("Withdraw") }),
    made("div", { className: "live-reason" }, reasons.content.cloneNode(true), really),
  )
}

const text = (html) => {
  const shown = made("div", { className: "live-html" })
  // A document of its own: nothing in it is loaded or run. The server has made it of texts and marks alone.
  shown.append(...new DOMParser().parseFromString(html, "text/html").body.childNodes)
  return shown
}

export const rowOf = (update, reasons) => {
  const facts = made(
    "p",
    { className: "live-facts" },
    made("strong", { textContent: update.at }),
    made("span", { className: `state state-${update.state}`, textContent: update.words }),
    update.is_key && made("span", { className: "live-mark", textContent: gettext("Key event") }),
    update.is_pinned && made("span", { className: "live-mark", textContent: gettext("Pinned") }),
    update.by && made("span", { textContent: update.by }),
  )
  const acts = made(
    "div",
    { className: "live-acts" },
    update.may_change && button("edit", gettext("Edit")),
    update.may_publish && button("publish", gettext("Publish")),
    update.may_mark && toggle("is_key", gettext("Key event"), update),
    update.may_mark && toggle("is_pinned", gettext("Pin on top"), update),
    made("a", { href: update.page, textContent: gettext("Open its page") }),
    update.may_withdraw && withdrawing(reasons),
  )
  const row = made(
    "li",
    { className: "live-update" },
    facts,
    update.title && made("h3", { textContent: update.title }),
    text(update.html),
    acts,
  )
  row.dataset.update = update.id
  return row
}

// Shows these rows; what is written in, and what has not changed, stays as it is, with its focus.
export const showRows = (list, updates, known, isWritten, reasons) => {
  const rows = updates.map((update) => {
    const before = known.get(update.id)
    const said = JSON.stringify(update)
    if (before && (before.said === said || isWritten(update.id))) return before.row
    const row = rowOf(update, reasons)
    const held = before?.row.contains(document.activeElement) && document.activeElement.dataset.act
    if (before) before.row.replaceWith(row)
    if (held) row.querySelector(`[data-act="${held}"]`)?.focus()
    known.set(update.id, { row, said, update })
    return row
  })
  for (const row of [...list.children]) {
    if (rows.includes(row) || isWritten(row.dataset.update)) continue
    known.delete(row.dataset.update)
    row.remove()
  }
  rows.forEach((row, place) => {
    if (list.children[place] !== row) list.insertBefore(row, list.children[place] || null)
  })
}
