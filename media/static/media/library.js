// The library's pages: uploads by button and by drop, filters that work at once, many photos at once, a new file.
import { dropOn, frame, uploadsOf } from "./uploads.js"

document.addEventListener("DOMContentLoaded", () => {
  frame(document)

  const words = document.querySelector("#content-main .uploads")
  if (words) {
    const queue = document.querySelector(".upload-queue")
    const after = queue.querySelector(".upload-after")
    const [complete, shown] = after.querySelectorAll("a")
    const uploads = uploadsOf(words, queue, {
      finished: ({ ids, all }) => {
        after.querySelector("[role=status]").textContent = words.dataset.allDone
          .replace("%(done)s", ids.length)
          .replace("%(all)s", all)
        complete.hidden = !ids.length || !words.dataset.complete
        shown.hidden = !ids.length
        complete.href = `${words.dataset.complete}?photos=${ids.slice(-100).join(",")}`
      },
    })
    const input = words.querySelector("input[type=file]")
    input.addEventListener("change", () => {
      uploads.add([...input.files])
      input.value = ""
    })
    dropOn(document.body, uploads.add)
  }

  const filters = document.querySelector("#changelist .library-form")
  if (filters) {
    // What is searched for is shown as it is typed, without another page. Its address can be kept and sent.
    const list = document.querySelector("#changelist-form")
    let asked = 0
    let timer
    const refresh = async () => {
      clearTimeout(timer)
      const mine = (asked += 1)
      const query = new URLSearchParams()
      for (const [name, value] of new FormData(filters)) if (value) query.set(name, value)
      const address = `${location.pathname}${query.size ? `?${query}` : ""}`
      if (address === location.pathname + location.search) return
      list.setAttribute("aria-busy", "true")
      try {
        const answer = await fetch(address, { credentials: "same-origin" })
        if (!answer.ok || answer.redirected) return void location.assign(address)
        const page = new DOMParser().parseFromString(await answer.text(), "text/html")
        if (mine !== asked) return // something else was typed meanwhile
        list.replaceChildren(...page.querySelector("#changelist-form").childNodes)
        history.replaceState(null, "", address)
        frame(list)
        selecting(list)
      } catch {
        location.assign(address) // which says what is wrong
      } finally {
        if (mine === asked) list.removeAttribute("aria-busy")
      }
    }
    filters.addEventListener("submit", (event) => {
      event.preventDefault()
      refresh()
    })
    filters.addEventListener("change", (event) => {
      if (event.target.matches("select")) refresh()
    })
    filters.addEventListener("input", (event) => {
      if (!event.target.matches("input")) return
      clearTimeout(timer)
      timer = setTimeout(refresh, 300)
    })
  }

  const selecting = (list) => {
    const chosen = list.querySelector(".library-chosen")
    if (!chosen) return
    const boxes = [...list.querySelectorAll(".photo-grid .action-select")]
    const said = chosen.querySelector("[role=status]")
    let last = null
    const show = () => {
      const number = boxes.filter((box) => box.checked).length
      chosen.hidden = !number
      said.textContent = number === 1 ? said.dataset.one : said.dataset.many.replace("%s", number)
    }
    for (const box of boxes) {
      box.addEventListener("click", (event) => {
        if (event.shiftKey && last) {
          const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b)
          for (const between of boxes.slice(from, to + 1)) between.checked = box.checked
        }
        last = box
        show()
      })
    }
    chosen.querySelector("[data-act=none]").addEventListener("click", () => {
      for (const box of boxes) box.checked = false
      show()
    })
    window.addEventListener("pageshow", show)
  }
  selecting(document)

  // A photo is looked at, with all that uses it, above the library. Its page is one click further, or a new tab.
  const look = document.querySelector("dialog.photo-look")
  document.querySelector("#changelist")?.addEventListener("click", async (event) => {
    const link = event.target.closest(".photo-card a[data-look]")
    if (!link || !look || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    try {
      const answer = await fetch(link.dataset.look, { credentials: "same-origin" })
      if (!answer.ok || answer.redirected) return void location.assign(link.href)
      look.querySelector(".photo-look-body").innerHTML = await answer.text()
    } catch {
      return void location.assign(link.href)
    }
    look.showModal()
    look.addEventListener("close", () => link.focus(), { once: true })
  })
  look?.addEventListener("click", (event) => {
    if (event.target === look || event.target.closest("[data-act=close]")) look.close()
  })

  const complete = document.querySelector("form.complete")
  if (complete) {
    let isTouched = Boolean(document.querySelector(".errornote"))
    complete.addEventListener("input", () => (isTouched = true))
    complete.addEventListener("submit", () => (isTouched = false))
    window.addEventListener("beforeunload", (event) => {
      if (isTouched) event.preventDefault()
    })
    complete.querySelector("[data-act=fill]")?.addEventListener("click", () => {
      const text = complete.querySelector("[data-fill]").value.trim()
      if (!text) return
      for (const field of complete.querySelectorAll(".field-credit_line input:not([type=hidden])")) {
        if (!field.value.trim()) field.value = text
      }
      isTouched = true
    })
    complete.querySelector(".has-errors")?.scrollIntoView({ block: "center" })
  }

  const file = document.querySelector("form.replace input[type=file]")
  file?.addEventListener("change", () => {
    const picture = document.querySelector(".replace-new img")
    if (picture.src) URL.revokeObjectURL(picture.src)
    picture.hidden = !file.files.length
    if (file.files.length) picture.src = URL.createObjectURL(file.files[0])
  })
})
