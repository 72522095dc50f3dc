// The few shapes on the buttons of a front.
const SVG = "http://www.w3.org/2000/svg"
const SHAPES = {
  pin: "M9 3h6l-1 6 4 4v2H6v-2l4-4-1-6Zm3 12v6",
  pinned: "M9 3h6l-1 6 4 4v2H6v-2l4-4-1-6Zm3 12v6",
  open: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  handle: "M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01",
  add: "M12 5v14M5 12h14",
}

export const icon = (name) => {
  const svg = document.createElementNS(SVG, "svg")
  const values = {
    viewBox: "0 0 24 24",
    width: "18",
    height: "18",
    "aria-hidden": "true",
    class: `front-icon is-${name}`,
  }
  for (const [key, value] of Object.entries(values)) svg.setAttribute(key, value)
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", SHAPES[name])
  svg.append(path)
  return svg
}
