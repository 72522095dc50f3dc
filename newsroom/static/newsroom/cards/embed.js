// What another site plays or shows, by its address.
import { gettext } from "django-prose-editor/editor"
import { OFFLINE, asked } from "./asking.js"
import { made } from "./elements.js"

const EXAMPLE = "https://www.youtube.com/watch?v=…"

export const embed = (card) => {
  const problem = made("p", { className: "story-card-notice", role: "alert" })
  let running = null
  const check = async () => {
    const url = address.lastChild.value.trim()
    if (!url) return
    const mine = (running = {})
    problem.textContent = ""
    try {
      const answer = await asked(card.options.asked.address, { url })
      if (mine !== running || card.isGone) return
      if (answer.refusal) return void (problem.textContent = answer.refusal)
      const isOwn = answer.block.type === "related"
      if (isOwn)
        return card.editor.commands.replaceCard(card.getPos(), { ...answer.block, id: card.block.id }, answer.shown)
      const isHere = asking.contains(document.activeElement)
      card.set({ ...answer.block, title: card.block.title || "", id: card.block.id }, { shown: answer.shown })
      sync()
      if (isHere) title.lastChild.focus()
    } catch {
      if (mine === running) problem.textContent = OFFLINE
    }
  }
  const address = card.field({
    label: gettext("Address of the page that the video or post has"),
    name: "input",
    most: 1000,
    placeholder: EXAMPLE,
    value: () => card.block.url,
    write: (text, session) => card.set({ ...card.block, url: text }, { session }),
  })
  address.lastChild.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" && !address.lastChild.value) {
      event.preventDefault()
      return card.remove()
    }
    if (event.key !== "Enter" || !address.lastChild.value.trim()) return
    event.preventDefault()
    check()
    card.leave()
  })
  address.lastChild.addEventListener("paste", () => setTimeout(check))
  const box = made("div", { className: "story-card-player" })
  const title = card.field({
    label: gettext("Title"),
    name: "input",
    most: 300,
    className: "story-card-caption",
    isLabelShown: false,
    placeholder: gettext("What it shows, for the line below the player"),
    value: () => card.block.title,
    write: (text, session) => card.set({ ...card.block, title: text }, { session }),
  })
  const change = card.button(gettext("Another address"), () => {
    const { provider, ...rest } = card.block
    card.set(rest)
    address.lastChild.focus()
    address.lastChild.select()
  })
  const asking = made("div", {}, address, card.button(gettext("Look it up"), check), problem)
  const showing = made("div", {}, box, title, made("p", { className: "story-card-acts" }, change))
  card.body.append(asking, showing)
  let now = null
  const sync = () => {
    const has = Boolean(card.block.provider)
    asking.hidden = has
    showing.hidden = !has
    address.sync()
    title.sync()
    const { provider, player } = card.shown
    if (!has || now === card.block.url) return
    now = card.block.url
    const play = card.button(gettext("Show the player"), () => {
      box.replaceChildren(
        made("iframe", {
          src: player,
          title: provider,
          allow: "fullscreen; picture-in-picture; encrypted-media",
          referrerpolicy: "strict-origin-when-cross-origin",
        }),
      )
    })
    play.hidden = !player
    box.replaceChildren(
      made("strong", { textContent: provider || card.block.provider }),
      made("a", {
        href: card.block.url,
        target: "_blank",
        rel: "noreferrer",
        textContent: card.block.url,
        className: "story-card-address",
      }),
      play,
    )
  }
  sync()
  return sync
}
