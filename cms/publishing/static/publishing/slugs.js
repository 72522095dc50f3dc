// The slug that a name proposes while it is typed, as the server makes it (cms/text/letters.py), by the tables of
// letters.js. It takes the place of the admin's URLify, which drops the scripts that it does not know.
"use strict"
{
  const { languages, latin, dropped, parting } = globalThis.letters
  const UNSEEN = /[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\u{e0100}-\u{e01ef}]/u
  const isLetter = (char) => /[\p{L}\p{N}\p{Mn}\p{Mc}]/u.test(char ?? "") && !UNSEEN.test(char)
  const isMark = (char) => /\p{M}/u.test(char ?? "")
  const isJoiner = (char) => char === "\u200c" || char === "\u200d"
  const isThai = (char) => char >= "\u0e00" && char < "\u0f00"

  const plain = (text) => {
    const one = [...text].map((char) => (isThai(char) ? char : char.normalize("NFKC"))).join("")
    return [...one.normalize("NFC").toLowerCase()].filter((char) => !dropped.includes(char))
  }

  const fits = (where, before, after) => {
    if (where === "^") return !isLetter(before)
    if (!where) return true
    return isLetter(after) ? where.includes(after) : where.includes("$")
  }

  const transliterated = (chars, rules) => {
    const made = []
    for (let place = 0; place < chars.length;) {
      const named = rules.some(([from]) => [...from][0] === chars[place])
      const char = named ? chars[place] : [...chars[place].normalize("NFD")][0]
      const rule = rules.find(([from, , where = ""]) => {
        const [first, ...rest] = [...from]
        const end = place + 1 + rest.length
        const isHere = first === char && rest.every((letter, number) => chars[place + 1 + number] === letter)
        return isHere && fits(where, chars[place - 1], chars[end])
      })
      made.push(rule ? rule[1] : chars[place])
      place += rule ? [...rule[0]].length : 1
    }
    return made.join("")
  }

  const folded = (text) => {
    let isLatin = false
    return [...text.normalize("NFD")]
      .map((char) => {
        if (isMark(char)) return isLatin ? "" : char
        isLatin = /\p{Script=Latin}/u.test(char)
        return latin[char] ?? char
      })
      .join("")
  }

  const joined = (text) => {
    const chars = [...text]
    const made = []
    chars.forEach((char, place) => {
      const [before, after] = [made.at(-1), chars[place + 1]]
      if (isJoiner(char)) {
        if (isLetter(before) && isLetter(after) && !isMark(after)) made.push(char)
      } else if (isMark(char)) {
        if (isLetter(char) && isLetter(before)) made.push(char)
      } else if (isLetter(char) || char === "_") made.push(char)
      else if ((/\s/u.test(char) || char === "-" || parting.includes(char)) && before !== "-") made.push("-")
    })
    return made.join("").replace(/^[-_]+|[-_]+$/g, "")
  }

  const cut = (slug, most) => {
    const chars = [...slug]
    if (chars.length <= most) return slug
    let end = most
    if (!"-_".includes(chars[end])) {
      end = chars.lastIndexOf("-", most - 1)
      if (end <= 0) {
        end = most
        while (end > 1 && (isMark(chars[end]) || isJoiner(chars[end]) || isJoiner(chars[end - 1]))) end -= 1
      }
    }
    return chars
      .slice(0, end)
      .join("")
      .replace(/^[-_]+|[-_]+$/g, "")
  }

  globalThis.slugFrom = (text, language, most) => {
    const rules = languages[language.toLowerCase().split("-")[0]]?.rules ?? []
    return cut(joined(folded(transliterated(plain(text), rules)).normalize("NFC")), most)
  }

  // Called by the admin's prepopulate.js as its own, wherever in the page that stands.
  globalThis.document?.addEventListener("DOMContentLoaded", () => {
    globalThis.URLify = (text, most) => {
      const language = document.querySelector("[data-slug-language]")?.dataset.slugLanguage ?? ""
      return globalThis.slugFrom(text, language, Math.min(most, 80))
    }
  })
}
