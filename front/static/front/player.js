/** A film of another site. Nothing of it is loaded before somebody presses its picture. */

export function start(figure) {
  figure.addEventListener("click", (event) => {
    const link = event.target.closest("[data-play]")
    const template = figure.querySelector("template")
    if (!link || !template || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    const player = template.content.cloneNode(true)
    const frame = player.querySelector("iframe, video")
    link.replaceWith(player)
    if (frame?.localName === "video") frame.play()?.catch(() => {}) // the browser may want another press
    frame?.focus()
  })
}
