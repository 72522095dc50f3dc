"""What the newsroom writes: articles, blurbs, videos, and the sections, topics and bylines that they share."""

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.validators import MaxValueValidator, RegexValidator, URLValidator
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cms.publishing import press, slugs
from cms.publishing.fields import DocumentField, FoldedField, SearchTextField, SlugField, WebAddressField
from cms.publishing.letters import slug_from
from cms.publishing.models import Address, Version
from cms.publishing.publishable import Publishable
from cms.publishing.shared import Named, SharedQuerySet
from cms.publishing.texts import PlainTexts
from media.models import Photo
from newsroom import providers
from newsroom.body import clean_flow, plain

LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
check_language = RegexValidator(LANGUAGE, _("Write a language as a code such as en, uk or pt-BR."))


def content_language() -> str:
    """What a story is written in unless it says otherwise."""
    return settings.CONTENT_LANGUAGE


def check_web_addresses(value):
    """A list of http(s) addresses."""
    if not isinstance(value, list) or not all(isinstance(address, str) for address in value):
        raise ValidationError(_("Write a list of web addresses."))
    for address in value:
        URLValidator(["http", "https"])(address)


def check_labelled_links(value):
    """A list of {"label", "url"} objects."""
    if not isinstance(value, list) or not all(
        isinstance(link, dict)
        and link.keys() == {"label", "url"}
        and all(isinstance(text, str) and text.strip() for text in link.values())
        for link in value
    ):
        raise ValidationError(_('Write each link as {"label": "...", "url": "https://..."}.'))
    check_web_addresses([link["url"] for link in value])


class SectionQuerySet(SharedQuerySet):
    def public(self, at):
        """All sections: they are the site's own shape."""
        return self


class Section(Named):
    """A part of the site, in a tree: Business, and Energy below it."""

    kind = "section"

    description = models.TextField(_("description"), max_length=1000, blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    position = models.PositiveIntegerField(
        _("position"), default=0, validators=[MaxValueValidator(1_000_000)], help_text=_("Smaller numbers stand first.")
    )
    needs_byline = models.BooleanField(
        _("stories need a byline"), default=False, help_text=_("No story of this section is published without one.")
    )

    objects = SectionQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["position", "sort_name"]

    def clean(self):
        if self.pk in self.keys_above():
            raise ValidationError({"parent": gettext("A section cannot stand below itself; choose another parent.")})

    def save(self, *args, **kwargs):
        with press.printing() as printing:
            former = Section.objects.filter(pk=self.pk).values_list("parent", flat=True).first()
            if former != self.parent_id:
                self.clean()  # once more, now that nobody else can move the sections above
            super().save(*args, **kwargs)
            if former != self.parent_id:
                printing.refer_again(self.kind, [self.pk])

    def keys_above(self):
        """The ids of its parent and of all above that, read anew; a ring that stands in the database has an end too."""
        if self.parent_id is None:
            return set()
        field, table = self._meta.pk, connection.ops.quote_name(self._meta.db_table)
        rows = f"SELECT parent_id FROM {table} JOIN above USING (id) WHERE parent_id IS NOT NULL"  # noqa: S608 - our table
        found = f"WITH RECURSIVE above(id) AS (SELECT %s UNION {rows}) SELECT id FROM above"  # noqa: S608 - the same
        with connection.cursor() as cursor:
            cursor.execute(found, [field.get_db_prep_value(self.parent_id, connection)])
            return {field.to_python(key) for (key,) in cursor.fetchall()}


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
    def leads_to(self):
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
            known = Topic.objects.in_bulk([self.pk, other.pk])  # as they stand now that nobody else can merge them
            if len(known) < len({self.pk, other.pk}):
                raise ValidationError(gettext("It has been deleted meanwhile."))
            self.merged_into = known[self.pk].merged_into
            other = known[other.pk].at_last()
            if self.merged_into:
                into = self.at_last()
                raise ValidationError(gettext('It was merged into "%(topic)s" meanwhile.') % {"topic": into})
            if other.pk == self.pk:
                raise ValidationError(gettext("A topic cannot be merged into itself; choose another."))
            for model in (Article, Blurb, Video):
                uses = model.topics.through.objects
                mine = uses.filter(topic=self)
                owner = model._meta.model_name
                mine.filter(**{f"{owner}__in": uses.filter(topic=other).values(owner)}).delete()
                mine.update(topic=other)
            Topic.objects.filter(Q(pk=self.pk) | Q(merged_into=self)).update(merged_into=other)
            Address.objects.filter(kind=self.kind, key=self.pk).update(key=other.pk)
            self.merged_into = other
            printing.refer_again(self.kind, [self.pk])
            printing.change_shared(self.kind, [self])
        return other


class Byline(Named):
    """A contributor with a page: a person or an agency. The user account behind it is never shown."""

    kind = "byline"

    class Type(models.TextChoices):
        STAFF = "staff", _("Staff")
        FREELANCE = "freelance", _("Freelance")
        AGENCY = "agency", _("Agency")
        COLLECTIVE = "collective", _("Collective")

    folded_name = FoldedField(source="name")
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.STAFF)
    bio_html = models.TextField(_("about"), max_length=5000, blank=True)
    portrait = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="portrait_of", verbose_name=_("portrait")
    )
    email = models.EmailField(_("email"), blank=True, help_text=_("Printed for readers."))
    links = models.JSONField(_("links"), default=list, blank=True, validators=[check_labelled_links])
    user = models.OneToOneField(
        "auth.User",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="byline",
        verbose_name=_("user"),
        help_text=_("Who logs in as this contributor. Never shown to readers."),
    )

    class Meta(Named.Meta):
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")

    def clean(self):
        self.bio_html = clean_flow(self.bio_html)

    def save(self, *args, **kwargs):
        with press.printing() as printing:
            former = Byline.objects.filter(pk=self.pk).values_list("portrait", flat=True).first()
            super().save(*args, **kwargs)
            if former != self.portrait_id:
                printing.refer_again(self.kind, [self.pk])


