// A card of another item of the desk, which is searched for by its headline.
import { gettext } from "django-prose-editor/editor"
import { made } from "./elements.js"
import { finder, mark } from "./finder.js"

export const itemCard = (kind, label, links) => (card) => {
  const place = made("div")
  card.body.append(place)
  let now = null
  const isNew = () => !links.get(card.block)
  const choose = () => {
    now = null
    place.replaceChildren(
      finder(card, {
        address: card.options.asked[kind],
        label,
        goesWhenEmpty: true,
        take: (row) => {
          const isHere = card.dom.contains(document.activeElement)
          card.set(links.set(card.block, row.id), { shown: { item: row } })
          show()
          if (isHere) card.leave()
        },
        cancel: () => {
          if (isNew()) return card.remove()
          show()
          card.dom.focus()
        },
      }),
    )
    if (!isNew()) place.querySelector("input").focus()
  }
  const show = () => {
    const row = card.shown.item
    const state = JSON.stringify([links.get(card.block), row])
    if (state === now) return
    now = state
    const change = card.button(gettext("Change"), choose)
    if (!row?.id) {
      place.replaceChildren(
        made("p", { className: "story-card-notice", textContent: gettext("It is no longer at the desk.") }),
        change,
      )
      return
    }
    place.replaceChildren(
      made(
        "div",
        { className: "story-card-item" },
        ...(row.picture ? [made("img", { src: row.picture, alt: "", loading: "lazy", draggable: "false" })] : []),
        made(
          "div",
          {},
          made("strong", { className: "story-card-name", textContent: row.headline }),
          ...(row.standfirst ? [made("p", { textContent: row.standfirst })] : []),
          made(
            "p",
            { className: "story-card-meta" },
            mark(row),
            ` · ${row.when} · `,
            made("a", { href: row.address, target: "_blank", textContent: gettext("Open") }),
            " ",
            change,
          ),
        ),
      ),
    )
  }
  const sync = () => {
    if (!isNew()) show()
    else if (!place.querySelector(".story-card-search")) choose()
  }
  sync()
  return sync
}
