import uuid

from django.db import models


class Section(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")

    def __str__(self):
        return self.name


class Topic(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)
    type = models.CharField(max_length=20)

    def __str__(self):
        return self.name


class Byline(models.Model):
    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=200, unique=True)

    def __str__(self):
        return self.name


class Photo(models.Model):
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    alt_text = models.CharField(max_length=500)
    extended_description = models.TextField(null=True)
    caption = models.TextField(null=True)
    credit_line = models.CharField(max_length=200)
    creator = models.CharField(max_length=200, null=True)
    source = models.CharField(max_length=200, null=True)
    copyright_notice = models.CharField(max_length=500, null=True)
    usage_terms = models.TextField(null=True)
    usable_until = models.DateTimeField(null=True)
    digital_source_type = models.CharField(max_length=50, null=True)
    taken_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    focal_x = models.FloatField()
    focal_y = models.FloatField()
    placeholder = models.TextField()
    dominant_colour = models.CharField(max_length=7, null=True)
    src = models.CharField(max_length=200)
    template = models.CharField(max_length=200)
    formats = models.JSONField()
    crops = models.JSONField()

    def __str__(self):
        return self.alt_text


class Article(models.Model):
    uuid = models.UUIDField(unique=True, default=uuid.uuid4)
    slug = models.SlugField(max_length=200, unique=True)
    headline = models.CharField(max_length=300)
    kicker = models.CharField(max_length=100)
    standfirst = models.TextField()
    dateline = models.CharField(max_length=100, null=True)
    genre = models.CharField(max_length=20)
    language = models.CharField(max_length=35)
    is_published = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    breaking = models.BooleanField(default=False)
    word_count = models.PositiveIntegerField()
    section = models.ForeignKey(Section, models.PROTECT, null=True)
    topics = models.ManyToManyField(Topic, related_name="articles")
    bylines = models.ManyToManyField(Byline, through="Contribution")
    lead_photo = models.ForeignKey(Photo, models.PROTECT, null=True)
    lead_photo_caption = models.TextField(blank=True)
    body = models.JSONField()
    body_html = models.TextField()
    related = models.ManyToManyField("self", symmetrical=False)
    seo = models.JSONField(default=dict)

    class Meta:
        ordering = ["-published_at", "-id"]
        # Serves the order, and the count too: on SQLite an index that begins with the flag would not serve the order.
        indexes = [models.Index(fields=["-published_at", "-id", "is_published"], name="newest")]

    def __str__(self):
        return self.headline


class Contribution(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="contributions")
    byline = models.ForeignKey(Byline, models.PROTECT)
    role = models.CharField(max_length=20)
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ["position"]

    def __str__(self):
        return f"{self.byline_id}, {self.role}"


class Correction(models.Model):
    article = models.ForeignKey(Article, models.CASCADE, related_name="corrections")
    type = models.CharField(max_length=20)
    text = models.TextField()
    published_at = models.DateTimeField()

    def __str__(self):
        return self.text
