// The page of a video: a film is sent as soon as it is chosen, and the provider is asked at the press of a button.
import { upload } from "../media/upload.js"

const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`

const equip = (film) => {
  const form = film.closest("form")
  const [token, file] = [film.querySelector('input[type="hidden"]'), film.querySelector('input[type="file"]')]
  const [player, progress] = [film.querySelector("video"), film.querySelector("progress")]
  const [facts, said] = [film.querySelector(".film-facts"), film.querySelector(".film-said")]
  const words = film.dataset
  const remove = film.querySelector(".film-remove")
  let sending = null

  const say = (text, isWrong = false) => {
    said.textContent = text
    said.classList.toggle("is-wrong", isWrong)
  }
  const show = (address) => {
    if (player.src.startsWith("blob:")) URL.revokeObjectURL(player.src)
    player.hidden = !address
    if (address) player.src = address
    else player.removeAttribute("src")
  }
  const done = () => {
    sending = null
    progress.hidden = true
  }
  const arrived = (film) => {
    token.value = film.token
    token.dispatchEvent(new Event("change", { bubbles: true }))
    file.value = ""
    remove.hidden = false
    const length = film.seconds ? minutes(film.seconds) : ""
    facts.textContent = [`${film.type}, ${film.width} × ${film.height}`, length].filter(Boolean).join(", ")
    const duration = form.querySelector('[name="duration_seconds"]')
    if (duration && !duration.value && film.seconds) duration.value = film.seconds
    say([words.arrived, ...film.notices].join(" "))
  }

  const send = async (chosen) => {
    sending?.abort()
    const mine = (sending = new AbortController())
    progress.hidden = false
    progress.value = 0
    say("")
    const { isStored, isAborted, answer } = await upload(words.upload, chosen, {
      token: form.querySelector('[name="csrfmiddlewaretoken"]').value,
      name: "file_upload",
      words: { offline: words.broken, failed: words.broken, tooLarge: words.tooLarge },
      progressed: (part) => (progress.value = 100 * part),
      signal: mine.signal,
    })
    if (isAborted || mine !== sending) return
    done()
    if (isStored) return arrived(answer)
    show("")
    say(answer.error, true)
  }

  file.addEventListener("change", () => {
    const chosen = file.files[0]
    if (!chosen) return
    if (chosen.size > words.most * 1_000_000) {
      file.value = ""
      say(words.tooLarge, true)
      return
    }
    show(URL.createObjectURL(chosen))
    send(chosen)
  })
  film.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return
    event.preventDefault()
    film.classList.add("is-dropping")
  })
  for (const name of ["dragleave", "drop"]) film.addEventListener(name, () => film.classList.remove("is-dropping"))
  film.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    file.files = event.dataTransfer.files
    file.dispatchEvent(new Event("change", { bubbles: true }))
  })
  remove.addEventListener("click", () => {
    sending?.abort()
    done()
    token.value = file.value = facts.textContent = ""
    token.dispatchEvent(new Event("change", { bubbles: true }))
    remove.hidden = true
    show("")
    say("")
  })
  form.addEventListener("submit", (event) => {
    if (!sending) return
    event.preventDefault()
    event.stopImmediatePropagation()
    say(words.leaving, true)
  })
}

document.addEventListener("DOMContentLoaded", () => {
  for (const film of document.querySelectorAll(".film")) equip(film)
  for (const fetchButton of document.querySelectorAll(".provider-fetch")) {
    fetchButton.addEventListener("click", () => {
      const form = fetchButton.closest("form")
      const asked = document.createElement("button")
      Object.assign(asked, { type: "submit", name: "_fetch", value: "1", hidden: true })
      form.append(asked)
      form.requestSubmit(asked)
      asked.remove()
    })
  }
  for (const player of document.querySelectorAll(".provider-player")) {
    player.addEventListener("toggle", () => {
      const waiting = player.querySelector("template") // the provider hears of it when the player is asked for
      if (player.open && waiting) waiting.replaceWith(waiting.content)
    })
  }
})
