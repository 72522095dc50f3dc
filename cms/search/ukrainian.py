"""A light stemmer for Ukrainian, which Snowball lacks: one ending is taken off, and і that alternates with о is о.

It is made to bring the forms of a noun, an adjective and most verbs together, and to leave different words apart. Words
come folded: small letters, no apostrophe and no stress.
"""

import re

VOWELS = "аеєиіїоуюя"
LEAST = 3  # letters that a stem keeps
REFLEXIVE = re.compile("(?<=[тьвлайуюєи])(?:ся|сь)$")
# Names of places in -ів and -їв, with whatever stands for it in their other cases: Київ, Києва, Харкову, Львові.
PLACES = ["євом", "єва", "єву", "єві", "їв"]
OWNERS = ["овому", "овими", "ового", "ових", "овим", "овою", "овий", "ової", "ові", "ова", "ову", "ове", "овом", "ів"]
# The first are those of qualities: незалежність.
OTHERS = """
    остями остях остям ости істю ості ість
    уватимуть уватиме ували увала увало уватися увати ював юють ують уємо уєте ує юємо юєте ує
    ами ями ими їми ого ого ому йому його ими ему
    ей ій ої ою їй єю ею ах ях ам ям ом ем єм их їх им їм ий ій ів їв
    нути нув нули нула нуло
    ать ять ить уть ють емо ємо имо іть ете єте ите ував ював
    а я о е є у ю і ї и ь й
""".split()  # noqa: SIM905 - a hundred of them are read more easily so
AFTER = {"ем": "цржшч"}  # лікарем; what ends so after other letters is most often a stem: проблем, систем
ENDINGS = sorted({*OWNERS, *OTHERS}, key=lambda ending: (-len(ending), ending))
# What is left of a word whose last sound is another: рік, року; ніч, ночі; міст, моста.
LAST_I = re.compile(f"і(?=[^{VOWELS}]{{1,2}}$)")
FLEETING = re.compile(f"(?<=[^{VOWELS}])[ое](?=[кц]$)")  # жінок, жінка; кінець, кінця
DOUBLED = re.compile(r"(.)\1$")  # знання, знань


def stem(word: str) -> str:
    """What the forms of a word have in common."""
    if len(word) <= LEAST:
        return _plain(word)
    word = REFLEXIVE.sub("", word)
    for ending in PLACES:
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return f"{word[: -len(ending)]}ї"
    for ending in ENDINGS:
        rest = word[: -len(ending)]
        if word.endswith(ending) and _is_stem(rest) and rest[-1] in AFTER.get(ending, rest[-1]):
            word = rest
            break
    return _plain(word.rstrip("ь"))


def _is_stem(rest: str) -> bool:
    return len(rest) >= LEAST and any(letter in VOWELS for letter in rest)


def _plain(rest: str) -> str:
    """A stem in which vowels and consonants are what they are in most forms of the word."""
    if len(rest) > LEAST:
        rest = FLEETING.sub("", DOUBLED.sub(r"\1", rest))
    if rest.endswith("ц"):  # Америці, Америка
        rest = f"{rest[:-1]}к"
    return LAST_I.sub("о", rest)
