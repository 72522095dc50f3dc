// Sends photos to the library, two at a time, and shows what becomes of each. Also: what thumbnails share.
import { upload } from "./upload.js"

const AT_ONCE = 2

// A thumbnail shows what the editor said must stay in the picture. (Set here: a page may forbid styles in its HTML.)
export const frame = (root) => {
  for (const picture of root.querySelectorAll("img[data-focal]")) {
    const [x, y] = picture.dataset.focal.split(" ").map(Number)
    if (picture.dataset.colour) picture.style.backgroundColor = picture.dataset.colour // until it is there
    picture.style.objectPosition = `${x * 100}% ${y * 100}%`
  }
}

const element = (name, className, text = "") => {
  const made = document.createElement(name)
  if (className) made.className = className
  made.textContent = text
  return made
}

const carriesFiles = (event) => [...(event.dataTransfer?.types || [])].includes("Files")

// Whatever is dropped on a place goes to `take`; a file that is dropped beside it does not open in its place.
export const dropOn = (place, take) => {
  let depth = 0
  const show = () => place.classList.toggle("is-dropping", depth > 0)
  place.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return
    depth += 1
    show()
  })
  place.addEventListener("dragleave", (event) => {
    if (!carriesFiles(event)) return
    depth = Math.max(0, depth - 1)
    show()
  })
  place.addEventListener("dragover", (event) => {
    if (carriesFiles(event)) event.preventDefault()
  })
  place.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return
    event.preventDefault()
    event.stopPropagation()
    depth = 0
    show()
    take([...event.dataTransfer.files])
  })
}

// `words` is the element that says where to send them, and what to say; `queue` shows them.
export const uploadsOf = (words, queue, { added, finished } = {}) => {
  const say = words.dataset
  const list = queue.querySelector("ol")
  const waiting = []
  const ids = []
  let running = 0
  let asked = 0

  const send = (file, row) =>
    upload(say.upload, file, {
      token: words.querySelector("[name=csrfmiddlewaretoken]").value,
      words: say,
      progressed: (part) => (row.bar.value = part),
      arrived: () => {
        row.bar.removeAttribute("value")
        row.state.textContent = say.working
      },
    })

  const picture = (photo) => {
    const made = element("img")
    made.alt = ""
    made.src = photo.thumbnail
    made.dataset.focal = photo.focal_point
    return made
  }

  const linkTo = (photo, text) => {
    const link = element("a", "", text)
    link.href = photo.address
    link.target = "_blank"
    return link
  }

  const tell = (row, file, { status, answer }) => {
    row.bar.remove()
    row.said.replaceChildren()
    const photo = status === 201 ? answer : answer.twin
    row.item.dataset.outcome = status === 201 ? "added" : answer.twin ? "twin" : "refused"
    row.state.textContent = status === 201 ? say.done : answer.twin ? say.twin : say.refused
    if (photo) {
      row.item.prepend(picture(photo))
      const line = element("p")
      line.append(linkTo(photo, photo.name || row.name))
      if (photo.credit_line) line.append(" · ", photo.credit_line)
      row.said.append(line)
      const marks = element("p", "badges")
      for (const text of photo.badges) marks.append(element("span", "badge badge-lack", text), " ")
      if (photo.badges.length) row.said.append(marks)
      for (const text of photo.notices || []) row.said.append(element("p", "help", text))
      frame(row.item)
    } else {
      row.said.append(element("p", "obstacle", answer.error))
      if (answer.again) {
        const again = element("button", "plain", say.again)
        again.type = "button"
        again.addEventListener("click", () => {
          row.item.remove()
          asked -= 1
          add([file])
        })
        row.said.append(again)
      }
    }
  }

  const end = () => {
    list.prepend(...list.querySelectorAll("[data-outcome=refused]")) // what is left to do comes first
    queue.scrollTop = 0
    finished?.({ ids: [...ids], all: asked })
  }

  const next = () => {
    while (waiting.length && running < AT_ONCE) {
      const { file, row } = waiting.shift()
      running += 1
      row.state.textContent = ""
      send(file, row).then((outcome) => {
        running -= 1
        tell(row, file, outcome)
        if (outcome.status === 201) ids.push(outcome.answer.id)
        added?.(outcome.status === 201 ? outcome.answer : outcome.answer.twin || null, outcome.status === 201)
        if (!running && !waiting.length) end()
        next()
      })
    }
  }

  const add = (files) => {
    if (!files.length) return
    queue.hidden = false
    for (const file of files) {
      asked += 1
      const item = element("li")
      const body = element("div")
      const row = {
        item,
        name: file.name,
        bar: element("progress"),
        state: element("span", "upload-state"),
        said: element("div"),
      }
      row.bar.max = 1
      row.bar.value = 0
      row.bar.setAttribute("aria-label", file.name)
      body.append(element("strong", "", file.name), " ", row.state, row.bar, row.said)
      item.append(body)
      list.append(item)
      if (file.size > Number(say.most)) {
        tell(row, file, { status: 413, answer: { error: say.tooLarge } })
        if (!running && !waiting.length) end()
        continue
      }
      row.state.textContent = say.waiting
      waiting.push({ file, row })
    }
    next()
  }

  window.addEventListener("beforeunload", (event) => {
    if (running || waiting.length) event.preventDefault()
  })
  return { add }
}
