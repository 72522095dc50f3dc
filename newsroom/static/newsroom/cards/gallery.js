// Photos in a row, in the order that their editor puts them in.
import { gettext } from "django-prose-editor/editor"
import { made } from "./elements.js"
import { figure } from "./figure.js"
import { chosenPhoto, placed, withPhoto } from "./library.js"

export const gallery = (card) => {
  const list = made("ol", { className: "story-card-gallery" })
  const add = card.button(gettext("Add photo"), async () => {
    const id = await chosenPhoto(card)
    if (id && !card.isGone) withPhoto(card, { ...card.block, photos: [...(card.block.photos || []), placed(id)] }, id)
    add.focus()
  })
  const done = card.button(gettext("Done"), () => card.leave())
  card.body.append(list, made("p", { className: "story-card-acts" }, add, " ", done))
  let order = null
  const put = (photos, focusAt, act) => {
    card.set({ ...card.block, photos })
    const tool = list.children[focusAt]?.querySelector(`[data-act=${act}]`)
    const other = list.children[Math.min(focusAt, list.children.length - 1)]?.querySelector("button:not(:disabled)")
    ;((tool && !tool.disabled && tool) || other || add).focus()
  }
  const sync = () => {
    const photos = card.block.photos || []
    done.hidden = !photos.length
    const now = JSON.stringify(photos.map((link) => link.id))
    if (now !== order) {
      order = now
      list.replaceChildren(
        ...photos.map((link, at) => {
          const shown = figure(
            card,
            () => card.block.photos?.[at],
            (changed, session) =>
              card.set(
                { ...card.block, photos: card.block.photos.map((each, place) => (place === at ? changed : each)) },
                { session },
              ),
            { hasAltText: false },
          )
          const tool = (act, text, title, make, isOff = false) => {
            const button = card.button(text, () => make())
            Object.assign(button, { title, disabled: isOff })
            button.setAttribute("aria-label", title)
            button.dataset.act = act
            return button
          }
          const swapped = (to) => {
            const others = [...card.block.photos]
            const [moved] = others.splice(at, 1)
            others.splice(to, 0, moved)
            put(others, to, to > at ? "later" : "earlier")
          }
          const item = made(
            "li",
            {},
            shown,
            made(
              "p",
              { className: "story-card-acts" },
              tool("earlier", "←", gettext("Earlier"), () => swapped(at - 1), at === 0),
              tool("later", "→", gettext("Later"), () => swapped(at + 1), at === photos.length - 1),
              tool("out", "×", gettext("Take this photo out"), () =>
                put(
                  card.block.photos.filter((_each, place) => place !== at),
                  at,
                  "out",
                ),
              ),
            ),
          )
          item.sync = shown.sync
          return item
        }),
      )
    } else for (const item of list.children) item.sync()
  }
  sync()
  return sync
}
