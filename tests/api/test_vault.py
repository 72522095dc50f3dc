"""Nothing unpublished can be observed: every field of it holds a word of its own, and no public answer ever does."""

import io
import ipaddress
import itertools
import json
import re
import uuid
from collections import defaultdict
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import get_resolver
from django.utils import timezone

from cms.api.filters import SlugFilter
from cms.previews import previews
from cms.publishing import press, working_copy
from cms.publishing.models import Change, Edition, Publication
from newsroom.models import Byline, Section, Topic
from newsroom.serializers import file_path
from tests.delivery import Server, make_endpoint, tell
from tests.factories import (
    make_article,
    make_blurb,
    make_byline,
    make_film,
    make_front,
    make_page,
    make_photo,
    make_section,
    make_site,
    make_topic,
    make_video,
    paragraphs,
    publish,
    update,
)
from tests.mcp.conftest import Assistant
from tests.media.pictures import sizes_of

pytestmark = pytest.mark.django_db
WORD = re.compile("zxw[a-j]{6}")
HEX = re.compile("[0-9a-f-]{32,}")  # an id, or what a file is called by
FOLLOWED = ("feed", "articles", "blurbs", "videos")  # by who asks what has changed
# Where the edition cannot be turned, each answer is made anew from the same rows, on either database.
BOTH = ["turned", pytest.param("cannot be turned", marks=pytest.mark.apart)]
NOTHING = "zxnothing"  # of the length of every secret