MOST_SEARCHED = 2400  # bytes: PostgreSQL's indexes hold rows up to 2,700


class Written(Publishable):
    """What articles, blurbs and videos have in common at the desk."""

    section = models.ForeignKey(
        Section, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("section"), db_index=False
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="+", verbose_name=_("topics"))
    language = models.CharField(
        _("language"), max_length=35, default=content_language, help_text=_("A code such as en, uk or en-GB.")
    )

    class Meta(Publishable.Meta):
        abstract = True
        indexes = [
            *Publishable.Meta.indexes,
            models.Index(fields=["section", "-modified_at", "-id"], name="%(class)s_in_section"),
            models.Index(fields=["language", "-modified_at", "-id"], name="%(class)s_in_language"),
            # A search reads this from end to end, and no text of any item.
            models.Index(fields=["-modified_at", "-id", "search_text"], name="%(class)s_searched"),
        ]

    @classmethod
    def keys_of(cls, user):
        credited = cls.placed_bylines.rel.related_model.objects.filter(byline__user=user)
        return super().keys_of(user).union(credited.order_by().values(cls.kind))

    def is_of(self, user):
        """A byline that is being taken off counts until the next save is kept."""
        if super().is_of(user):
            return True
        byline = Byline.objects.filter(user=user).first()
        if byline is None:
            return False
        kept = self.head.data.get("bylines") or [] if self.head else []
        return self.placed_bylines.filter(byline=byline).exists() or str(byline.pk) in [link["id"] for link in kept]


