// The page of a video: a film is sent as soon as it is chosen, and the provider is asked at the press of a button.
"use strict"
{
  const minutes = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}`

  const equip = (film) => {
    const form = film.closest("form")
    const [token, file] = [film.querySelector('input[type="hidden"]'), film.querySelector('input[type="file"]')]
    const [player, progress] = [film.querySelector("video"), film.querySelector("progress")]
    const [facts, said] = [film.querySelector(".film-facts"), film.querySelector(".film-said")]
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

    const send = (chosen) => {
      sending?.abort()
      const request = (sending = new XMLHttpRequest())
      const content = new FormData()
      content.append("csrfmiddlewaretoken", form.querySelector('[name="csrfmiddlewaretoken"]').value)
      content.append("file_upload", chosen)
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) progress.value = (100 * event.loaded) / event.total
      })
      request.addEventListener("load", () => {
        done()
        let answer = {}
        try {
          answer = JSON.parse(request.responseText)
        } catch {
          answer = { error: film.dataset.broken }
        }
        if (request.status !== 200) {
          show("")
          say(answer.error, true)
          return
        }
        token.value = answer.token
        token.dispatchEvent(new Event("change", { bubbles: true }))
        file.value = ""
        remove.hidden = false
        facts.textContent = [
          `${answer.type}, ${answer.width} × ${answer.height}`,
          answer.seconds ? minutes(answer.seconds) : "",
        ]
          .filter(Boolean)
          .join(", ")
        const duration = form.querySelector('[name="duration_seconds"]')
        if (duration && !duration.value && answer.seconds) duration.value = answer.seconds
        say([film.dataset.arrived, ...answer.notices].join(" "))
      })
      request.addEventListener("error", () => {
        done()
        show("")
        say(film.dataset.broken, true)
      })
      progress.hidden = false
      progress.value = 0
      say("")
      request.open("POST", film.dataset.upload)
      request.send(content)
    }

    file.addEventListener("change", () => {
      const chosen = file.files[0]
      if (!chosen) return
      if (chosen.size > film.dataset.most * 1_000_000) {
        file.value = ""
        say(film.dataset.tooLarge, true)
        return
      }
      show(URL.createObjectURL(chosen))
      send(chosen)
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
      say(film.dataset.leaving, true)
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
}
