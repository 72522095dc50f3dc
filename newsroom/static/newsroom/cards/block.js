// What a card holds: its block, as JSON on its node.

export const parsed = (text) => {
  try {
    const block = JSON.parse(text || "null")
    return block && typeof block === "object" ? block : {}
  } catch {
    return {}
  }
}

export const blockOf = (node) => parsed(node.attrs["data-block"])

// The id of a new block.
export const newId = () =>
  [...crypto.getRandomValues(new Uint8Array(5))].map((byte) => byte.toString(16).padStart(2, "0")).join("")

// What tells two things on a page apart.
export const random = () => crypto.getRandomValues(new Uint32Array(1))[0].toString(16)

// Whether readers could be shown a card. One that is not filled in yet stays on the page and is not kept.
export const isFilled = (block) => {
  const filled = {
    photo: () => block.photo,
    gallery: () => block.photos?.length,
    video: () => block.video,
    related: () => block.article,
    embed: () => block.provider,
    factbox: () => block.title || (block.html || "").replace(/<[^>]+>|&nbsp;|\s/g, ""),
  }
  return Boolean(filled[block.type] ? filled[block.type]() : block.type)
}

export const NAMES = {
  photo: gettext("Photo"),
  gallery: gettext("Gallery"),
  video: gettext("Video"),
  related: gettext("Related story"),
  embed: gettext("Embed"),
  factbox: gettext("Fact box"),
  paywall: gettext("Free up to here"),
}