class Headlined(Written):
    """What has a headline, and a slug made from it."""

    headline = models.CharField(_("headline"), max_length=300, blank=True)
    slug = SlugField(
        _("slug"),
        max_length=200,
        blank=True,
        help_text=_("The last part of its address. Left empty, it is made from the headline."),
    )
    standfirst = models.TextField(
        _("standfirst"), max_length=1000, blank=True, help_text=_("One or two sentences under the headline.")
    )

    class Meta(Written.Meta):
        abstract = True

    def __str__(self):
        return self.headline or gettext("Untitled")

    def validate_constraints(self, exclude=None):
        """That its slug is taken is said at the slug."""
        if "slug" not in (exclude or ()):
            slugs.differs_by_more_than_case(self)
        try:
            super().validate_constraints(exclude=exclude)
        except ValidationError as error:
            rows = [row for rows in error.update_error_dict({}).values() for row in rows]
            taken = [row for row in rows if row.code == "slug_taken"]
            if not taken or "slug" in (exclude or ()):
                raise
            others = [row for row in rows if row.code != "slug_taken"]
            raise ValidationError({"slug": taken, **({NON_FIELD_ERRORS: others} if others else {})}) from error

    def clean(self):
        if not self.slug and (proposed := slug_from(self.headline, self.language)):
            self.slug = press.free_slug(self.kind, proposed, self.pk)


def one_desk_item_a_slug(name):
    return models.UniqueConstraint(
        fields=["slug"],
        condition=Q(is_retired=False) & ~Q(slug=""),
        name=name,
        violation_error_message=_("Another one has this slug already; choose another."),
        violation_error_code="slug_taken",
    )


class Article(Headlined):
    """A story."""

    kind = "article"

    class Genre(models.TextChoices):
        NEWS = "news", _("News")
        ANALYSIS = "analysis", _("Analysis")
        OPINION = "opinion", _("Opinion")
        INTERVIEW = "interview", _("Interview")
        INVESTIGATION = "investigation", _("Investigation")
        EXPLAINER = "explainer", _("Explainer")
        REVIEW = "review", _("Review")
        LIVE = "live", pgettext_lazy("genre", "Live")

    kicker = models.CharField(
        _("kicker"), max_length=100, blank=True, help_text=_("The short label above the headline.")
    )
    dateline = models.CharField(
        _("dateline"), max_length=100, blank=True, help_text=_("The place it was reported from.")
    )
    genre = models.CharField(_("genre"), max_length=20, choices=Genre, default=Genre.NEWS)
    body = DocumentField(_("body"), default=list, blank=True)
    lead_photo = models.ForeignKey(
        Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead photo")
    )
    lead_photo_caption = models.TextField(
        _("caption here"), max_length=2000, blank=True, help_text=_("Left empty, the photo's own caption stands.")
    )
    lead_photo_alt_text = models.CharField(
        _("alt text here"), max_length=500, blank=True, help_text=_("Left empty, the photo's own alt text stands.")
    )
    lead_video = models.ForeignKey(
        "Video", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead video")
    )
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("translation of")
    )
    breaking = models.BooleanField(_("breaking"), default=False)
    seo = models.JSONField(_("search engines"), default=dict, blank=True)
    search_text = SearchTextField(sources=["headline", "slug", "kicker"], most=MOST_SEARCHED)

    class Meta(Headlined.Meta):
        indexes = [
            *Headlined.Meta.indexes,
            models.Index(fields=["genre", "-modified_at", "-id"], name="article_of_genre"),
            models.Index(fields=["-modified_at", "-id"], condition=Q(breaking=True), name="article_breaking"),
        ]
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_article_a_slug")]
        permissions = [
            ("change_any_article", _("Can change articles of others")),
            ("approve_article", _("Can approve articles")),
            ("send_back_article", _("Can send articles back to be written on")),
            ("publish_article", _("Can publish, schedule and update articles")),
            ("withdraw_article", _("Can withdraw articles")),
        ]

    def clean(self):
        super().clean()
        if self.translation_of and self.pk in (self.translation_of_id, self.translation_of.translation_of_id):
            raise ValidationError(
                {"translation_of": gettext("A story is no translation of itself; choose the original.")}
            )
        if self.translation_of and self.translation_of.translation_of_id:
            self.translation_of = self.translation_of.translation_of