class Vault:
    """Everything that readers may not see, each text of it a word that stands nowhere else."""

    def __init__(self):
        self.number = 0
        self.words = []
        self.slugs = []  # words that an address or a filter could be asked for
        self.names_of = defaultdict(list)  # the same, by the kind of what has them; and whom photos name
        self.ids = []
        self.files = []
        self.in_files = []  # words that stand in a file, and not in the database
        self.addresses = []  # where files of videos would be
        self.erased = []  # words that were shown once, and that the database has forgotten
        self.ending = []  # slugs and ids of what is live, and ends in half an hour
        self.live = []  # words that readers do get, to know that we looked everywhere

    def word(self, in_file=False):
        letters = "".join("abcdefghij"[int(digit)] for digit in f"{self.number:06}")
        self.number += 1
        self.words.append(f"zxw{letters}")
        if in_file:
            self.in_files.append(self.words[-1])
        return self.words[-1]

    def slug(self, kind):
        self.slugs.append(self.word())
        self.names_of[kind].append(self.slugs[-1])
        return self.slugs[-1]

    def forget_logged(self, item, is_legal=False):
        """The log of changes may tell the slugs of what was live, but for legal reasons not the item's own."""
        known = {topic.slug for topic in item.topics.all()} if hasattr(item, "topics") else set()
        known |= (
            {placed.byline.slug for placed in item.placed_bylines.all()} if hasattr(item, "placed_bylines") else set()
        )
        if not is_legal:
            known.add(getattr(item, "slug", None))
        self.words = [word for word in self.words if word not in known]

    def ends(self, item):
        self.ending += [str(item.pk), *filter(None, [getattr(item, "slug", "")])]
        return item

    def shown(self):
        word = self.word()
        self.words.remove(word)
        self.live.append(word)
        return word

    def photo(self, **values):
        texts = ("alt_text", "caption", "credit_line", "creator", "source", "copyright_notice", "usage_terms")
        texts = {name: self.word() for name in (*texts, "extended_description")}
        for role in ("credit_line", "creator"):
            self.names_of[role].append(texts[role])
        photo = make_photo(**{**texts, "width": 40, "height": 30, **values})
        self.files += [size.file for size in sizes_of(photo)]
        self.files.append(photo.file.name)
        self.ids.append(str(photo.pk))
        self.words += [str(photo.pk), photo.checksum]
        return photo

    def topic(self):
        topic = make_topic(self.word(), slug=self.slug("topic"), description=self.word(), same_as=[self.address()])
        self.words.append(str(topic.pk))
        return topic

    def byline(self, **values):
        values = {"job_title": self.word(), "bio_html": f"<p>{self.word()}</p>", **values}
        links = [{"label": self.word(), "url": self.address()}]
        email = f"{self.word()}@example.org"
        values |= {"links": links, "email": email, "user": self.user()}
        byline = make_byline(self.word(), slug=self.slug("byline"), **values)
        self.words.append(str(byline.pk))
        return byline

    def user(self):
        names = {name: self.word() for name in ("first_name", "last_name")}
        return User.objects.create_user(self.word(), f"{self.word()}@example.org", **names)

    def address(self):
        return f"https://example.org/{self.word()}"

    def texts(self, slug=None):
        """A story's own texts, with everything that it links to a secret as well."""
        inside = {"link": "photo", "id": str(self.photo().pk), "caption": self.word(), "alt_text": self.word()}
        return {
            "headline": self.word(),
            "slug": slug or self.slug("article"),
            "kicker": self.word(),
            "standfirst": self.word(),
            "dateline": self.word(),
            "lead_photo_caption": self.word(),
            "lead_photo_alt_text": self.word(),
            "seo": {"title": self.word(), "description": self.word(), "canonical_url": self.address()},
            "body": [
                *paragraphs(self.word()),
                {"id": "photo", "type": "photo", "photo": inside},
                {"id": "facts", "type": "factbox", "title": self.word(), "html": f"<p>{self.word()}</p>"},
                {"id": "embed", "type": "embed", "provider": "x", "url": self.address(), "title": self.word()},
            ],
        }

    def article(self, slug=None, **values):
        article = make_article(
            **self.texts(slug),
            lead_photo=self.photo(),
            topics=[self.topic()],
            bylines=[self.byline()],
            corrections=[self.word()],
            **values,
        )
        self.for_the_desk(article)
        self.ids.append(str(article.pk))
        return article

    def for_the_desk(self, item):
        """Whose it is, what colleagues say of it, and the log."""
        type(item).objects.filter(pk=item.pk).update(made_by=self.user(), assignee=self.user(), desk_note=self.word())
        item.refresh_from_db()
        press.submit(item, note=self.word())
        press.send_back(item, self.word())

    def blurb(self, **values):
        blurb = make_blurb(
            title=self.word(),
            text_html=f"<p>{self.word()}</p>",
            label=self.word(),
            source_name=self.word(),
            source_url=self.address(),
            photo=self.photo(),
            **values,
        )
        self.ids.append(str(blurb.pk))
        return blurb

    def video(self, **values):
        video = make_video(
            headline=self.word(),
            slug=self.slug("video"),
            standfirst=self.word(),
            label=self.word(),
            transcript=self.word(),
            credit_line=self.word(),
            copyright_notice=self.word(),
            poster=self.photo(),
            provider_url=f"https://www.dailymotion.com/video/{self.word()}",
            file=make_film(note=self.word(in_file=True)),
            tracks=[
                {"label": self.word(), "url": self.address()},
                {"label": self.word(), "text": f"WEBVTT\n\n00:01.000 --> 00:02.000\n{self.word(in_file=True)}"},
            ],
            **values,
        )
        self.hide_files(video)
        self.ids.append(str(video.pk))
        return video

    def front(self, pinned=(), rule=None):
        link = {"label": self.word(), "url": self.address()}
        pins = [{item.kind: str(item.pk)} for item in pinned]
        container = {"id": self.word(), "layout": "lead", "title": self.word(), "link": link, "pinned": pins}
        front = make_front(
            name=self.word(),
            slug=self.slug("front"),
            description=self.word(),
            seo={"title": self.word(), "image": {"link": "photo", "id": str(self.photo().pk)}},
            containers=[{**container, "rule": rule, "count": 3}],
        )
        self.for_the_desk(front)
        self.ids.append(str(front.pk))
        return front

    def page(self):
        placed = {"link": "photo", "id": str(self.photo().pk), "caption": self.word(), "alt_text": self.word()}
        page = make_page(
            title=self.word(),
            slug=self.slug("page"),
            standfirst=self.word(),
            seo={"title": self.word(), "description": self.word(), "canonical_url": self.address()},
            body=[*paragraphs(self.word()), {"id": "photo", "type": "photo", "photo": placed}],
        )
        self.for_the_desk(page)
        self.ids.append(str(page.pk))
        return page

    def hide_files(self, video):
        for name in set(video.stored_files()):
            self.files.append(name)
            folder = name.split("/")[1]
            self.addresses.append(file_path(folder, video.pk, name))
            self.words.append(name.rsplit("/", 1)[-1].split(".")[0][:32])


