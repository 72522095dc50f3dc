"""The press: the one way from the desk to the readers.

Every act runs inside `printing()`: one transaction under the edition's lock, so it happened or it did not, and two
processes get two editions, in order. What readers can see changes nowhere else.

First what the desk asks for. `by` is the user who does it, and must be allowed to; none is the system itself. What is
done with many at once is given the act that it is part of: `with press.printing() as printing: press.release(printing,
...)`.
"""

from cms.publishing.press.act import BY_KEY, Printing, attempt, in_english, key_of, name_of, signature_of
from cms.publishing.press.addresses import free_slug, redirect_former
from cms.publishing.press.edition import DELETED, as_it_stands, printing
from cms.publishing.press.foreseeing import as_released, foresee, foreseen
from cms.publishing.press.mentions import mentions_of, record_references_again
from cms.publishing.press.publishing import obstacles, publish, show
from cms.publishing.press.releasing import release
from cms.publishing.press.rows import cancel
from cms.publishing.press.shared import change_shared, remove_shared
from cms.publishing.press.stages import approve, assign, send_back, submit
from cms.publishing.press.taking_down import note_withdrawn, withdraw_all
from cms.publishing.press.terms import KEEP, Reason, Release
from cms.publishing.press.versions import keep, last_saved, save
from cms.publishing.press.withdrawing import cancel_schedule, end, withdraw

__all__ = [  # noqa: RUF022 - in the order of an item's life
    # with one item of the desk
    "save", "last_saved", "submit", "approve", "send_back", "assign",
    "obstacles", "publish", "end", "cancel_schedule", "withdraw",
    # one act, and parts of it
    "printing", "Printing", "attempt", "as_it_stands", "DELETED",
    # with many at once, in an act
    "keep", "release", "Release", "KEEP", "show", "cancel", "withdraw_all", "note_withdrawn", "Reason",
    # with what many share
    "change_shared", "remove_shared", "record_references_again", "redirect_former", "free_slug",
    # what will be, without an act
    "foresee", "foreseen", "as_released", "mentions_of",
    # words for the log
    "name_of", "BY_KEY", "key_of", "signature_of", "in_english",
]  # fmt: skip
