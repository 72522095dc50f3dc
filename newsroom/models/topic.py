"""What stories are about."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.content.shared import Named, SharedQuerySet
from cms.publishing import press
from cms.publishing.models import Address
from newsroom.models.web_addresses import check_web_addresses


class TopicQuerySet(SharedQuerySet):
    def showable(self, at):
        return self.filter(merged_into=None)


class Topic(Named):
    """What stories are about: a person, a place, an event, or a plain keyword."""

    kind = "topic"

    class Type(models.TextChoices):
        KEYWORD = "keyword", _("Keyword")
        PERSON = "person", _("Person")
        ORGANISATION = "organisation", _("Organisation")
        PLACE = "place", _("Place")
        EVENT = "event", _("Event")
        SERIES = "series", _("Series")

    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.KEYWORD)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    same_as = models.JSONField(
        _("the same as"),
        default=list,
        blank=True,
        validators=[check_web_addresses],
        help_text=_('Addresses of the same thing elsewhere, such as ["https://www.wikidata.org/wiki/Q7184"].'),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )

    objects = TopicQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")

    @property
    def redirects_to(self) -> uuid.UUID:
        """Whose page the topic's address shows."""
        return self.merged_into_id or self.pk

    def at_last(self):
        """The topic that this one was merged into, whatever that was merged into meanwhile included; else itself."""
        topic, passed = self, {self.pk}
        while topic.merged_into_id and topic.merged_into_id not in passed:
            passed.add(topic.merged_into_id)
            topic = topic.merged_into
        return topic

    def merge_into(self, other):
        """Move every use of this topic to another, which this one's address leads to from now on.

        Where that was merged itself meanwhile, they move to the last in the row, which is answered.
        """
        with press.printing() as printing:
            topics = Topic.objects.in_bulk([self.pk, other.pk])  # as they stand now that nobody else can merge them
            if len(topics) < len({self.pk, other.pk}):
                raise ValidationError(gettext("It has since been deleted."))
            self.merged_into = topics[self.pk].merged_into
            other = topics[other.pk].at_last()
            if self.merged_into:
                into = self.at_last()
                raise ValidationError(gettext('It has since been merged into "%(topic)s".') % {"topic": into})
            if other.pk == self.pk:
                raise ValidationError(gettext("A topic cannot be merged into itself; choose another."))
            for uses, owner in self._uses():
                mine = uses.filter(topic=self)
                mine.filter(**{f"{owner}__in": uses.filter(topic=other).values(owner)}).delete()
                mine.update(topic=other)
            Topic.objects.filter(Q(pk=self.pk) | Q(merged_into=self)).update(merged_into=other)
            Address.objects.filter(kind=self.kind, key=self.pk).update(key=other.pk)
            self.merged_into = other
            press.record_references_again(printing, self.kind, [self.pk])
            press.change_shared(printing, self.kind, [self])
        return other

    def _uses(self):
        """The rows by which each kind has its topics, and what they call the item."""
        for relation in self._meta.get_fields(include_hidden=True):
            if relation.many_to_many and relation.auto_created:
                yield relation.through.objects, relation.field.m2m_field_name()
