// The desk's keyboard: single keys click what carries them (data-key, and data-go after g), none while somebody types;
// the commands with Ctrl or ⌘ press the buttons of a page. The sheet that lists them opens with ?.
"use strict"
{
  const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform)
  const SWITCH = "desk.singleKeys"
  const WAIT = 1500 // milliseconds after g

  const isTyping = (target) =>
    target.isContentEditable ||
    Boolean(
      target.closest?.(
        "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, .select2-container",
      ),
    )

  const stored = (value) => {
    try {
      if (value !== undefined) localStorage.setItem(SWITCH, value)
      return localStorage.getItem(SWITCH)
    } catch {
      return null // a browser that keeps nothing
    }
  }

  // What is seen is clicked; of a menu that is folded away its twin elsewhere, or itself.
  const click = (selector) => {
    const found = [...document.querySelectorAll(selector)]
    const target = found.find((one) => one.offsetParent) ?? found[0]
    target?.click()
    return Boolean(target)
  }

  const rows = () => [...document.querySelectorAll("#result_list tbody tr")]

  const toRow = (step) => {
    const all = rows()
    const at = all.findIndex((row) => row.contains(document.activeElement))
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)]
    next?.querySelector("th a, td.field-what a, td a")?.focus()
    next?.scrollIntoView({ block: "nearest" })
    return Boolean(next)
  }

  const select = () => {
    const box = document.activeElement?.closest("#result_list tr")?.querySelector("input.action-select")
    box?.click()
    return Boolean(box)
  }

  const search = () => {
    const field = [...document.querySelectorAll("#searchbar, .library-form input[type=search], #desk-search")].find(
      (one) => one.offsetParent,
    )
    field?.focus()
    field?.select?.()
    return Boolean(field)
  }

  document.addEventListener("DOMContentLoaded", () => {
    const sheet = document.querySelector("dialog.shortcuts")
    const form = document.querySelector(".desk.change-form .desk-bar, .desk.change-form .submit-row")?.closest("form")
    let wasG = 0
    if (IS_MAC) for (const key of document.querySelectorAll("[data-command]")) key.textContent = "⌘"
    const single = sheet?.querySelector(".single-keys input")
    if (single) {
      single.checked = stored() !== "off"
      single.addEventListener("change", () => stored(single.checked ? "on" : "off"))
    }
    for (const opener of document.querySelectorAll("[data-shortcuts]")) {
      opener.addEventListener("click", () => {
        opener.closest("details")?.removeAttribute("open")
        sheet?.showModal()
      })
    }
    for (const dialog of document.querySelectorAll("dialog.desk-dialog")) {
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog && dialog === sheet) dialog.close()
      })
    }
    // What is folded open closes when somebody goes on elsewhere, or presses Escape.
    const folded = ".desk-user[open], .desk-places[open], .row-menu[open]"
    document.addEventListener("click", (event) => {
      for (const open of document.querySelectorAll(folded)) if (!open.contains(event.target)) open.open = false
    })

    const command = (event) => {
      if (!form) return false
      const press = (button) => {
        if (button && !button.disabled) form.requestSubmit(button)
        return true
      }
      const key = event.key.toLowerCase()
      if (key === "s" && !event.shiftKey)
        return press(form.querySelector('[name="_continue"]') ?? form.querySelector('[name="_save"]'))
      if (key === "enter" && event.shiftKey) return press(form.querySelector(".desk-bar > button.primary"))
      const preview = form.querySelector("[data-preview]")
      if (key === "p" && !event.shiftKey && preview) {
        preview.click()
        return true
      }
      return false
    }

    document.addEventListener(
      "keydown",
      (event) => {
        if (event.isComposing || event.defaultPrevented) return
        const isCommand = (IS_MAC ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey
        if (isCommand) {
          if (!document.querySelector("dialog[open]") && command(event)) {
            event.preventDefault()
            event.stopPropagation()
          }
          return
        }
        if (event.key === "Escape") {
          for (const open of document.querySelectorAll(folded)) {
            open.open = false
            open.querySelector("summary").focus()
          }
          return
        }
        if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
        if (document.querySelector("dialog[open]") || stored() === "off") return
        const isAfterG = Date.now() - wasG < WAIT
        wasG = 0
        let isDone = false
        if (isAfterG && /^[a-z]$/.test(event.key)) isDone = click(`[data-go="${event.key}"]`)
        else if (event.key === "g") {
          wasG = Date.now()
          isDone = true
        } else if (event.key === "?") {
          sheet?.showModal()
          isDone = true
        } else if (event.key === "/") isDone = search()
        else if (event.key === "j" || event.key === "k") isDone = toRow(event.key === "j" ? 1 : -1)
        else if (event.key === "x") isDone = select()
        else if (/^[a-z]$|^Arrow(Left|Right)$/.test(event.key) && !event.shiftKey)
          isDone = click(`[data-key="${event.key}"]`)
        if (isDone) event.preventDefault()
      },
      true,
    )
  })
}
