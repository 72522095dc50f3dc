"""Publishing: the version last saved comes before readers, now or at a moment to come."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cms import permissions
from cms.database import statements
from cms.publishing import checks, rendering
from cms.publishing.models import Act, Publication, Stage
from cms.publishing.press import edition, releasing, rows, stages, versions
from cms.publishing.press.act import Printing
from cms.publishing.press.terms import KEEP, Release

if TYPE_CHECKING:
    from cms.content.publishable import Publishable

Verb = Act.Verb


def publish(
    item: "Publishable",
    at: datetime | None = None,
    published_at: datetime | None = None,
    live_until: Any = KEEP,
    by: Any = None,
) -> Publication:
    """Bring an item's last saved version before readers, now or at a moment to come.

    Raises checks.Refused, a ValidationError that names all that stands in the way.
    """
    with edition.printing() as printing:
        edition.as_it_stands(item)
        permissions.demand(by, "publish", item)
        head = versions.last_saved(item)
        release = Release(head, at=at, published_at=published_at, live_until=live_until)
        publication = rows.known_or_new(item.kind, [item.pk])[0]
        was_live = publication.is_live
        if was_live and live_until is not KEEP and live_until != publication.asked_until:
            permissions.demand(by, "withdraw", item)  # as it takes down what readers have
        draft = checks.Draft(item.kind, head.data, item.pk, at=at or printing.now, item=item, by=by)
        errors = [problem for problem in checks.problems([draft])[0] if problem.is_error]
        errors += wrong_moments(release, printing.now)
        if errors:
            raise checks.Refused(errors)
        number = printing.edition.number
        releasing.release(printing, item.kind, [release], [publication])
        verb = Verb.SCHEDULED if publication.next_at else Verb.UPDATED if was_live else Verb.PUBLISHED
        if verb == Verb.SCHEDULED or printing.edition.number > number:
            printing.note(verb, item.kind, item.pk, head, by, for_moment=publication.next_at)
        if by and item.stage != Stage.APPROVED and permissions.may(by, "approve", item):
            stages.put_into(printing, item, Stage.APPROVED)  # whoever may do both says both by publishing
        show(printing, publication)
        item.is_retired = item.is_retired and not publication.is_live
        return publication


def wrong_moments(release: Release, now: datetime) -> list[checks.Problem]:
    """What is wrong with the moments that somebody has chosen for a release."""
    at, until = release.at or now, release.live_until
    errors = []
    if until is not KEEP and until and until <= at:
        errors.append(checks.error(_("It would come down before it goes live; choose a later end.")))
    if release.published_at and release.published_at > max(at, now):
        text = _("The printed date is later than when it goes live; schedule it for then, or print an earlier one.")
        errors.append(checks.error(text))
    return errors


def show(printing: Printing, publication: Publication) -> None:
    """Make its JSON now, before any reader asks. What cannot be shown does not go live."""
    [(publication.edition,)] = statements.values(Publication, ["edition"], pk=publication.pk)  # it may have moved on
    if not publication.is_live or publication.rendering:
        return
    shown = rendering.render([publication], printing.now)
    if not publication.card:
        raise checks.Refused([checks.error(_("Something in it cannot be shown to readers; look through its text."))])
    rendering.keep_under_lock(printing.edition, [publication], shown)


def obstacles(kind: str, snapshots: list[dict]) -> list[list[str]]:
    """What keeps each of these snapshots from being published at all, whenever that is, in words for an editor."""
    drafts = [checks.Draft(kind, data) for data in snapshots]
    return [[problem.text for problem in of_one if problem.is_error] for of_one in checks.problems(drafts)]