def made(make_it):
    """A thing with all that it links to, in one act: nobody looks at it meanwhile."""
    with press.printing():
        return make_it()


@pytest.fixture
def vault(once):
    return once(fill_vault)


def fill_vault():
    vault = Vault()
    now = timezone.now()
    section = make_section("Politics")
    make = [vault.article, vault.blurb, vault.video, vault.front, vault.page]

    for thing in map(made, make):  # drafts
        vault.words.append(str(thing.pk))
    for thing in map(made, make):  # scheduled
        publish(thing, at=now + timedelta(days=1))
        vault.words.append(str(thing.pk))
    for thing in map(made, make):  # deleted drafts
        vault.words.append(str(thing.pk))
        vault.erased += [thing.desk_note] if thing.desk_note else []
        thing.delete()

    # Live once, in texts that nobody gets any more. Their slugs stand in the log of changes, but for legal reasons.
    for reason, make_it in itertools.product(["withdrawn", "error", "duplicate", "legal"], make):
        thing = made(make_it)
        press.withdraw(publish(thing), reason)
        vault.forget_logged(thing, is_legal=reason == "legal")
    for make_it in make:
        vault.forget_logged(vault.ends(publish(made(make_it), live_until=now + timedelta(minutes=30))))

    # Live, with an update that waits at the desk, and one that is scheduled.
    for at in (None, now + timedelta(days=1)):
        live = publish(make_article(slug=vault.shown(), headline=vault.shown(), section=section))
        for name, value in vault.texts().items():
            setattr(live, name, value)
        live.lead_photo = vault.photo()
        live.lead_video = vault.video()
        live.save()
        live.topics.add(vault.topic())
        live.placed_bylines.create(byline=vault.byline())
        live.placed_related.create(related=vault.article())
        press.save(live)
        if at:
            publish(live, at=at)

    # Live videos: a new file and new captions wait at the desk; the rights end.
    live = publish(make_video(slug=vault.shown(), headline=vault.shown(), file=make_film(), section=section))
    live.file = make_film(note=vault.word(in_file=True))
    live.usable_until = now + timedelta(days=1)
    live.save()
    live.placed_tracks.create(label=vault.word(), url=vault.address())
    press.save(live)
    shown = file_path("videos", live.pk, make_film()["stored"])
    vault.hide_files(live)
    vault.addresses.remove(shown)
    vault.files.remove(make_film()["stored"])
    vault.words.remove(shown.rsplit("/", 1)[-1].split(".")[0])
    vault.forget_logged(vault.ends(publish(vault.video(usable_until=now + timedelta(minutes=30)))))

    # Live, and what it shows is hidden: a draft, a photo that lost its credit, one whose rights end.
    uncredited, ended = vault.photo(), vault.photo(usable_until=now + timedelta(minutes=30))
    publish(make_article(slug=vault.shown(), lead_photo=uncredited, related=[vault.article()]))
    publish(make_article(slug=vault.shown(), lead_photo=ended, lead_video=vault.video()))
    publish(make_blurb(photo=ended, article=vault.article(), video=vault.video(), label=vault.shown()))
    vault.erased.append(uncredited.credit_line)
    uncredited.credit_line = ""
    uncredited.save()
    # A photo's id is no secret once it was live: the log of changes tells that it went.
    vault.words = [word for word in vault.words if word not in {str(uncredited.pk), str(ended.pk)}]
    forget_shared(vault)

    # Live, with a byline whose user is nobody's business.
    user = vault.user()
    byline = make_byline(vault.shown(), slug=vault.shown(), user=user)
    topic = make_topic(vault.shown(), slug=vault.shown())
    publish(make_article(slug=vault.shown(), bylines=[byline], topics=[topic], lead_photo=make_photo()))
    vault.topic()
    vault.byline(portrait=vault.photo())
    vault.photo()
    fill_what_is_not_free(vault)
    fill_live_story(vault, now)
    fill_fronts(vault, now)
    fill_site(vault)
    return vault


