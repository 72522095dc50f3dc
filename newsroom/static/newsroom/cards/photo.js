// A photo, or the picture that is on its way to become one.
import { gettext } from "django-prose-editor/editor"
import { made } from "./elements.js"
import { figure } from "./figure.js"
import { chosenPhoto, placed, withPhoto } from "./library.js"

export const photo = (card) => {
  const upload = made("div", { className: "story-card-upload" })
  const change = card.button(gettext("Another photo"), async () => {
    const id = await chosenPhoto(card)
    if (id && !card.isGone) withPhoto(card, { ...card.block, photo: placed(id) }, id)
    card.dom.focus()
  })
  const shown = figure(
    card,
    () => card.block.photo,
    (link, session) => card.set({ ...card.block, photo: link }, { session }),
    { hasAltText: true },
  )
  card.body.append(upload, shown, made("p", { className: "story-card-acts" }, change))
  const sync = () => {
    const has = Boolean(card.block.photo)
    shown.hidden = change.hidden = !has
    upload.hidden = has
    if (has) shown.sync()
    else uploadShown(card, upload)
  }
  sync()
  return sync
}

const uploadShown = (card, place) => {
  const sent = card.storage.sent.get(card.block.id)
  if (sent) {
    // Sent, undone and done again: it is in the library still.
    queueMicrotask(
      () =>
        card.isGone ||
        card.block.photo ||
        card.set({ ...card.block, photo: placed(sent.id) }, { shown: { photos: sent.photos }, isQuiet: true }),
    )
  }
  const running = card.storage.uploads.get(card.block.id)
  if (!running) {
    const choose = card.button(gettext("Choose photo"), async () => {
      const id = await chosenPhoto(card)
      if (!id || card.isGone) return void card.dom.focus()
      withPhoto(card, { ...card.block, photo: placed(id) }, id)
      card.leave()
    })
    place.replaceChildren(choose)
    return
  }
  const bar = made("progress", { max: 1, "aria-label": running.name })
  bar.value = running.done || 0
  const said = made("p", { textContent: running.error || running.name, role: running.error ? "alert" : "status" })
  if (running.error) said.className = "story-card-notice"
  place.replaceChildren(said, ...(running.error ? [card.button(gettext("Try again"), running.again)] : [bar]))
}
