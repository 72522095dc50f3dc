/** Words of the page's language, with numbers in them. */

import { words } from "./render.js"

/** "3 new stories": the form of a word that its language has for a number. */
export async function counted(name, number) {
  const { [name]: forms } = await words()
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(number)
  return (forms[form] ?? forms.other).replace("{n}", number)
}