def fill_site(vault):
    """Live, its menus leading to what nobody sees, with an update that waits at the desk."""
    hidden = {"label": vault.word(), "page": str(vault.page().pk)}
    site = publish(make_site(name=vault.shown(), menus={"main": [hidden]}))
    pair = {"name": vault.word(), "url": vault.address()}
    entries = [{"label": vault.word(), "url": vault.address()}, {"topic": str(vault.topic().pk)}]
    values = {"name": vault.word(), "description": vault.word(), "publisher": pair, "menus": {"main": entries}}
    values |= {"logo": str(vault.photo().pk), "usage_policy": {"text": vault.word(), "url": vault.address()}}
    working_copy.write(site, {**values, "social": [{"label": vault.word(), "url": vault.address()}]}).or_refuse()


def fill_live_story(vault, now):
    """A live story and a part of a series, of which more is written than readers have."""
    story = publish(make_article(slug=vault.shown(), genre="live"))
    marks = {"article": story, "is_key": True, "is_pinned": True}
    series = make_topic(vault.shown(), slug=vault.shown(), type="series")
    publish(make_article(slug=vault.shown(), topics=[series]))
    publish(make_blurb(title=vault.shown(), article=story, is_key=True))
    vault.words += [str(vault.blurb(**marks).pk)]
    vault.words += [str(publish(vault.blurb(**marks), at=now + timedelta(days=1)).pk)]
    press.withdraw(publish(vault.blurb(**marks)), "error")
    vault.ends(publish(vault.blurb(**marks), live_until=now + timedelta(minutes=30)))
    publish(make_blurb(text_html="<p>Of a draft.</p>", article=vault.article(), is_key=True))
    part = vault.article()
    part.topics.add(series)
    press.save(part)
    forget_shared(vault)


def forget_shared(vault):
    """The log of changes tells the ids of what was shown once and is shared."""
    gone = {str(change.key) for change in Change.objects.filter(kind__in=["photo", "topic", "byline"])}
    vault.words = [word for word in vault.words if word not in gone]


def fill_fronts(vault, now):
    """Live, with things pinned that are not, and with a new arrangement that waits; and one that is still a draft."""
    coming = publish(vault.article(), at=now + timedelta(days=1))
    shown = {"layout": "lead", "title": vault.shown(), "rule": {"section": "politics"}, "count": 9}
    pins = [{"article": str(vault.article().pk)}, {"blurb": str(vault.blurb().pk)}, {"article": str(coming.pk)}]
    live = publish(make_front(slug=vault.shown(), name=vault.shown(), containers=[{**shown, "pinned": pins}]))
    live.name, live.description = vault.word(), vault.word()
    live.containers = [{**container, "title": vault.word()} for container in live.containers]
    live.save()
    press.save(live)
    vault.front([coming], {"topic": vault.topic().slug})


def fill_what_is_not_free(vault):
    """Live, and not for everybody: what stands below the mark, the film and what is said in it."""
    for access, above in (("subscriber", [{"id": "mark", "type": "paywall"}]), ("registered", paragraphs("", "")[1:])):
        facts = {"id": "facts", "type": "factbox", "title": vault.word(), "html": f"<p>{vault.word()}</p>"}
        secret = {"id": "secret", "type": "paragraph", "html": vault.word()}
        body = [*paragraphs(vault.shown()), *above, secret, facts]
        publish(make_article(slug=vault.shown(), access=access, body=body))
    video = make_video(
        slug=vault.shown(),
        access="registered",
        transcript=vault.word(),
        provider_url=f"https://www.dailymotion.com/video/{vault.word()}",
        file=make_film(note=vault.word(in_file=True)),
        tracks=[
            {"label": vault.word(), "url": vault.address()},
            {"label": vault.word(), "text": f"WEBVTT\n\n00:01.000 --> 00:02.000\n{vault.word(in_file=True)}"},
        ],
    )
    vault.hide_files(video)
    block = {"id": "film", "type": "video", "video": {"link": "video", "id": str(video.pk), "whole": True}}
    publish(make_article(slug=vault.shown(), lead_video=publish(video), body=[block]))