class Credit(models.Model):
    """A byline on something, in its order."""

    class Role(models.TextChoices):
        WRITER = "writer", _("Writer")
        PHOTOGRAPHER = "photographer", _("Photographer")
        EDITOR = "editor", _("Editor")
        TRANSLATOR = "translator", _("Translator")
        CONTRIBUTOR = "contributor", _("Contributor")

    byline = models.ForeignKey(Byline, models.PROTECT, related_name="+", verbose_name=_("byline"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.WRITER)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        default_permissions = ()  # it is its item's
        ordering = ["position", "pk"]
        verbose_name = _("byline")
        verbose_name_plural = _("bylines")

    def __str__(self):
        return str(self.byline)


class ArticleByline(Credit):
    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_bylines")


class RelatedArticle(models.Model):
    """A story that is offered beside another."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_related")
    related = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("related story"))
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        verbose_name = _("related story")
        verbose_name_plural = _("related stories")

    def __str__(self):
        return str(self.related)

    def clean(self):
        if self.related_id and self.related_id == self.article_id:
            raise ValidationError({"related": gettext("A story is not related to itself; choose another.")})


class Correction(PlainTexts):
    """A dated public note on a story, added and never edited."""

    class Type(models.TextChoices):
        CORRECTION = "correction", _("Correction")
        CLARIFICATION = "clarification", _("Clarification")
        UPDATE = "update", pgettext_lazy("kind of correction", "Update")
        RETRACTION = "retraction", _("Retraction")

    article = models.ForeignKey(Article, models.CASCADE, related_name="placed_corrections")
    type = models.CharField(_("type"), max_length=20, choices=Type, default=Type.CORRECTION)
    text = models.TextField(_("text"), max_length=2000, help_text=_("What was wrong, and what is right."))
    published_at = models.DateTimeField(_("dated"), default=timezone.now)

    class Meta:
        default_permissions = ()
        ordering = ["published_at", "pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")

    def __str__(self):
        return f"{self.get_type_display()}: {self.text[:60]}"


class Video(Headlined):
    """A video, ours or a provider's. It needs a poster and a credit to be published."""

    kind = "video"

    label = models.CharField(_("label"), max_length=100, blank=True, default="Video")
    provider_url = WebAddressField(
        _("address at the provider"),
        max_length=500,
        blank=True,
        validators=[providers.check],
        help_text=_("Of its page at YouTube, Vimeo or another provider, where the video is not uploaded here."),
    )
    file = DocumentField(_("file"), null=True, blank=True)
    poster = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("poster"))
    duration_seconds = models.PositiveIntegerField(
        _("duration in seconds"), null=True, blank=True, validators=[MaxValueValidator(1_000_000)]
    )
    transcript = models.TextField(
        _("transcript"), max_length=100_000, blank=True, help_text=_("What is said. An empty line parts paragraphs.")
    )
    credit_line = models.CharField(
        _("credit line"), max_length=200, blank=True, help_text=_("As it must be printed: Name/Agency.")
    )
    copyright_notice = models.CharField(_("copyright notice"), max_length=500, blank=True)
    usable_until = models.DateTimeField(
        _("usable until"), null=True, blank=True, help_text=_("When the rights end, readers lose it.")
    )
    search_text = SearchTextField(sources=["headline", "slug"], most=MOST_SEARCHED)

    class Meta(Headlined.Meta):
        verbose_name = _("video")
        verbose_name_plural = _("videos")
        ordering = ["-modified_at"]
        constraints = [one_desk_item_a_slug("one_video_a_slug")]
        permissions = [
            ("change_any_video", _("Can change videos of others")),
            ("approve_video", _("Can approve videos")),
            ("send_back_video", _("Can send videos back to be written on")),
            ("publish_video", _("Can publish, schedule and update videos")),
            ("withdraw_video", _("Can withdraw videos")),
        ]

    def stored_files(self):
        """The names of all files that are, or were, this video's and its tracks'."""
        if self.file:
            yield self.file["stored"]
        yield from self.placed_tracks.exclude(file="").values_list("file", flat=True)
        for versions in (Version.objects, Version.autosaves):
            for version in versions.filter(kind=self.kind, key=self.pk).iterator(chunk_size=50):
                yield from files_of(version.data)


