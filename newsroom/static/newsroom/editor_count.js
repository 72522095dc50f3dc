// How long a story is, below its text: counted as the API counts, where readers are told the same.
import { Extension, Plugin, gettext } from "django-prose-editor/editor"

const interpolate = (text, values) => text.replace(/%\((\w+)\)s/g, (_all, name) => values[name])

// What is written without blanks between words. Unicode leaves the words of Thai and its neighbours to dictionaries.
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/gu
const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}]/u
const ONE_WORD_EACH = /[\p{Script=Han}\p{Script=Hiragana}]\p{M}*/gu
const ONE_WORD_A_RUN = /[\p{Script=Katakana}ー][\p{Script=Katakana}ー\p{M}]*/gu
const COMPLEX = /(?![\p{P}\p{S}\p{N}\p{M}])[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/gu
const COMPLEX_RUN = /(?:(?![\p{P}\p{S}\p{N}])[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}])+/gu

const textOf = (html) => {
  const holder = document.createElement("template")
  holder.innerHTML = (html || "").replace(/<\/(?:p|li|td|th|tr)>|<(?:br|[uo]l)\b[^>]*>/g, " $&")
  return holder.content.textContent
}

const textOfBlock = (node) => {
  if (node.type.name !== "storyCard")
    return `${node.attrs["data-caption"] || ""} ${node.textBetween(0, node.content.size, " ", " ")}`
  try {
    const block = JSON.parse(node.attrs["data-block"])
    return [block.title || "", block.caption || "", block.type === "embed" ? "" : textOf(block.html)].join(" ")
  } catch {
    return "" // a card that cannot be read says nothing
  }
}

const numberOf = (text, pattern) => text.match(pattern)?.length ?? 0

// A word of Unicode (UAX 29): letters and figures, and the signs that stand between two of them. Not Intl.Segmenter, for
// which a full stop parts words in some browsers and joins them in others.
const BETWEEN_LETTERS = String.raw`(?<=\p{Alphabetic}[\p{M}\p{Cf}]*)['.:‘’··՟״‧․：．](?=\p{Alphabetic})`
const BETWEEN_FIGURES = String.raw`(?<=\p{Nd})['.,;‘’](?=\p{Nd})`
const IN_HEBREW = String.raw`(?<=\p{Script=Hebrew})"(?=\p{Script=Hebrew})`
const WORD = new RegExp(
  String.raw`[\p{Alphabetic}\p{Nd}\p{Nl}](?:[\p{Alphabetic}\p{M}\p{Nd}\p{Nl}\p{Pc}\p{Cf}]|${BETWEEN_LETTERS}|${BETWEEN_FIGURES}|${IN_HEBREW})*`,
  "gu",
)

const counted = (text, lettersAWord) => {
  const plain = text.replace(COMPLEX_RUN, " ").replace(ONE_WORD_EACH, " ").replace(ONE_WORD_A_RUN, " ")
  const complex = (text.match(COMPLEX_RUN) || []).map((run) => Math.ceil(numberOf(run, COMPLEX) / lettersAWord))
  const dense = numberOf(text, ONE_WORD_EACH) + numberOf(text, ONE_WORD_A_RUN) + complex.reduce((a, b) => a + b, 0)
  const few = numberOf(plain, WORD)
  return {
    words: few + dense,
    spaced: few,
    ideographs: numberOf(text, IDEOGRAPH),
    letters: numberOf(text, COMPLEX),
    hasKana: KANA.test(text),
  }
}

// Blocks that nobody touches stay the same ones, and are not counted again at each key.
const known = new WeakMap()

const measured = (doc, options) => {
  const all = { words: 0, spaced: 0, ideographs: 0, letters: 0, hasKana: false }
  doc.forEach((node) => {
    if (!known.has(node)) known.set(node, counted(textOfBlock(node), options.lettersAWord))
    const block = known.get(node)
    for (const name of ["words", "spaced", "ideographs", "letters"]) all[name] += block[name]
    all.hasKana ||= block.hasKana
  })
  const language = document.querySelector("#id_language")?.value.toLowerCase() || ""
  const isJapanese = language.startsWith("ja") || (!language.startsWith("zh") && all.hasKana)
  const minutes =
    all.spaced / options.wordsAMinute +
    all.ideographs / (isJapanese ? options.japaneseAMinute : options.chineseAMinute) +
    all.letters / options.othersAMinute
  return { words: all.words, minutes: Math.max(1, Math.ceil(Number(minutes.toFixed(6)))) }
}

export const StoryCount = Extension.create({
  name: "storyCount",

  addOptions() {
    // What the server counts by, which says it to the page.
    return { wordsAMinute: 1, chineseAMinute: 1, japaneseAMinute: 1, othersAMinute: 1, lettersAWord: 1 }
  },

  addProseMirrorPlugins() {
    const { options } = this
    return [
      new Plugin({
        view: (view) => {
          const place = document.createElement("p")
          place.className = "story-count"
          const show = () => {
            const { doc } = view.state
            const { words, minutes } = measured(doc, options)
            const values = { words: words.toLocaleString(document.documentElement.lang || undefined), minutes }
            const isEmpty = !words && !doc.textContent.trim()
            const told = interpolate(gettext("Words: %(words)s · Reading time: %(minutes)s min"), values)
            const text = isEmpty ? "" : told
            if (place.textContent !== text) place.textContent = text
          }
          view.dom.after(place)
          show()
          return { update: (_view, before) => before.doc !== view.state.doc && show(), destroy: () => place.remove() }
        },
      }),
    ]
  },
})