@pytest.fixture
def later(request, vault):
    """Forty minutes on, when some have ended; where asked for, with an edition that cannot be turned."""
    if getattr(request, "param", "") == "cannot be turned":
        blocked = Edition.objects.get().number + 1
        Change.objects.create(edition=blocked, kind="section", key=uuid.uuid4(), action="updated", at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(minutes=40), tick=False):
        yield


def lists():
    """Every list of the API with the filters that it declares."""
    found = {}
    for pattern in get_resolver().url_patterns:
        view = getattr(pattern.callback, "cls", None)
        if view and getattr(view, "path", "") and not {"name", "slug"} & pattern.pattern.regex.groupindex.keys():
            found[view.path] = view
    return found


def own_names(vault, view, declared=None):
    """Of the kind that a filter of a list takes; without a filter, the slugs of what the list shows."""
    of_photos = {"folded_credit": "credit_line", "folded_creator": "creator"}
    kinds = [getattr(declared, "kind", None) or of_photos.get(getattr(declared, "field_name", None))]
    if declared is None or isinstance(declared, SlugFilter):
        shown = view.shown_classes() if hasattr(view, "shown_classes") else [view.serializer_class]
        kinds = [serializer.Meta.model.kind for serializer in shown]
    return [name for kind in kinds for name in vault.names_of.get(kind, [])]


def crawl_paths(vault, *, every):
    """Lists, with their filters, and of the pages of what is hidden each so-manieth, and all of what ended.

    Each filter is asked for all secrets of the kind that it names, and for others than the one before it, so that
    together they are asked for all.
    """
    turn = itertools.count()
    paths = ["", "root", "schema/", "/api/docs/", "changes/?page_size=1000", "changes/?after=0&fields=slug,url"]
    paths += ["site/", "site/?fields=name,menus", f"site/{NOTHING}/"]
    paths += ["changes/stream/?after=0", *(f"{path}/?changed_after=0&page_size=100" for path in FOLLOWED)]
    for path, view in lists().items():
        if path in {"root", "schema", "changes", "site"}:
            continue
        orderings = [f"ordering={ordering}" for ordering in getattr(view, "orderings", ())]
        for parameters in ["", "count=exact", "page=1", "page=2", "page_size=1", "page_size=101", "oops=1", *orderings]:
            paths.append(f"{path}/?{parameters}")
        filters = view.filterset_class.base_filters if getattr(view, "filterset_class", None) else {}
        for name, declared in filters.items():
            values = [*getattr(declared, "choices", []), "true", "false", "politics", "en", "2020-01-01"]
            secrets = dict.fromkeys([*own_names(vault, view, declared), *vault.slugs[next(turn) % 36 :: 36]])
            asked = [*values, NOTHING, *together(declared, list(secrets))]
            paths += [f"{path}/?{name}={value}&count=exact" for value in asked]
        names = [*vault.slugs[::every], *vault.ids[::every], *vault.ending, *vault.live, NOTHING, "politics"]
        paths += [f"{path}/{name}/" for name in names]
        others = [*vault.slugs[::37], *vault.ids[::37], *vault.ending[::4]]
        paths += [f"{path}/{name}/?format={form}" for name in others for form in view.formats("retrieve")[1:]]
        paths += [f"{path}/?format={form}&page_size=100" for form in view.formats("list")[1:]]
    stories = [*vault.slugs[::every], *vault.ending, *vault.live, NOTHING]
    paths += [f"articles/{name}/updates/?count=exact" for name in stories]
    return [*paths, *doors(vault, every=every)]


def in_other_forms(path):
    """Where what has an answer of its own, such as `articles/harbour/`, is read in another form."""
    listed, _, name = path.removesuffix("/").rpartition("/")
    view = lists().get(listed)
    return [f"{path}?format={form}" for form in view.formats("retrieve")[1:]] if view and "?" not in name else []