def files_of(data):
    """The names of the stored files of a video's snapshot."""
    held = [data.get("file"), *(track.get("file") for track in data.get("tracks") or [])]
    return [stored["stored"] for stored in held if stored]


class VideoTrack(PlainTexts):
    """Captions beside a video, or another text that runs with it."""

    class Kind(models.TextChoices):
        CAPTIONS = "captions", _("Captions")
        SUBTITLES = "subtitles", _("Subtitles")
        DESCRIPTIONS = "descriptions", _("Descriptions")
        CHAPTERS = "chapters", _("Chapters")

    video = models.ForeignKey(Video, models.CASCADE, related_name="placed_tracks")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.CAPTIONS)
    language = models.CharField(_("language"), max_length=35, default=content_language, validators=[check_language])
    label = models.CharField(_("name"), max_length=100, help_text=_("As readers choose it: English, Українська."))
    file = models.CharField(max_length=200, blank=True, editable=False)
    url = WebAddressField(_("address"), max_length=1000, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    class Meta:
        default_permissions = ()
        ordering = ["position", "pk"]
        verbose_name = _("track")
        verbose_name_plural = _("captions")

    def __str__(self):
        return f"{self.get_kind_display()}, {self.label}"


class VideoByline(Credit):
    video = models.ForeignKey(Video, models.CASCADE, related_name="placed_bylines")


class Blurb(Written):
    """A short item of the news feed, without a headline."""

    kind = "blurb"
    needs_approval = False  # it is written and out within a minute

    text_html = models.TextField(_("text"), max_length=4000, blank=True, help_text=_("Under 1,000 characters."))
    label = models.CharField(_("label"), max_length=100, blank=True, default="News Feed")
    photo = models.ForeignKey(Photo, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo"))
    article = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("story"),
        help_text=_("The story that it leads to."),
    )
    video = models.ForeignKey(Video, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("video"))
    source_name = models.CharField(_("source"), max_length=200, blank=True)
    source_url = WebAddressField(_("source's address"), max_length=500, blank=True)
    breaking = models.BooleanField(_("breaking"), default=False)
    search_text = SearchTextField(sources=["text_html", "label"], most=MOST_SEARCHED)

    class Meta(Written.Meta):
        indexes = [
            *Written.Meta.indexes,
            models.Index(fields=["-modified_at", "-id"], condition=Q(breaking=True), name="blurb_breaking"),
        ]
        verbose_name = _("blurb")
        verbose_name_plural = _("blurbs")
        ordering = ["-modified_at"]
        permissions = [
            ("change_any_blurb", _("Can change blurbs of others")),
            ("approve_blurb", _("Can approve blurbs")),
            ("send_back_blurb", _("Can send blurbs back to be written on")),
            ("publish_blurb", _("Can publish, schedule and update blurbs")),
            ("withdraw_blurb", _("Can withdraw blurbs")),
        ]

    def __str__(self):
        return Truncator(plain(self.text_html)).chars(100) or gettext("Empty blurb")

    def clean(self):
        self.text_html = clean_flow(self.text_html)
        if len(plain(self.text_html)) >= 1000:
            raise ValidationError(
                {"text_html": gettext("Write fewer than 1,000 characters; a longer text is an article.")}
            )


class BlurbByline(Credit):
    blurb = models.ForeignKey(Blurb, models.CASCADE, related_name="placed_bylines")
