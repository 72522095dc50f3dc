// A photo on a card, with its caption and credit as readers see them, and what keeps them from seeing it.
import { gettext } from "django-prose-editor/editor"
import { made } from "./elements.js"
import { mending } from "./mending.js"

const photoOf = (card, link) => card.shown.photos?.[link.id] || null

// A photo with its caption and credit, as readers see it, and what keeps them from seeing it.
export const figure = (card, getLink, setLink, { hasAltText }) => {
  const picture = made("img", { alt: "", loading: "lazy", draggable: "false" })
  const credit = made("span", { className: "story-card-credit" })
  const gone = made("p", { className: "story-card-notice", hidden: true })
  const caption = card.field({
    label: gettext("Caption here"),
    isLabelShown: false,
    className: "story-card-caption",
    value: () => getLink()?.caption,
    placeholder: () => photoOf(card, getLink() || {})?.caption || gettext("Caption"),
    write: (text, session) => setLink({ ...getLink(), caption: text }, session),
  })
  const alt = card.field({
    label: gettext("Alt text here"),
    className: "story-card-alt",
    most: 500,
    value: () => getLink()?.alt_text,
    placeholder: () =>
      photoOf(card, getLink() || {})?.alt_text || gettext("What the picture shows, for those who cannot see it"),
    write: (text, session) => setLink({ ...getLink(), alt_text: text }, session),
  })
  const notices = made("div", { className: "story-card-notices", role: "status" })
  const element = made(
    "figure",
    {},
    picture,
    gone,
    made("figcaption", {}, caption, credit),
    ...(hasAltText ? [alt] : []),
    notices,
  )
  let lacking = null
  element.sync = () => {
    const link = getLink()
    if (!link) return
    const photo = photoOf(card, link)
    gone.hidden = Boolean(photo || card.shown.isComing)
    gone.textContent = photo ? "" : gettext("This photo is no longer in the library.")
    picture.hidden = !photo?.picture
    if (photo?.picture && picture.getAttribute("src") !== photo.picture) {
      // Its room is kept before it is there, so that nothing that is being written on moves away.
      if (photo.width) Object.assign(picture, { width: photo.width, height: photo.height })
      picture.src = photo.picture
    }
    picture.alt = link.alt_text || photo?.alt_text || ""
    credit.textContent = photo?.credit_line || ""
    caption.sync()
    alt.sync()
    const state = JSON.stringify([link.id, photo?.lacks, photo?.warnings, photo?.may_mend])
    if (state === lacking) return
    lacking = state
    notices.replaceChildren(
      ...(photo?.warnings || []).map((text) => made("p", { className: "story-card-notice", textContent: text })),
    )
    if (photo?.lacks?.length) notices.append(mending(card, link.id, photo))
  }
  element.sync()
  return element
}
