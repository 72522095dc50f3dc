/** Keys. In a list j and k lead to the next item and the one before. Escape closes the menu, and so does going on. */

function move(event) {
  const step = { j: "nextElementSibling", k: "previousElementSibling" }[event.key]
  const item = event.target.closest?.("[data-item]")
  if (!step || !item || event.ctrlKey || event.metaKey || event.altKey) return
  let other = item[step]
  while (other && !other.querySelector("a[href]")) other = other[step]
  other?.querySelector("a[href]").focus()
}

function close(event) {
  const menu = event.key === "Escape" && document.querySelector("[data-menu][open]")
  if (!menu) return
  menu.open = false
  if (menu.contains(event.target)) menu.querySelector("summary").focus()
}

/** A menu that stays open covers what somebody has gone on to. */
function leave(event) {
  const menu = document.querySelector("[data-menu][open]")
  if (menu && event.target instanceof Node && !menu.contains(event.target)) menu.open = false
}

export function start() {
  addEventListener("keydown", (event) => {
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return
    move(event)
  })
  addEventListener("keydown", close)
  addEventListener("focusin", leave)
  addEventListener("pointerdown", leave)
}