def together(declared, names):
    """As a filter is asked: for many names at once, where it finds what has any of them."""
    if not getattr(declared.field, "takes_several", False) or getattr(declared, "every", False):
        return names
    return [",".join(names[start : start + 25]) for start in range(0, len(names), 25)]


def doors(vault, *, every):
    """Feeds, those of hidden things among them, and sitemaps."""
    named = {"sections": Section, "topics": Topic, "bylines": Byline}
    slugs = {path: model.objects.order_by("pk").values_list("slug", flat=True) for path, model in named.items()}
    names = [f"{path}/{slug}" for path in slugs for slug in [*slugs[path][::every], *vault.live, NOTHING]]
    forms = ("rss", "atom", "json")
    feeds = [f"/feeds/{name}.{forms[number % 3]}" for number, name in enumerate(names)]
    files = [
        f"/sitemaps/{path}-{number}.xml"
        for path in ("articles", "videos", "blurbs", "pages", *named)
        for number in (1, 2)
    ]
    return [*feeds, *(f"/feeds/latest.{form}" for form in forms), "/sitemap.xml", "/news-sitemap.xml", *files]


def normal(text, word):
    text = text.replace(word, "WORD")
    return re.sub(r"(after|cursor)=[\w-]+", r"\1=", text)


def answer(api, path):
    response = api.get(path)
    content = response.getvalue() if response.streaming else response.content
    return response, content.decode(errors="replace"), "\n".join(f"{k}: {v}" for k, v in response.headers.items())


def everything_is_stored(vault):
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    stored = out.getvalue()
    assert {word for word in vault.words if word not in stored} == {*vault.erased, *vault.in_files}
    assert len(vault.words) > 700
    return all(word in stored for word in vault.live)


@pytest.mark.parametrize("later", BOTH, indirect=True)
def test_no_answer_holds_a_word_of_the_vault(api, vault, later):
    assert everything_is_stored(vault)
    seen = set()
    leaks = []
    queue = crawl_paths(vault, every=7)
    if Change.objects.filter(edition__gt=Edition.objects.get().number).exists():
        # The same readers' answers in most: a part of them is asked for once more.
        queue = [path for path in crawl_paths(vault, every=24) if "count=" not in path]
    done = set()
    words = {word for word in vault.words if WORD.fullmatch(word)}
    ids = {word for word in vault.words if word not in words}
    assert [word for word in ids if not HEX.fullmatch(word)] == []

    def secrets_in(text):
        all_hex = " ".join(set(HEX.findall(text)))
        return (set(WORD.findall(text)) & words) | {word for word in ids if word in all_hex}

    for path in queue:
        if path in done:
            continue
        done.add(path)
        response, body, headers = answer(api, path)
        assert response.status_code < 500, path
        leaks += [(path, word) for word in secrets_in(body + headers) - secrets_in(path)]
        seen.update(WORD.findall(body))
        if response.status_code == 200:
            queue += in_other_forms(path)
        if "count=" not in path and "changes" not in path:
            queue += re.findall(r'"next":"([^"]+)"', body)
    assert leaks == []
    assert seen.issuperset(vault.live)


@pytest.mark.parametrize("later", ["turned"], indirect=True)
def test_nobody_who_is_told_of_changes_is_told_a_word_of_the_vault(vault, later, settings):
    """From the beginning of the log on: messages, what is purged, and the pages that search engines hear of."""
    settings.OUTBOUND_NETWORKS = [ipaddress.ip_network("127.0.0.1/32")]
    server = Server()
    for receiver in ("webhook", "purge", "nginx", "indexnow"):
        tell(make_endpoint(server.url, receiver, after=0))
    server.close()
    sent = " ".join(f"{received.path} {received.headers} {received.body.decode()}" for received in server.received)

    assert len(server.received) > Change.objects.count()
    assert [word for word in vault.words if word in sent] == []


