// Elements of a page, made in one go.

export const made = (name, values = {}, ...children) => {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined || value === false) continue
    if (key === "className" || key === "textContent" || key in { value: 1, type: 1, disabled: 1, hidden: 1, rows: 1 })
      element[key] = value
    else element.setAttribute(key, value === true ? "" : value)
  }
  element.append(...children)
  return element
}
