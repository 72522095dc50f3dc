"""The page of a story at the desk, as a browser sends it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cms.publishing import press
from cms.publishing.models import Publication, Version
from newsroom.models import Article, Topic
from tests.desk import drawing
from tests.factories import make_article, make_byline, make_photo, make_section, make_topic, publish, update

pytestmark = pytest.mark.django_db
ROLES = "placed_bylines"


def log_in(client, *permissions, username="editor"):
    user = User.objects.create_user(username, is_staff=True, is_superuser=not permissions)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)
    return user


@pytest.fixture
def desk(client):
    log_in(client)
    return client


def address(item=None):
    return f"/admin/newsroom/{item.kind}/{item.pk}/change/" if item else "/admin/newsroom/article/add/"


def page_of(client, article=None):
    """The fields of a page as it stands, as a browser would send them back."""
    return fields_of(drawing.get(client, address(article)))


def fields_of(response):
    assert response.status_code == 200
    context = response.context
    sent = {"base": context["base"], "key": str(context["key"] or "")}
    forms = [
        context["adminform"].form,
        *(inline.formset.management_form for inline in context["inline_admin_formsets"]),
    ]
    forms += [form for inline in context["inline_admin_formsets"] for form in inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                sent[field.html_name] = value
    return sent


def rows(prefix, rows):
    """Rows of an inline, as posted."""
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent


def send(client, article=None, button="_save", page=None, **values):
    """Press a button on a page; answers what the editor reads next."""
    page = page or page_of(client, article)
    return drawing.post(client, address(article), {**page, **values, button: "1"}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_editor_writes_a_story_and_publishes_it_with_one_page(desk, api):
    section, topic, photo = make_section("World"), make_topic("Floods"), make_photo()
    ann, bob = make_byline("Ann Able"), make_byline("Bob Best")

    response = send(
        desk,
        button="_publish",
        headline="The river rises",
        body="<p>It rains.</p><h2>And then</h2><p>It pours.</p>",
        section=section.pk,
        topics=[topic.pk],
        lead_photo=photo.pk,
        lead_photo_caption="The river on Monday",
        seo_title="River",
        **rows(ROLES, [{"byline": bob.pk, "role": "writer"}, {"byline": ann.pk, "role": "photographer"}]),
    )

    article = Article.objects.get()
    assert response.redirect_chain[-1][0] == address(article)
    assert "http://localhost:8000/api/v1/articles/the-river-rises/" in said(response)[0]
    story = api("articles/the-river-rises/")
    assert [block["html"] for block in story["body"]] == ["It rains.", "And then", "It pours."]
    assert [(row["name"], row["role"]) for row in story["bylines"]] == [
        ("Bob Best", "writer"),
        ("Ann Able", "photographer"),
    ]
    assert (story["section"]["slug"], story["topics"][0]["slug"]) == ("world", "floods")
    assert (story["lead_photo"]["caption"], story["seo"]["title"]) == ("The river on Monday", "River")


def test_draft_is_kept_without_a_headline_and_shown_to_nobody(desk, api):
    response = send(desk, body="<p>Only a first thought.</p>")

    assert said(response) == ["Saved."]
    assert Article.objects.get().head.author.username == "editor"
    assert api("feed/")["results"] == []


def test_what_stands_in_the_way_is_said_and_the_text_is_kept(desk, api):
    photo = make_photo(credit_line="", caption="A boat")

    response = send(desk, button="_publish", body="<p>Kept.</p>", lead_photo=photo.pk)

    assert said(response) == [
        "Saved, but not published. To do first:",
        "Write a headline.",
        "Give the photo &quot;A boat&quot; its credit line."
        f' <a href="/admin/media/photo/{photo.pk}/change/" target="_blank">Fix it</a>',
    ]
    assert Article.objects.get().head.data["body"][0]["html"] == "Kept."
    assert api("articles/")["results"] == []


def test_readers_see_a_change_after_update_only(desk, api):
    article = publish(make_article(headline="Before", slug="story"))

    kept = send(desk, article, headline="After")
    assert said(kept) == ["Saved. Readers still see the previous version. Press Update to show them this one."]
    assert b"Live, with unpublished changes" in kept.content
    assert api("articles/story/")["headline"] == "Before"

    updated = send(desk, article, "_publish")
    assert said(updated)[0].startswith("Updated.")
    assert api("articles/story/")["headline"] == "After"


def test_page_sent_unchanged_makes_no_version(desk):
    article = publish(make_article(bylines=[make_byline()], topics=[make_topic()], related=[make_article()]))

    response = send(desk, article)

    assert said(response) == ["Nothing has changed since the last save."]
    assert Version.objects.filter(key=article.pk).count() == 1


def test_new_page_sent_twice_makes_one_story(desk, api):
    byline = make_byline()
    page = page_of(desk)
    values = {"headline": "Once", "body": "<p>Once.</p>", **rows(ROLES, [{"byline": byline.pk, "role": "writer"}])}
    values |= rows("placed_corrections", [{"type": "update", "text": "More is known."}])

    first = send(desk, None, "_publish", page, **values)
    second = send(desk, None, "_publish", page, **values)

    assert first.redirect_chain[-1][0] == second.redirect_chain[-1][0] == address(Article.objects.get())
    assert Version.objects.count() == 1
    assert [row["slug"] for row in api("changes/?after=0")["results"] if row["kind"] == "article"] == ["once"]
    story = api("articles/once/")
    assert (len(story["bylines"]), len(story["corrections"])) == (1, 1)


def test_correction_reaches_readers_with_the_update_and_the_page_says_so(desk, api):
    article = publish(make_article(slug="story"))
    assert "when you press Update" in desk.get(address(article)).content.decode()

    saved = send(desk, article, **rows("placed_corrections", [{"type": "retraction", "text": "It was two."}]))
    assert "(readers do not see it yet)" in saved.content.decode()
    assert api("articles/?corrected=true")["results"] == []

    updated = send(desk, article, "_publish")
    assert "(readers do not see it yet)" not in updated.content.decode()
    assert api.slugs("articles/?corrected=true") == ["story"]
    assert [(row["type"], row["text"]) for row in api("articles/story/")["corrections"]] == [
        ("retraction", "It was two.")
    ]


def test_corrections_are_added_and_never_edited(desk, api):
    article = publish(make_article(slug="story", corrections=["It was Tuesday."]))

    response = send(
        desk, article, "_publish", **rows("placed_corrections", [{"type": "clarification", "text": "In the evening."}])
    )

    assert [row["text"] for row in api("articles/story/")["corrections"]] == ["It was Tuesday.", "In the evening."]
    assert b"It was Tuesday." in response.content


@pytest.mark.parametrize(
    "card",
    [
        '{"type": "photo", "photo": {"link": "photo", "id": "no id"}}',
        '{"type": "photo", "photo": {"link": "photo"}}',
        '{"type": "nothing"}',
        '{"type": "divider", "id": ["b1"]}',
        '{"type": "embed", "provider": "x", "url": "javascript:alert(1)"}',
        "[1]",
        "{",
    ],
)
def test_card_that_no_editor_made_is_refused_or_left_out(desk, card):
    article = make_article()
    body = article.body

    response = send(desk, article, body=f"<p>Text</p><div data-block='{card}'></div>")

    assert response.status_code == 200
    after = Article.objects.get().body
    assert after == body or [block["type"] for block in after] == ["paragraph"]


def test_slug_that_another_story_has_is_refused_in_words(desk):
    make_article(slug="taken")
    article = make_article(slug="free")

    response = send(desk, article, slug="taken")

    errors = response.context["adminform"].form.errors
    assert errors == {"slug": ["Another one has this slug already; choose another."]}
    assert Article.objects.filter(slug="taken").count() == 1


def test_story_is_scheduled_and_the_schedule_cancelled(desk, api):
    article = make_article(slug="later")
    tomorrow = timezone.localtime() + timedelta(days=1)

    response = send(desk, article, "_schedule", schedule_at=tomorrow.strftime("%Y-%m-%dT06:00"))
    assert said(response)[0].startswith("This version goes live on ")
    assert b"Scheduled for " in response.content
    assert api("articles/")["results"] == []

    response = send(desk, article, "_cancel_schedule")
    assert said(response) == ["The schedule is cancelled."]
    assert not Publication.objects.exists()


def test_later_words_reach_a_scheduled_story_when_asked(desk):
    article = make_article(headline="Early words")
    publish(article, at=timezone.now() + timedelta(days=1))

    response = send(desk, article, headline="Later words")
    assert b"an earlier version is scheduled" in response.content
    send(desk, article, "_reschedule")

    assert Publication.objects.get().next_version.data["headline"] == "Later words"


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ("", "Choose when it goes live."),
        ("2020-01-01T06:00", "That time has passed. Choose a later one, or press Publish."),
    ],
)
def test_moment_that_makes_no_sense_is_refused_in_words(desk, at, message):
    response = send(desk, make_article(), "_schedule", schedule_at=at, headline="Kept all the same")

    assert said(response) == ["Saved, but not scheduled.", message]
    assert Article.objects.get().headline == "Kept all the same"
    assert not Publication.objects.exists()


def test_live_story_gets_an_end_from_the_schedule(desk):
    article = publish(make_article())
    until = (timezone.localtime() + timedelta(days=2)).replace(second=0, microsecond=0)

    send(desk, article, "_schedule", schedule_at="", schedule_until=until.strftime("%Y-%m-%dT%H:%M"))

    assert Publication.objects.get().live_until == until


EDITS = ["view_article", "change_article", "change_any_article", "publish_article"]


def wall(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def test_end_alone_publishes_nothing_of_what_waits(desk, api):
    article = publish(make_article(slug="vote", headline="As published"))
    until = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)

    response = send(desk, article, "_schedule", headline="Not yet", schedule_at="", schedule_until=wall(until))

    assert "It comes down on" in said(response)[0]
    assert "Readers still see the previous version." in said(response)[0]
    assert api("articles/vote/")["headline"] == "As published"
    assert Article.objects.get().headline == "Not yet"
    assert Publication.objects.get().live_until == until
    was = response.context["schedule_form"]["schedule_until_was"].value()
    form = {"schedule_at": "", "schedule_until": wall(until), "schedule_until_was": was}
    nothing = send(desk, article, "_schedule", **form)
    assert said(nothing)[1] == "Choose when the update goes live, or when it comes down."
    assert said(send(desk, article, "_schedule", **{**form, "schedule_until": ""}))[0].startswith(
        "It is no longer set to come down"
    )
    assert Publication.objects.get().live_until is None
    assert api("articles/vote/")["headline"] == "As published"


def test_who_may_not_withdraw_sets_no_end_on_what_readers_have(client):
    log_in(client, *EDITS)
    article = publish(make_article(slug="vote", headline="As published"))
    tomorrow, until = (timezone.now() + timedelta(days=days) for days in (1, 2))

    assert [field.name for field in client.get(address(article)).context["schedule_form"]] == ["schedule_at"]
    for at in ("", wall(tomorrow)):
        response = send(client, article, "_schedule", headline="Not yet", schedule_at=at, schedule_until=wall(until))
        assert said(response)[1] == ("You may not say when it comes down: that is a withdrawal. Ask somebody who may.")
    with pytest.raises(PermissionDenied):
        press.publish(article, at=tomorrow, live_until=until, by=User.objects.get())
    with pytest.raises(PermissionDenied):
        press.end(article, until, by=User.objects.get())
    assert Publication.objects.get().live_until is None
    assert Article.objects.get().headline == "Not yet"

    send(client, article, "_schedule", schedule_at=wall(tomorrow))
    assert Publication.objects.get().next_at is not None


def test_who_may_not_withdraw_plans_a_life_and_keeps_an_end_that_others_set(client):
    log_in(client, *EDITS)
    draft, live = make_article(), make_article()
    tomorrow, until = (timezone.now().replace(second=0, microsecond=0) + timedelta(days=days) for days in (1, 2))
    publish(live, live_until=until)

    send(client, draft, "_schedule", schedule_at=wall(tomorrow), schedule_until=wall(until))
    send(client, live, "_publish", headline="Mended")

    assert [row.live_until for row in Publication.objects.filter(key__in=[draft.pk, live.pk])] == [until, until]


def test_schedule_of_an_old_page_keeps_the_end_that_was_set_meanwhile(desk):
    article = publish(make_article())
    tomorrow, until = (timezone.now() + timedelta(days=days) for days in (1, 2))
    page = page_of(desk, article)
    press.end(article, until)

    send(desk, article, "_schedule", page=page, schedule_at=wall(tomorrow), schedule_until="", schedule_until_was="")

    publication = Publication.objects.get()
    assert (wall(publication.next_at), publication.live_until) == (wall(tomorrow), until)


def test_update_that_is_scheduled_is_not_forgotten_by_an_end(desk):
    article = publish(make_article())
    tomorrow, until = (timezone.now() + timedelta(days=days) for days in (1, 2))
    publish(update(article, kicker="Later"), at=tomorrow)

    response = send(desk, article, "_schedule", schedule_at="", schedule_until=wall(until))

    assert said(response)[1] == 'To drop the scheduled update, press "Cancel schedule".'
    publication = Publication.objects.get()
    assert (wall(publication.next_at), publication.live_until) == (wall(tomorrow), None)


def test_story_is_withdrawn_with_its_reason_though_the_page_has_mistakes(desk, api):
    article = publish(make_article(slug="wrong"))

    response = send(desk, article, "_withdraw", reason="legal", seo_canonical_url="no address")

    assert b"Withdrawn. Readers no longer see it" in response.content
    assert b"Enter a valid URL" in response.content
    gone = api.get("articles/wrong/")
    assert (gone.status_code, gone.json()["reason"]) == (410, "legal")


@pytest.mark.parametrize("reason", ["expired", "because"])
def test_reason_that_is_none_withdraws_nothing(desk, api, reason):
    article = publish(make_article(slug="story"))

    response = send(desk, article, "_withdraw", reason=reason)

    assert said(response)[0] == "Not withdrawn: choose a reason."
    assert api("articles/story/")["slug"] == "story"


@pytest.mark.apart
def test_buttons_are_those_that_make_sense(desk):
    def buttons(article):
        context = desk.get(address(article)).context
        shown = [(button.label, button.is_primary) for button in context["buttons"]]
        return shown, bool(context["can_withdraw"]), bool(context["can_cancel"])

    draft, scheduled, live, withdrawn = make_article(), make_article(), make_article(), make_article()
    publish(scheduled, at=timezone.now() + timedelta(days=1))
    publish(live)
    send(desk, publish(withdrawn), "_withdraw", reason="error")

    review = ("Ready for review", False)
    assert buttons(draft) == ([("Save draft", False), ("Publish", True), review], False, False)
    assert buttons(scheduled) == (
        [("Save draft", False), ("Publish now", False), ("Update what is scheduled", True), review],
        False,
        True,
    )
    assert buttons(live) == ([("Save without publishing", False), ("Update", True)], True, False)
    assert buttons(withdrawn) == ([("Save draft", False), ("Publish again", True), review], False, False)


@pytest.mark.apart
@pytest.mark.apart
@pytest.mark.parametrize("may_publish", [True, False])
@pytest.mark.parametrize("may_withdraw", [True, False])
def test_each_act_asks_for_its_permission_on_the_server(client, api, may_publish, may_withdraw):
    permissions = ["view_article", "change_article", "change_any_article"]
    permissions += ["publish_article"] * may_publish + ["withdraw_article"] * may_withdraw
    log_in(client, *permissions)
    draft, live, scheduled = make_article(slug="draft"), publish(make_article(slug="live")), make_article()
    publish(scheduled, at=timezone.now() + timedelta(days=1))
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT06:00")

    shown = client.get(address(live)).context
    assert ("_publish" in [button.name for button in shown["buttons"]]) == may_publish
    assert (shown["can_withdraw"], bool(shown["schedule_form"])) == (may_withdraw, may_publish)

    send(client, draft, "_schedule", schedule_at=tomorrow)
    assert Publication.objects.filter(key=draft.pk).exists() == may_publish
    send(client, draft, "_publish", headline="Kept")
    assert (api.get("articles/draft/").status_code == 200) == may_publish
    assert Article.objects.get(pk=draft.pk).headline == "Kept"
    send(client, scheduled, "_cancel_schedule")
    assert Publication.objects.filter(key=scheduled.pk).exists() != may_publish
    send(client, live, "_withdraw", reason="error")
    assert (api.get("articles/live/").status_code == 410) == may_withdraw


def test_who_may_only_look_saves_and_publishes_nothing(client, api):
    log_in(client, "view_article", "publish_article")
    article = make_article(headline="As it is")

    shown = client.get(address(article))
    assert shown.context["buttons"] == []
    assert "<p>Nobody was hurt.</p>" in shown.content.decode()
    sent = client.post(address(article), {"headline": "Other", "base": article.head_id, "_publish": "1"})

    assert sent.status_code == 403
    assert Article.objects.get().headline == "As it is"
    assert api("articles/")["results"] == []


def test_who_may_withdraw_needs_no_right_to_write(client, api):
    log_in(client, "view_article", "withdraw_article")
    article = publish(make_article(slug="live", headline="As it is"))
    assert client.get(address(article)).context["can_withdraw"]

    sent = {"headline": "Other", "base": article.head_id, "_withdraw": "1", "reason": "legal"}
    response = client.post(address(article), sent, follow=True)

    assert said(response) == ["Withdrawn. Readers no longer see it; its address says that it is gone."]
    assert api.get("articles/live/").status_code == 410
    assert Article.objects.get().headline == "As it is"


def test_live_story_cannot_be_deleted_and_the_page_says_what_to_do(desk):
    article = publish(make_article())
    other = make_article()

    one = desk.post(f"/admin/newsroom/article/{article.pk}/delete/", {"post": "yes"})
    both = desk.post(
        "/admin/newsroom/article/",
        {"action": "delete_selected", "_selected_action": [article.pk, other.pk], "post": "yes"},
    )

    assert b"It is live. Withdraw it first, then delete it." in one.content
    assert b"It is live. Withdraw it first, then delete it." in both.content
    assert Article.objects.count() == 2


def test_scheduled_story_takes_its_schedule_with_it_when_deleted(desk):
    article = make_article()
    publish(article, at=timezone.now() + timedelta(days=1))

    desk.post(
        "/admin/newsroom/article/", {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}
    )

    assert (Article.objects.count(), Publication.objects.count()) == (0, 0)


def test_list_names_the_state_of_every_story(desk):
    make_article(headline="A")
    publish(make_article(headline="B"), at=timezone.now() + timedelta(days=1))
    publish(make_article(headline="C"))
    update(publish(make_article(headline="D")), headline="D")
    update(publish(make_article(headline="E")), kicker="new")
    send(desk, publish(make_article(headline="F")), "_withdraw", reason="error")

    def found(query=""):
        rows = desk.get(f"/admin/newsroom/article/{query}").context["cl"].result_list
        return sorted((row.headline, str(row.status).split(" for ")[0]) for row in rows)

    assert found() == [
        ("A", "Draft"),
        ("B", "Scheduled"),
        ("C", "Live"),
        ("D", "Live"),
        ("E", "Live, with unpublished changes"),
        ("F", "Withdrawn"),
    ]
    assert [row[0] for row in found("?tab=scheduled")] == ["B"]
    assert [row[0] for row in found("?tab=live")] == ["C", "D", "E"]
    assert [row[0] for row in found("?tab=withdrawn")] == ["F"]


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_with_one_story_and_with_three(desk, number, django_assert_num_queries):
    for _story in range(number):
        publish(make_article(section=make_section(), bylines=[make_byline(), make_byline()]))
    desk.get("/admin/newsroom/article/")

    with django_assert_num_queries(10):
        response = desk.get("/admin/newsroom/article/")

    assert len(response.context["cl"].result_list) == number


@pytest.mark.parametrize("number", [1, 3])
def test_list_costs_the_same_where_the_site_s_addresses_name_sections(
    desk, settings, number, django_assert_num_queries
):
    settings.FRONT_URL, settings.WEB_PATHS = "https://news.example", {"article": "/{section}/{slug}"}
    for at in range(number):
        publish(make_article(slug=f"story-{at}", section=make_section(slug=f"section-{at}")))
    desk.get("/admin/newsroom/article/")

    with django_assert_num_queries(12):
        page = desk.get("/admin/newsroom/article/").content.decode()

    shown = [f"https://news.example/section-{at}/story-{at}" for at in range(number)]
    assert [address for address in shown if f'"{address}"' in page] == shown


@pytest.mark.parametrize("term", ["flood", "deluge-1", "Ann Able"])
def test_search_finds_headline_slug_and_byline(desk, term):
    found = make_article(headline="Flood", slug="deluge-1", bylines=[make_byline("Ann Able")])
    make_article()

    rows = desk.get("/admin/newsroom/article/", {"q": term}).context["cl"].result_list

    assert [row.pk for row in rows] == [found.pk]


def test_versions_are_listed_with_who_saved_them(desk):
    article = publish(make_article())
    send(desk, article, kicker="New")

    response = desk.get(f"/admin/newsroom/article/{article.pk}/history/")

    entries = [entry for _day, entries in response.context["timeline"].days for entry in entries]
    assert [(entry.who, [words for _name, words in entry.marks]) for entry in entries] == [
        ("editor", ["Working copy"]),
        ("Galley", ["Live"]),
    ]


def test_what_a_text_could_not_keep_is_said_after_the_save(desk):
    body = (
        '<p>A <a href="#_ftn1">note</a>.</p><p><img src="https://example.org/a.jpg"><img src="https://example.org/b.jpg"></p>'
        "<table><tr><td>12</td><td>30</td></tr></table>"
    )
    response = send(desk, body=body)

    said = [str(message) for message in response.context["messages"]]
    assert "This could not be kept, and is left out of the text: links (1), pictures (2)." in said
    assert [block["type"] for block in Article.objects.get().body] == ["paragraph", "table"]


def test_page_whose_text_could_not_all_be_kept_is_shown_anew_as_it_is_kept(desk):
    article = make_article()
    headers = {"X-Saving": str(User.objects.get(username="editor").pk)}

    def saved(body):
        return desk.post(
            address(article), {**page_of(desk, article), "body": body, "_save": "1"}, headers=headers
        ).json()

    assert saved("<p>All of it.</p>")["is_here"]
    assert not saved('<p>Without <img src="https://example.org/a.jpg"> it.</p>')["is_here"]


def test_story_that_was_never_saved_and_names_itself_is_saved_without_that(desk):
    page = page_of(desk)

    response = send(desk, None, "_save", page, headline="Round", **rows("placed_related", [{"related": page["key"]}]))

    assert said(response)[0] == "Story: it names itself, which is left out."
    assert (Article.objects.get().headline, Article.objects.get().placed_related.count()) == ("Round", 0)


def test_an_untouched_text_says_nothing_of_what_it_holds_since_long(desk):
    old = [{"id": "a", "type": "paragraph", "html": '<a href="/2019/old">There</a>'}]
    article = make_article(body=old)

    response = send(desk, article, **{**page_of(desk, article), "headline": "Another"})

    assert not [message for message in response.context["messages"] if "left out" in str(message)]
    assert Article.objects.get().body == old


@pytest.mark.parametrize(
    ("language", "fault"),
    [
        ("en", "Block 2 (Table): a table has at most 60 columns"),
        ("uk", "Блок 2 (Таблиця): у таблиці може бути щонайбільше 60 стовпців"),
    ],
)
def test_what_is_wrong_with_a_block_is_said_in_the_words_of_the_desk(desk, language, fault):
    table = f"<table><tbody><tr>{'<td><p>x</p></td>' * 61}</tr></tbody></table>"

    page = page_of(desk)
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    response = send(desk, page=page, headline="Wide", body=f"<p>Results by ward.</p>{table}")

    assert response.context["adminform"].form.errors == {"body": [fault]}
    assert Article.objects.count() == 0


def test_what_a_form_takes_and_a_story_cannot_hold_is_said_on_the_page_and_nothing_is_saved(desk):
    article = make_article(headline="Before")
    topics = Topic.objects.bulk_create([Topic(name=f"T{n}", slug=f"t{n}", sort_name=f"t{n}") for n in range(201)])

    response = send(desk, article, headline="After", topics=[topic.pk for topic in topics])

    form = response.context["adminform"].form
    assert form.errors["topics"] == ["Ensure this field has no more than 200 elements."]
    assert form["headline"].value() == "After"
    stored = Article.objects.get()
    assert (stored.headline, stored.topics.count(), Version.objects.count()) == ("Before", 0, 1)