@pytest.mark.apart  # what is kept is asked of no database
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turned", ["turned", "cannot be turned"])
def test_what_is_kept_ready_made_outlives_no_embargo_and_no_licence(within, vault, turned):
    """Each answer is kept while much of the vault can be seen; forty minutes later some of it has ended."""
    is_turned = turned == "turned"
    left_out = ("count=", "/api/docs", "changes/stream")  # the last is held open
    paths = [path for path in crawl_paths(vault, every=24) if not any(part in path for part in left_out)]
    paths = [path if path.startswith("/") else f"/api/v1/{path}" for path in paths[:: 5 if is_turned else 11]]

    def secrets():
        bodies = {path: within.get(path).body.decode() for path in paths}
        return {(path, word) for path, body in bodies.items() for word in WORD.findall(body) if word in words} - {
            (path, word) for path in paths for word in WORD.findall(path)
        }

    words = {word for word in vault.words if WORD.fullmatch(word)}
    before = secrets()
    assert secrets() == before != set()
    assert within.application.cache.hits > 5
    if not is_turned:
        blocked = Edition.objects.get().number + 1
        Change.objects.create(edition=blocked, kind="section", key=uuid.uuid4(), action="updated", at=timezone.now())
        before = secrets()
    with time_machine.travel(timezone.now() + timedelta(minutes=40), tick=False):
        assert secrets() == set()


def test_a_secret_is_answered_like_what_never_was(api, vault, later):
    """Asked for by its slug or id, in every filter and address, byte for byte but for the words of the question."""
    went = {row.slug for row in Change.objects.all()} | {str(row.key) for row in Change.objects.all()}
    slugged = ["article", "video", "front", "page"]
    legal = {change.key for change in Change.objects.filter(slug="", kind__in=slugged)}
    went |= set(Publication.objects.filter(key__in=legal).values_list("slug", flat=True))
    secrets = [slug for slug in vault.slugs if slug not in went]
    ids = [key for key in vault.ids if key not in went]
    nobody = str(uuid.UUID(int=5, version=4))
    assert len(secrets) > 30
    assert len(ids) > 30
    turn = itertools.count()
    for path, view in lists().items():
        if path in {"root", "schema", "changes", "site"}:
            continue
        filters = view.filterset_class.base_filters if getattr(view, "filterset_class", None) else {}
        own = {f"{path}/?{name}={{}}&count=exact": own_names(vault, view, filters[name]) for name in filters}
        for form, own_words in {**own, f"{path}/{{}}/": own_names(vault, view)}.items():
            first = next(turn) % 16  # besides its own kind's each is asked for others, and so all together for all
            slugs = dict.fromkeys([*(word for word in own_words if word not in went), *secrets[first::16]])
            for unknown, words in ((NOTHING, slugs), (nobody, ids[first::16])):
                expected = answer(api, form.format(unknown))
                for word in words:
                    found = answer(api, form.format(word))
                    assert found[0].status_code == expected[0].status_code, (form, word)
                    if found[0].status_code == 400:
                        continue  # the nearest valid value depends on what was asked
                    for text, other in zip(found[1:], expected[1:], strict=True):
                        without_tag = [
                            re.sub('ETag: .*|X-Request-ID: .*|"request_id":"[0-9a-f]+"', "", part)
                            for part in (text, other)
                        ]
                        assert normal(without_tag[0], word) == normal(without_tag[1], unknown)


def test_a_word_of_the_vault_is_shown_by_a_preview_with_the_right_token_only(api, vault):
    """Of what it links to, only what readers may see: a draft's own photo and byline, but no other draft."""
    secrets = [vault.article, vault.blurb, vault.video, vault.front]
    paths = {"article": "articles", "blurb": "blurbs", "video": "videos", "front": "fronts"}
    for make_it in secrets:
        before = len(vault.words)
        item = make_it()
        own = vault.words[before:]
        others = vault.words[:before]
        hidden = make_article(headline=vault.word())
        if item.kind == "article":
            item.placed_related.create(related=hidden)
            press.save(item)
        address = f"{paths[item.kind]}/{item.pk}/"
        token = previews.token_of(previews.make(item, None))
        wrong = previews.token_of(previews.make(hidden, None))

        shown = api.get(address, Authorization=f"Preview {token}").content.decode()
        refused = [answer(api, address), answer(api, f"{paths[item.kind]}/")]
        refused.append((None, api.get(address, Authorization=f"Preview {wrong}").content.decode(), ""))

        assert sum(word in shown for word in own) > len(own) / 3
        assert [word for word in [*others, hidden.headline] if word in shown] == []
        leaked = {word for word in [*own, hidden.headline] for _, *texts in refused if word in "".join(texts)}
        assert leaked <= {str(item.pk)}, address  # which the address repeats


