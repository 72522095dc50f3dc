// What a page of its own asks is asked above the page that one is on, with the same words and fields.
export const fetched = (address, options = {}) => fetch(address, { credentials: "same-origin", ...options })

export const parsed = async (answer) => new DOMParser().parseFromString(await answer.text(), "text/html")

export const dialog = document.createElement("dialog")
dialog.className = "desk-dialog list-asked"
const loaded = (source) =>
  new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject })
    document.head.append(script)
  })

// The scripts and styles that a question's fields need, such as one in which one searches.
const equip = async (there) => {
  const has = (selector, name, value) => [...document.querySelectorAll(selector)].some((one) => one[name] === value)
  for (const link of there.querySelectorAll('link[rel="stylesheet"]')) {
    if (!has('link[rel="stylesheet"]', "href", link.href)) document.head.append(document.importNode(link))
  }
  window.jQuery = window.django.jQuery // which the libraries among them look for there
  try {
    const scripts = [...there.querySelectorAll("script[src]")]
    for (const { src } of scripts.sort((one, other) => one.defer - other.defer)) {
      if (!has("script[src]", "src", src)) await loaded(src)
    }
  } finally {
    delete window.jQuery
  }
}

export const show = async (there) => {
  if (there.querySelector(".admin-autocomplete")) await equip(there)
  const title = there.querySelector("#content > h1")
  const close = Object.assign(document.createElement("button"), {
    type: "button",
    className: "close",
    textContent: "×",
  })
  close.setAttribute("aria-label", gettext("Close"))
  const heading = Object.assign(document.createElement("h2"), {
    id: "list-asked-title",
    textContent: title?.textContent,
  })
  title?.remove()
  const messages = there.querySelector("main .messagelist")
  dialog.replaceChildren(heading, close, ...(messages ? [messages] : []), ...there.querySelector("#content").childNodes)
  dialog.setAttribute("aria-labelledby", heading.id)
  if (!dialog.open) dialog.showModal()
  const { jQuery } = window.django || {}
  if (jQuery?.fn.djangoAdminSelect2) jQuery(dialog).find(".admin-autocomplete").djangoAdminSelect2()
  const first = dialog.querySelector(
    "[autofocus], .bulk-decide button, .bulk-field select, form button[type=submit], form input[type=submit]",
  )
  first?.focus()
}

document.body.append(dialog)
dialog.addEventListener("click", (event) => {
  if (!event.target.closest(".close, .cancel-link")) return
  event.preventDefault()
  event.stopPropagation() // where nobody goes back besides
  dialog.close()
})
