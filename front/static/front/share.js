/** To pass a story on: by what the device has for it, or by its address. */

export function start(place) {
  const native = place.querySelector("[data-share-native]")
  const copy = place.querySelector("[data-copy]")
  const said = place.querySelector("[data-copied]")
  const { url, title } = place.dataset

  if (native) native.hidden = !navigator.share
  if (copy) copy.hidden = !navigator.clipboard
  place.hidden = !navigator.share && !navigator.clipboard

  native?.addEventListener("click", () => navigator.share({ url, title }).catch(() => {})) // closed again: that's fine
  copy?.addEventListener("click", async () => {
    await navigator.clipboard.writeText(url)
    if (said) said.textContent = said.dataset.text
  })
}