@pytest.mark.parametrize("later", BOTH, indirect=True)
def test_no_search_and_no_suggestion_knows_a_word_of_the_vault(api, vault, later):
    """Neither does one that is misspelt, or only begun."""
    secrets = [word for word in vault.words if WORD.fullmatch(word)]
    # Where the edition cannot be turned, each answer is made anew, and found by the same search: fewer are asked for.
    is_turned = not Change.objects.filter(edition__gt=Edition.objects.get().number).exists()
    for place, word in enumerate(secrets[:: 13 if is_turned else 61]):
        ways = (word, f'"{word}"', f"{word}*", f"{word[:-2]}{word[-1]}{word[-2]}", f"{word}x")
        # One of three lists in one way, both in turn; and some words in all ways where all that is published is found.
        asked = [(("photos/", "bylines/", "topics/")[place % 3], ways[place % 5])]
        if place % 8 == 0:
            asked += [("feed/", way) for way in ways]
            assert api(f'/feeds/latest.json?search="{word}"')["items"] == []
        for path, words in asked:
            page = api(f"{path}?search={words}&count=exact")
            shown = json.dumps([page["results"], page["did_you_mean"]])
            assert (words, set(WORD.findall(shown)) & set(secrets)) == (words, set())
            if words == ways[1]:
                assert page["count"] == 0
    shown = [word for word in vault.live if WORD.fullmatch(word)]
    assert any(api(f"feed/?search={word}&count=exact")["count"] for word in shown)
    assert any(api(f"/feeds/latest.json?search={word}")["items"] for word in shown)


def test_counts_and_files_are_of_what_is_shown_only(api, vault, later, uploads):
    for path in lists():
        if path in {"root", "schema", "changes", "site"}:
            continue
        assert api(f"{path}/?count=exact")["count"] == len(api.walk(f"{path}/?page_size=2"))
    assert len(vault.files) > 100
    for place, name in enumerate(vault.files):
        assert (uploads / name).exists()
        others = (f"/media/{name}", f"/{name}", f"/static/{name}")
        elsewhere = [others[place % 3]] if place % 5 == 0 else []
        for path in (f"/media/{name.removeprefix('sizes/')}", *elsewhere):
            assert api.get(path).status_code == 404, path
    assert len(vault.addresses) > 15
    for path in vault.addresses:
        assert api.get(path).status_code == 404, path


def test_the_desk_turns_no_etag_and_no_edition(api, vault):
    before = api.get("feed/").headers["ETag"]
    draft = vault.article()
    update(draft, headline=vault.word())
    publish(draft, at=timezone.now() + timedelta(days=2))
    vault.topic()
    vault.byline()
    draft.delete()
    assert api.get("feed/").headers["ETag"] == before


def test_assistants_see_nothing_that_readers_do_not(client, vault, later):
    asked = Assistant(client)
    lists = asked.tools()["list"]["inputSchema"]["properties"]["of"]["enum"]
    texts = [asked.use("list", of=of, page_size=100)[1] for of in lists]
    texts.append(asked.use("changes", after=0, page_size=1000)[1])
    for name in [*vault.slugs[::16], *vault.live]:
        texts += [asked.use("read", kind=kind, name=name)[1].replace(name, "") for kind in ("article", "video")]
        texts += [
            asked.use("list", topic=name)[1].replace(name, ""),
            asked.use("search", query=name)[1].replace(name, ""),
        ]
    for key in vault.ids[::16]:
        texts.append(asked.use("read", kind="blurb", name=key)[1].replace(key, ""))

    seen = {word for text in texts for word in WORD.findall(text)}
    assert seen & {word for word in vault.words if WORD.fullmatch(word)} == set()
    assert len(seen & set(vault.live)) > 10
