// A card on a front, as readers will have it: picture, kicker, headline, time; and whether it is pinned there.
import { made } from "../cards/elements.js"
import { icon } from "./icons.js"

const tool = (act, label, shape) =>
  made(
    "button",
    { type: "button", className: "front-tool", "data-act": act, title: label, "aria-label": label },
    icon(shape),
  )

const pictureOf = ({ picture, focus, length, kind }) => {
  const image = made("img", { src: picture, alt: "", draggable: "false", loading: "lazy" })
  if (focus) image.style.objectPosition = focus
  const parts = [
    picture ? image : null,
    kind === "video" ? made("span", { className: "front-length", textContent: `▶ ${length || ""}` }) : null,
  ]
  return made("div", { className: "front-picture" }, ...parts.filter(Boolean))
}

// Why readers do not see it, or that they do not see it yet.
const warningOf = ({ thing, isOver }, room) => {
  if (thing.warning) return thing.warning
  return isOver ? interpolate(gettext("Not shown: this holds %s. Show more, or unpin something above."), [room]) : ""
}

// What a screen reader says of a card.
const spoken = (card, place, number, warning) => {
  const { thing, isPinned } = card
  const words = [
    thing.headline,
    thing.kind_words,
    isPinned ? gettext("pinned") : gettext("by rule"),
    interpolate(gettext("%s of %s"), [place, number]),
    warning,
  ]
  return words.filter(Boolean).join(", ")
}

export const cardElement = (card, { place, number, room, isTall }) => {
  const { thing, isPinned, name } = card
  const warning = warningOf(card, room)
  const hasPicture = Boolean(thing.picture) || thing.kind === "video"
  const item = made(
    "li",
    {
      className: "front-card",
      tabindex: "-1",
      "data-name": name,
      "data-kind": thing.kind,
      "aria-label": spoken(card, place, number, warning),
    },
    ...(hasPicture ? [pictureOf(thing)] : []),
    made(
      "div",
      { className: "front-words" },
      ...(thing.kicker ? [made("p", { className: "front-kicker", textContent: thing.kicker })] : []),
      made("p", { className: thing.kind === "blurb" ? "front-text" : "front-headline", textContent: thing.headline }),
      ...(isTall && thing.standfirst
        ? [made("p", { className: "front-standfirst", textContent: thing.standfirst })]
        : []),
      made(
        "p",
        { className: "front-about" },
        ...(thing.when ? [made("time", { textContent: thing.when })] : []),
        ...(isPinned ? [] : [made("span", { className: "front-by-rule", textContent: gettext("by rule") })]),
      ),
      ...(warning ? [made("p", { className: "front-warning", textContent: warning })] : []),
    ),
    made(
      "div",
      { className: "front-tools" },
      ...(thing.address
        ? [
            made(
              "a",
              {
                className: "front-tool",
                href: thing.address,
                target: "_blank",
                title: gettext("Open it at the desk"),
                "aria-label": gettext("Open it at the desk"),
                draggable: "false",
              },
              icon("open"),
            ),
          ]
        : []),
      tool("pin", isPinned ? gettext("Unpin") : gettext("Pin it here"), isPinned ? "pinned" : "pin"),
    ),
  )
  item.classList.toggle("is-pinned", isPinned)
  item.classList.toggle("is-unseen", !thing.is_seen || card.isOver)
  item.classList.toggle("has-picture", hasPicture)
  return item
}
