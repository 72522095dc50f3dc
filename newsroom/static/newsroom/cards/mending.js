// What a photo lacks is written on its card and saved in the library, where every story has it from then on.
import { gettext } from "django-prose-editor/editor"
import { OFFLINE, asked, token } from "./asking.js"
import { made } from "./elements.js"

export const mending = (card, id, photo) => {
  const fields = {}
  const says = { credit_line: gettext("Credit line"), alt_text: gettext("Alt text: what the picture shows") }
  const said = made("p", { className: "story-card-notice" })
  said.textContent =
    photo.lacks.length === 2
      ? gettext("Readers cannot see this photo yet: it has no credit and no description.")
      : photo.lacks[0] === "credit_line"
        ? gettext("Readers cannot see this photo yet: it has no credit.")
        : gettext("Readers cannot see this photo yet: it has no description.")
  const box = made("div", { className: "story-card-mend" }, said)
  if (!photo.may_mend) {
    // Whether one may is told with what was asked for by this page, and not with what it came with.
    if (photo.may_mend === undefined) refresh(card, [id]).catch(() => {})
    else said.textContent += ` ${gettext("Ask somebody who may change photos to add it.")}`
    return box
  }
  for (const name of photo.lacks) {
    fields[name] = made("input", { type: "text", maxlength: name === "credit_line" ? 200 : 500 })
    box.append(
      made("label", { className: "story-card-field" }, made("span", { textContent: says[name] }), fields[name]),
    )
  }
  const problem = made("p", { className: "story-card-notice", role: "alert" })
  const address = `${card.options.library.complete}?photos=${id}&part=rows`
  let running = null
  const save = async () => {
    problem.textContent = ""
    try {
      const answer = await fetch(address, { credentials: "same-origin" })
      if (answer.status === 403) throw new Error(gettext("You may not change photos. Ask somebody who may to add it."))
      if (!answer.ok || answer.redirected) throw new Error(OFFLINE)
      const rows = made("form")
      rows.innerHTML = await answer.text()
      const data = new FormData(rows)
      for (const [name, field] of Object.entries(fields)) {
        const key = [...data.keys()].find((each) => each.endsWith(`-${name}`) && !each.startsWith("initial-"))
        if (key && field.value.trim()) data.set(key, field.value.trim())
      }
      data.set("csrfmiddlewaretoken", token(card.editor))
      const kept = await fetch(address, { method: "POST", body: data, credentials: "same-origin" })
      if (kept.status === 422) {
        rows.innerHTML = await kept.text()
        throw new Error(
          [...rows.querySelectorAll(".errorlist li")].map((item) => item.textContent).join(" ") || OFFLINE,
        )
      }
      if (!kept.ok) throw new Error(OFFLINE)
      for (const field of Object.values(fields)) field.value = ""
      const hadFocus = box.contains(document.activeElement)
      await refresh(card, [id])
      if (hadFocus && !card.isGone) card.leave()
    } catch (error) {
      problem.textContent = error instanceof TypeError ? OFFLINE : error.message
    }
  }
  const keep = () => (running ||= save().finally(() => (running = null)))
  const isWritten = () => Object.values(fields).some((field) => field.value.trim())
  const button = card.button(gettext("Save in the library"), keep, "primary")
  box.append(
    made(
      "p",
      {},
      button,
      " ",
      made("a", { href: photo.address, target: "_blank", textContent: gettext("Open in the library") }),
    ),
    problem,
  )
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("input")) return
    event.preventDefault()
    if (event.isComposing) return
    const empty = Object.values(fields).find((field) => !field.value.trim())
    if (empty) empty.focus()
    else keep()
  })
  // Whoever writes both and publishes at once has them saved first.
  card.storage.unsaved.add(() => (box.isConnected && isWritten() ? keep() : null))
  return box
}

export const refresh = async (card, ids) => {
  const { photos } = await asked(card.options.asked.photos, { ids: ids.join(",") })
  if (card.isGone) return
  const { isComing, ...shown } = card.shown
  card.tell({ ...shown, photos: { ...shown.photos, ...photos } })
}
