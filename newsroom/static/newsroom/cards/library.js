// Photos of the library, chosen for a card.
import { choosePhoto } from "../../media/chooser.js"
import { refresh } from "./mending.js"

// A photo stands in the story at once; what it shows follows.
export const withPhoto = (card, block, id) => {
  card.set(block, { shown: { ...card.shown, isComing: true } })
  card.sync()
  refresh(card, [id]).catch(() => {})
}

export const chosenPhoto = async ({ options }) => {
  let chosen = null
  try {
    chosen = await choosePhoto(options.library.choose)
  } catch {
    window.open(options.library.choose.replace(/choose\/$/, ""), "_blank") // logged out, perhaps: it says so there
  }
  return chosen?.id || null
}

export const placed = (id) => ({ link: "photo", id, caption: "", alt_text: "" })
