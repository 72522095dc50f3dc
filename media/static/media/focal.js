// Sets a photo's focal point on the picture, by a click or by the arrow keys, and shows what each crop keeps.
"use strict"
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".focal")
  if (!box) return
  const picture = box.querySelector(".focal-picture")
  const point = box.querySelector(".focal-point")
  const fields = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id))
  const width = Number(box.dataset.width)
  const height = Number(box.dataset.height)
  const within = (value, least, most) => Math.min(Math.max(value, least), most)
  let focus = box.dataset.focal.split(" ").map(Number)

  // Halves go to the even number, as they do where the crops are made.
  const round = (value) => {
    const lower = Math.floor(value)
    if (value - lower !== 0.5) return Math.round(value)
    return lower % 2 ? lower + 1 : lower
  }

  const cropBox = (ratio) => {
    const boxWidth = Math.max(1, Math.min(width, round(height * ratio)))
    const boxHeight = Math.max(1, Math.min(height, round(width / ratio)))
    const left = round(within(focus[0] * width - boxWidth / 2, 0, width - boxWidth))
    const top = round(within(focus[1] * height - boxHeight / 2, 0, height - boxHeight))
    return { left, top, width: boxWidth, height: boxHeight }
  }

  const show = () => {
    const [x, y] = focus.map((part) => Math.round(part * 100))
    point.style.left = `${focus[0] * 100}%`
    point.style.top = `${focus[1] * 100}%`
    if (point.dataset.label) {
      point.setAttribute("aria-label", point.dataset.label.replace("%(x)s", x).replace("%(y)s", y))
    }
    const said = box.querySelector(".focal-said")
    if (said) said.textContent = `${x} % · ${y} %`
    for (const crop of box.querySelectorAll(".crop")) {
      const ratio = Number(crop.dataset.ratio)
      const cut = cropBox(ratio)
      const whole = crop.querySelector("img")
      crop.style.aspectRatio = String(cut.width / cut.height)
      crop.dataset.box = [cut.left, cut.top, cut.left + cut.width, cut.top + cut.height].join(" ")
      whole.style.width = `${(width / cut.width) * 100}%`
      whole.style.height = `${(height / cut.height) * 100}%`
      whole.style.left = `${(-cut.left / cut.width) * 100}%`
      whole.style.top = `${(-cut.top / cut.height) * 100}%`
    }
  }

  const move = (x, y) => {
    focus = [within(x, 0, 1), within(y, 0, 1)].map((part) => Math.round(part * 10000) / 10000)
    fields.forEach((field, index) => {
      if (!field) return
      field.value = focus[index]
      field.dispatchEvent(new Event("change", { bubbles: true }))
    })
    show()
  }

  if (fields.every(Boolean)) {
    const follow = (event) => {
      const frame = picture.getBoundingClientRect()
      move((event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height)
    }
    picture.addEventListener("pointerdown", (event) => {
      if (event.button || event.pointerType === "touch") return // a finger may be scrolling; a tap is a click
      event.preventDefault()
      picture.setPointerCapture(event.pointerId)
      follow(event)
      point.focus({ preventScroll: true })
    })
    picture.addEventListener("pointermove", (event) => {
      if (picture.hasPointerCapture(event.pointerId)) follow(event)
    })
    picture.addEventListener("click", (event) => {
      if (event.pointerType === "touch") follow(event)
    })
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
    point.addEventListener("keydown", (event) => {
      const way = ways[event.key]
      if (!way || event.ctrlKey || event.altKey || event.metaKey) return
      event.preventDefault()
      const step = event.shiftKey ? 0.1 : 0.01
      move(focus[0] + way[0] * step, focus[1] + way[1] * step)
    })
    for (const field of fields) {
      field.addEventListener("input", () => {
        const typed = fields.map((part) => parseFloat(part.value))
        if (typed.some((part) => !(part >= 0 && part <= 1))) return
        focus = typed
        show()
      })
    }
    const typed = fields.map((field) => parseFloat(field.value)) // a page that was refused holds what was set
    if (typed.every((part) => part >= 0 && part <= 1)) focus = typed
  }
  show()
})
