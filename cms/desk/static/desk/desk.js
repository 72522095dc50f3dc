// What the desk's pages do beyond the stock admin: rows are put in order and removed by buttons, and a page that holds
// unsaved text asks before it is left.
"use strict"
{
  const button = (label, title) => {
    const made = document.createElement("button")
    made.type = "button"
    made.className = "row-tool"
    made.textContent = label
    made.title = title
    made.setAttribute("aria-label", title)
    return made
  }

  const rowsOf = (group) => [...group.querySelectorAll("tr.form-row:not(.empty-form)")]

  const number = (group) => {
    const rows = rowsOf(group)
    rows.forEach((row, index) => {
      const position = row.querySelector("input.row-position")
      if (position) position.value = index
      const [up, down] = row.querySelectorAll(".row-tool.move")
      if (up) up.disabled = index === 0
      if (down) down.disabled = index === rows.length - 1
    })
  }

  const equip = (group, row) => {
    const cell = row.querySelector("td.delete")
    if (!cell || cell.querySelector(".row-tool")) return
    if (row.querySelector("input.row-position")) {
      const up = button("↑", gettext("Move up"))
      const down = button("↓", gettext("Move down"))
      for (const tool of [up, down]) tool.classList.add("move")
      up.addEventListener("click", () => {
        row.previousElementSibling?.before(row)
        number(group)
      })
      down.addEventListener("click", () => {
        const next = row.nextElementSibling
        if (next && rowsOf(group).includes(next)) next.after(row)
        number(group)
      })
      cell.prepend(up, down)
    }
    const box = cell.querySelector('input[type="checkbox"]')
    if (box) {
      const remove = button("×", gettext("Remove"))
      const show = () => {
        row.classList.toggle("is-removed", box.checked)
        remove.textContent = box.checked ? "↺" : "×"
      }
      remove.addEventListener("click", () => {
        box.checked = !box.checked
        show()
      })
      show() // a page that was refused comes back with what was removed on it
      cell.append(remove)
    }
  }

  const focusIn = (row) => {
    const ways = ".ProseMirror[contenteditable], textarea, input, select, .select2-selection, button, a"
    const isReached = (way) => way.offsetParent && (way.isContentEditable || way.tabIndex >= 0)
    const target = [...row.querySelectorAll(ways)].find(isReached)
    target?.focus({ preventScroll: true })
  }

  // Brings an editor to a field that wants something.
  const leadTo = (row) => {
    for (let outer = row.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true
    row.scrollIntoView({ block: "center" })
    focusIn(row)
  }
  window.desk = { leadTo }

  // Until somebody acts, what a page says is what is stored, whatever its editors and its browser make of it as it opens.
  const askBeforeLeaving = (form) => {
    const isRefused = Boolean(document.querySelector(".errornote")) // its text is nowhere else
    let before = null
    let isSent = false
    const written = () => {
      const values = [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value])
      return JSON.stringify(values.filter(([name]) => name !== "csrfmiddlewaretoken"))
    }
    const note = () => (before ??= written())
    for (const name of ["keydown", "pointerdown", "beforeinput", "paste", "drop"]) {
      form.addEventListener(name, note, { capture: true })
    }
    form.addEventListener("submit", (event) => {
      isSent = !event.defaultPrevented
    })
    window.addEventListener("beforeunload", (event) => {
      const isKept = window.desk.isKept?.() ?? false
      const isWritten = !isKept && (isRefused || (before !== null && written() !== before))
      if (!isSent && (isWritten || window.deskChoosing?.isLooking())) event.preventDefault()
    })
  }

  // Beside the button by which a file is chosen stands which one it is.
  document.addEventListener("change", ({ target }) => {
    const name = target.closest?.(".file-choice")?.querySelector(".file-name")
    if (name) name.textContent = [...target.files].map((file) => file.name).join(", ")
  })

  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll(".desk .inline-group")) {
      // A page that was refused comes back with its rows as they were made, not as they were moved.
      const place = (row) => parseInt(row.querySelector("input.row-position")?.value, 10)
      const rows = rowsOf(group)
      const end = rows.at(-1)?.nextElementSibling
      if (end && !rows.some((row) => isNaN(place(row)))) {
        for (const row of [...rows].sort((a, b) => place(a) - place(b))) end.before(row)
      }
      for (const row of rows) equip(group, row)
      number(group)
      group.addEventListener("formset:added", (event) => {
        equip(group, event.target)
        number(group)
        queueMicrotask(() => focusIn(event.target)) // when its fields are those that one searches in
      })
      group.addEventListener("formset:removed", () => number(group))
    }
    const bar = document.querySelector(".desk.change-form :is(.desk-bar, .submit-row)")
    const form = bar?.closest("form")
    if (!form) return
    if (!form.querySelector(".desk-saving")) askBeforeLeaving(form)
    // A panel closes when the editor goes on elsewhere, or presses Escape.
    document.addEventListener("click", (event) => {
      for (const panel of bar.querySelectorAll("details[open]")) {
        if (!panel.contains(event.target)) panel.open = false
      }
    })
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") for (const panel of bar.querySelectorAll("details[open]")) panel.open = false
    })
  })
}
