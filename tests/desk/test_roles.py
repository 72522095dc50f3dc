"""Who may do what: each role, each verb, each state of a story, asked of the press and of the desk's pages."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from cms.publishing import press
from cms.publishing.models import Act, Publication
from newsroom.models import Article
from tests.desk import drawing
from tests.desk.test_pages_articles import address, page_of, rows, said, send
from tests.factories import make_article, make_blurb, make_byline, make_photo, publish, update

pytestmark = [pytest.mark.django_db, pytest.mark.apart]
OTHERS = "somebody else's"
OWN = ["made", "assigned", "byline"]
STATES = ["draft", "review", "approved", "scheduled", "live", "changed", "withdrawn"]
VERBS = ["save", "submit", "approve", "send_back", "publish", "schedule", "cancel", "withdraw"]

# What a role may do with a story of somebody else's, and with one of their own.
MAY = {
    "Reporter": ([], ["save", "submit"]),
    "Editor": ([verb for verb in VERBS if verb != "withdraw"],) * 2,
    "Photo editor": ([], []),
    "Managing editor": (VERBS, VERBS),
}


def join(role, username=""):
    user = User.objects.create_user(username or role.lower().replace(" ", "-"), is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_in(state, **values):
    article = make_article(**values)
    if state in ("review", "approved"):
        press.submit(article)
    if state == "approved":
        press.approve(article)
    if state == "scheduled":
        publish(article, at=timezone.now() + timedelta(days=1))
    if state in ("live", "changed", "withdrawn"):
        publish(article)
    if state == "changed":
        update(article, headline="Changed")
    if state == "withdrawn":
        press.withdraw(article)
    return Article.objects.get(pk=article.pk)


def own(article, user, how):
    if how == "made":
        Article.objects.filter(pk=article.pk).update(made_by=user)
    elif how == "assigned":
        press.assign(article, user)
    elif how == "byline":
        article.placed_bylines.create(byline=make_byline(user=user))
        press.save(article)
    return Article.objects.get(pk=article.pk)


ACTS = {
    "save": lambda article, by: press.save(article, by=by),
    "submit": lambda article, by: press.submit(article, by=by),
    "approve": lambda article, by: press.approve(article, by=by),
    "send_back": lambda article, by: press.send_back(article, "Ask the mayor.", by=by),
    "publish": lambda article, by: press.publish(article, by=by),
    "schedule": lambda article, by: press.publish(article, at=timezone.now() + timedelta(hours=1), by=by),
    "cancel": lambda article, by: press.cancel_schedule(article, by=by),
    "withdraw": lambda article, by: press.withdraw(article, by=by),
}


def allowed(article, by):
    """What the press lets somebody do with a story."""
    done = []
    for verb, act in ACTS.items():
        try:
            act(article, by)
        except PermissionDenied:
            continue
        done.append(verb)
    return done


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", MAY)
def test_press_lets_each_role_do_what_is_its_own(role, state):
    user = join(role)

    assert allowed(make_in(state), user) == MAY[role][0]


@pytest.mark.parametrize("how", OWN)
@pytest.mark.parametrize("role", MAY)
def test_press_lets_each_role_do_more_with_a_story_of_its_own(role, how):
    user = join(role)

    assert allowed(own(make_in("review"), user, how), user) == MAY[role][1]


def test_press_refuses_who_has_no_role_and_who_has_left():
    nobody = User.objects.create_user("nobody", is_staff=True)
    gone = join("Managing editor")
    gone.is_active = False
    gone.save()

    assert allowed(make_in("review"), nobody) == []
    assert allowed(make_in("review"), User.objects.get(pk=gone.pk)) == []


def test_what_was_refused_left_nothing_behind():
    reporter = join("Reporter")
    article = own(make_in("draft"), reporter, "made")
    before = Act.objects.count()

    assert allowed(article, reporter) == ["save", "submit"]

    assert Act.objects.count() == before + 1
    assert not Publication.objects.exists()


BUTTONS = {
    "submit": ("_submit", {}),
    "approve": ("_approve", {}),
    "send_back": ("_send_back", {"send_back_note": "Ask the mayor."}),
    "publish": ("_publish", {}),
    "withdraw": ("_withdraw", {"reason": "error"}),
    "cancel": ("_cancel_schedule", {}),
}


def offered(client, article):
    """What the page of a story offers."""
    context = drawing.get(client, address(article)).context
    names = {
        "_save": "save", "_submit": "submit", "_approve": "approve", "_publish": "publish"
    }  # fmt: skip
    found = {names[button.name] for button in context["buttons"] if button.name in names}
    found |= {"send_back"} if context["can_send_back"] else set()
    found |= {"schedule"} if context["schedule_form"] else set()
    found |= {"cancel"} if context["can_cancel"] else set()
    found |= {"withdraw"} if context["can_withdraw"] else set()
    return sorted(found, key=VERBS.index)


MAKES_SENSE = {
    "draft": {"save", "submit", "publish", "schedule"},
    "review": {"save", "approve", "send_back", "publish", "schedule"},
    "approved": {"save", "send_back", "publish", "schedule"},
    "scheduled": {"save", "submit", "publish", "schedule", "cancel"},
    "live": {"save", "publish", "schedule", "withdraw"},
    "changed": {"save", "submit", "publish", "schedule", "withdraw"},
    "withdrawn": {"save", "submit", "publish", "schedule"},
}


@pytest.mark.parametrize("role", MAY)
def test_page_offers_what_may_be_done_and_makes_sense(client, role):
    user = join(role)
    client.force_login(user)
    for state in STATES:
        for whose, may in zip((OTHERS, "made"), MAY[role], strict=True):
            article = own(make_in(state), user, whose)
            wanted = [verb for verb in may if verb in MAKES_SENSE[state]]
            assert (state, whose, offered(client, article)) == (state, whose, wanted)


@pytest.mark.parametrize("role", MAY)
def test_button_that_was_not_offered_does_nothing(client, role):
    """What somebody sends who has made the form of a page themselves."""
    client.force_login(join("Managing editor", "chief"))
    page = page_of(client, make_in("live"))
    user = join(role)
    client.force_login(user)
    for whose, may in zip((OTHERS, "made"), MAY[role], strict=True):
        for verb, (button, values) in BUTTONS.items():
            state = {"withdraw": "live", "cancel": "scheduled", "submit": "draft"}.get(verb, "review")
            article = own(make_in(state), user, whose)
            acts = Act.objects.filter(key=article.pk).count()
            of_its_own = {"base": str(article.head_id), "slug": article.slug, "headline": article.headline}
            client.post(address(article), {**page, **of_its_own, **values, button: "1"})
            done = Act.objects.filter(key=article.pk, by=user).count()
            assert (whose, verb, done > 0) == (whose, verb, verb in may)
            assert Act.objects.filter(key=article.pk).count() == acts + done


def test_reporter_reads_all_stories_and_writes_their_own(client):
    reporter = join("Reporter")
    client.force_login(reporter)
    mine, other = own(make_article(headline="Mine"), reporter, "made"), make_article(headline="Other")

    listed = client.get("/admin/newsroom/article/").context["cl"].result_list
    assert {article.headline for article in listed} == {"Mine", "Other"}
    send(client, mine, headline="Better")
    sent = {**page_of(client, other), "headline": "Spoilt", "_save": "1"}
    assert client.post(address(other), sent).status_code == 403

    assert set(Article.objects.values_list("headline", flat=True)) == {"Better", "Other"}


def test_reporter_begins_a_story_with_their_bylines_and_photo(client):
    reporter = join("Reporter")
    client.force_login(reporter)
    byline, photo = make_byline(user=reporter), make_photo()

    response = send(
        client, headline="New", lead_photo=photo.pk, **rows("placed_bylines", [{"byline": byline.pk, "role": "writer"}])
    )

    assert said(response) == ["Saved."]
    article = Article.objects.get()
    assert (article.made_by, article.head.data["bylines"][0]["id"]) == (reporter, str(byline.pk))


def test_reporter_who_takes_off_their_byline_or_hands_a_story_on_loses_no_text(client):
    reporter, other = join("Reporter"), join("Reporter", "other")
    client.force_login(reporter)
    by_byline = own(make_article(), reporter, "byline")
    by_assignment = own(make_article(), reporter, "assigned")

    send(client, by_byline, headline="Kept", **rows("placed_bylines", []))
    send(client, by_assignment, headline="Kept too", assignee=other.pk)

    assert Article.objects.get(pk=by_byline.pk).head.data["headline"] == "Kept"
    assert Article.objects.get(pk=by_assignment.pk).head.data["headline"] == "Kept too"
    assert Article.objects.get(pk=by_assignment.pk).assignee == other
    assert client.get(address(by_byline)).context["buttons"] == []


def test_who_may_delete(client):
    reporter, editor = join("Reporter"), join("Editor")
    draft = own(make_article(), reporter, "made")

    client.force_login(reporter)
    assert client.post(f"/admin/newsroom/article/{draft.pk}/delete/", {"post": "yes"}).status_code == 403
    with pytest.raises(PermissionDenied):
        draft.delete(by=reporter)
    client.force_login(editor)
    client.post(f"/admin/newsroom/article/{draft.pk}/delete/", {"post": "yes"})

    assert not Article.objects.exists()
    assert Act.objects.filter(verb="deleted").values_list("title", "by_name").get() == (draft.headline, "editor")


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("Reporter", {"article", "blurb", "video"}),
        ("Editor", {"article", "blurb", "video"}),
        ("Photo editor", {"video"}),
        ("Managing editor", {"article", "blurb", "video", "section", "topic", "byline"}),
    ],
)
def test_each_role_adds_what_is_its_own(client, role, pages):
    client.force_login(join(role))
    kinds = ["article", "blurb", "video", "section", "topic", "byline"]

    assert {kind for kind in kinds if client.get(f"/admin/newsroom/{kind}/add/").status_code == 200} == pages
    assert (client.get("/admin/auth/user/").status_code == 200) == (role == "Managing editor")
    assert (client.get("/admin/publishing/act/").status_code == 200) == (role == "Managing editor")


def test_groups_are_an_administrators_to_change():
    editor, reporter = Group.objects.get(name="Editor"), Group.objects.get(name="Reporter")
    added = Permission.objects.get(codename="withdraw_article")
    taken = Permission.objects.get(codename="publish_blurb")
    editor.permissions.add(added)
    editor.permissions.remove(taken)
    reporter.delete()

    call_command("migrate", verbosity=0)

    kept = set(editor.permissions.values_list("codename", flat=True))
    assert ("withdraw_article" in kept, "publish_blurb" in kept, "publish_article" in kept) == (True, False, True)
    again = set(Group.objects.get(name="Reporter").permissions.values_list("codename", flat=True))
    assert ("change_article" in again, "publish_article" in again, "change_any_article" in again) == (
        True,
        False,
        False,
    )


def test_permission_of_a_new_release_reaches_the_groups_that_are_there():
    Permission.objects.filter(codename="approve_article").delete()

    call_command("migrate", verbosity=0)

    groups = Permission.objects.get(codename="approve_article").group_set.values_list("name", flat=True)
    assert set(groups) == {"Editor", "Managing editor"}


# Accounts


def edit_user(client, user, **values):
    page = {"username": user.username, "first_name": "", "last_name": "", "email": "", **values}
    return client.post(f"/admin/auth/user/{user.pk}/change/", {"date_joined_0": "2026-01-01", **page}, follow=True)


def test_managing_editor_looks_after_accounts_and_gives_nobody_more_than_they_have(client):
    chief = join("Managing editor")
    client.force_login(chief)
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(Permission.objects.get(codename="delete_user"))
    boss = User.objects.create_superuser("boss")
    colleague = User.objects.create_user("colleague", is_staff=True)
    reporter = Group.objects.get(name="Reporter")

    edit_user(client, colleague, is_active="on", is_staff="on", groups=[reporter.pk])
    assert list(User.objects.get(pk=colleague.pk).groups.all()) == [reporter]
    edit_user(client, colleague, is_active="on", is_staff="on", is_superuser="on", groups=[powerful.pk])
    every = [permission.pk for permission in Permission.objects.all()]
    own = [Group.objects.get(name="Managing editor").pk]
    edit_user(client, chief, is_active="on", is_staff="on", is_superuser="on", groups=own, user_permissions=every)
    edit_user(client, boss, is_active="on", username="mine")

    assert not User.objects.get(pk=colleague.pk).is_superuser
    assert not User.objects.get(pk=colleague.pk).has_perm("auth.delete_user")
    assert not User.objects.get(pk=chief.pk).is_superuser
    assert not User.objects.get(pk=chief.pk).has_perm("auth.delete_user")
    assert User.objects.get(pk=boss.pk).username == "boss"
    assert client.get(f"/admin/auth/user/{boss.pk}/password/").status_code == 403
    assert client.get(f"/admin/auth/user/{colleague.pk}/password/").status_code == 200


def test_account_made_by_a_managing_editor_can_log_in_at_the_desk(client):
    client.force_login(join("Managing editor"))

    sent = {"username": "ann", "usable_password": "true", "password1": "river-9-stone", "password2": "river-9-stone"}
    client.post("/admin/auth/user/add/", sent)

    ann = User.objects.get(username="ann")
    assert (ann.is_staff, ann.is_superuser) == (True, False)


def test_account_gets_its_roles_as_it_is_made_and_none_beyond_those_of_whoever_makes_it(client):
    client.force_login(join("Managing editor"))
    powerful = Group.objects.create(name="Powerful")
    powerful.permissions.add(Permission.objects.get(codename="delete_user"))
    reporter = Group.objects.get(name="Reporter")
    sent = {"password1": "river-9-stone", "password2": "river-9-stone"}

    client.post("/admin/auth/user/add/", {**sent, "username": "ann", "first_name": "Ann", "groups": [reporter.pk]})
    client.post("/admin/auth/user/add/", {**sent, "username": "bob", "groups": [powerful.pk]})

    ann = User.objects.get(username="ann")
    assert (ann.get_full_name(), list(ann.groups.all())) == ("Ann", [reporter])
    assert not User.objects.filter(username="bob").exists()


def test_role_may_what_is_ticked_on_its_page(client):
    client.force_login(User.objects.create_superuser("boss"))
    role = Group.objects.create(name="Interns")
    address = f"/admin/auth/group/{role.pk}/change/"
    ticked = Permission.objects.get(codename="add_blurb")

    client.post(address, {"name": "Interns", "permissions": [ticked.pk]})

    assert list(role.permissions.all()) == [ticked]
    box = client.get(address).content.decode().split(f'name="permissions" value="{ticked.pk}"')[1].split(">")[0]
    assert "checked" in box


def test_blurb_of_a_reporter_waits_for_an_editor(client, api):
    reporter, editor = join("Reporter"), join("Editor")
    blurb = make_blurb()
    press.assign(blurb, reporter)
    with pytest.raises(PermissionDenied):
        press.publish(blurb, by=reporter)
    press.submit(blurb, by=reporter)

    press.publish(blurb, by=editor)

    assert len(api("blurbs/")["results"]) == 1
