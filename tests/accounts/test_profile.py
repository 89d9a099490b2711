"""What people say about themselves."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from accounts.errors import InputRefused
from accounts.models import AccountEvent, User
from accounts.services import email_change_ask, email_change_confirm, user_picture_set
from accounts.services.pictures import picture_judged
from accounts.services.tidy import tidy
from privacy.models import Contact
from tests.accounts.conftest import PASSWORD

FORM = {
    "full_name": "Alice Wulandari",
    "phone": "+62 812 3456 7890",
    "institution": "PT Lontar",
    "language": "en",
    "time_zone": "Asia/Makassar",
}


def picture(size=(800, 600), kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 120, 40)).save(out, kind, **more)
    out.seek(0)
    out.name = f"me.{kind.lower()}"
    return out


def test_profile_is_saved_and_recorded_without_its_words(enter, people):
    assert enter(people.alice).post("/account", FORM).status_code == 302
    user = User.objects.get(id=people.alice.id)
    assert (user.full_name, user.phone) == ("Alice Wulandari", "+6281234567890")
    assert (user.institution, user.time_zone, user.version) == ("PT Lontar", "Asia/Makassar", 2)
    event = AccountEvent.objects.get(verb="profile_changed")
    assert set(event.data.values()) == {"changed"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "A" * 300),
        ("full_name", "x\x00y"),
        ("phone", "not a number"),
        ("phone", "12"),
        ("time_zone", "Mars/Olympus"),
        ("language", "fr"),
    ],
)
def test_unfit_values_change_nothing(enter, people, field, value):
    assert enter(people.alice).post("/account", {**FORM, field: value}).status_code == 422
    assert User.objects.get(id=people.alice.id).version == 1


def test_an_outdated_page_shows_what_stands_there_now(enter, people):
    browser = enter(people.alice)
    browser.post("/account", {**FORM, "version": 1, "full_name": "From the phone"})
    answer = browser.post("/account", {**FORM, "version": 1})
    assert answer.status_code == 412
    assert b"From the phone" in answer.content
    assert User.objects.get(id=people.alice.id).full_name == "From the phone"


def test_language_of_the_profile_rules_the_pages(enter, people):
    browser = enter(people.alice)
    assert b'<html lang="en"' in browser.get("/account").content
    browser.post("/account", {**FORM, "language": "id"})
    answer = browser.get("/account", headers={"accept-language": "en"})
    assert b'<html lang="id"' in answer.content
    assert answer["Content-Language"] == "id"


def test_new_address_counts_once_its_link_is_followed_and_the_old_one_is_told(
    enter, people, letter
):
    browser = enter(people.alice)
    form = {"email": "alice@new.test", "password": PASSWORD}
    assert browser.post("/account/address", form).status_code == 302
    found = letter("confirm_address")
    assert found.to == "alice@new.test"
    assert b"Use this address" in enter().get(found.link).content
    assert User.objects.get(id=people.alice.id).email == "alice@ruang.test"
    assert enter().post(found.link).status_code == 200
    assert User.objects.get(id=people.alice.id).email == "alice@new.test"
    assert letter("address_changed").to == "alice@ruang.test"
    assert enter().post(found.link).status_code == 410
    assert [contact.email for contact in Contact.objects.all()] == ["alice@ruang.test"]


def test_new_address_needs_the_password(enter, people):
    form = {"email": "alice@new.test", "password": "wrong"}
    assert enter(people.alice).post("/account/address", form).status_code == 422
    assert Contact.objects.count() == 0


def test_a_taken_address_is_not_revealed_and_not_taken(enter, people, letter):
    form = {"email": "bob@ruang.test", "password": PASSWORD}
    assert enter(people.alice).post("/account/address", form).status_code == 302
    assert letter("confirm_address") is None
    assert letter("account_exists").to == "bob@ruang.test"


def test_address_taken_meanwhile_is_refused(enter, people, letter):
    email_change_ask(actor=people.alice, email="shared@new.test", password=PASSWORD)
    link = letter("confirm_address").link
    people.bob.email = "Shared@new.test"
    people.bob.save(update_fields=["email"])
    answer = enter().post(link)
    assert answer.status_code == 410
    assert User.objects.get(id=people.alice.id).email == "alice@ruang.test"


def test_change_can_be_given_up(enter, people, letter):
    email_change_ask(actor=people.alice, email="alice@new.test", password=PASSWORD)
    link = letter("confirm_address").link
    enter(people.alice).post("/account/address", {"cancel": "1"})
    assert enter().post(link).status_code == 410
    assert letter("confirm_address") is None
    assert Contact.objects.count() == 0


def test_addresses_left_behind_are_deleted_after_their_time(people, letter, monkeypatch):
    email_change_ask(actor=people.alice, email="alice@new.test", password=PASSWORD)
    email_change_confirm(token=letter("confirm_address").link.rpartition("/")[2])
    email_change_ask(actor=people.bob, email="bob@new.test", password=PASSWORD)
    tidy()
    assert Contact.objects.count() == 2
    Contact.objects.update(created_at=Contact.objects.first().created_at - timedelta(days=3))
    tidy()
    assert [contact.email for contact in Contact.objects.all()] == ["alice@ruang.test"]
    Contact.objects.update(created_at=Contact.objects.first().created_at - timedelta(days=30))
    tidy()
    assert Contact.objects.count() == 0


def test_picture_is_redrawn_without_its_metadata(people):
    exif = Image.Exif()
    exif[0x8825] = {1: "S", 2: (6.0, 11.0, 0.0)}
    exif[0x010F] = "CameraMaker"
    user_picture_set(actor=people.alice, upload=picture(exif=exif))
    user = User.objects.get(id=people.alice.id)
    with user.picture.open("rb") as file:
        data = file.read()
    assert b"CameraMaker" not in data
    image = Image.open(io.BytesIO(data))
    assert (image.format, image.size, dict(image.getexif())) == ("WEBP", (512, 512), {})


def test_picture_goes_to_those_who_may_see_it_with_safe_headers(enter, people):
    enter(people.alice).post("/account/picture", {"picture": picture()})
    url = f"/people/{people.alice.id}/picture"
    answer = enter(people.bob).get(url)
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "private, max-age=300"
    assert answer.content[8:12] == b"WEBP"
    assert enter(people.charlie).get(url).status_code == 404
    assert enter(people.farid).get(url).status_code == 404
    assert enter().get(url).status_code == 302


def test_replacing_and_deleting_leave_no_file(
    enter, people, settings, django_capture_on_commit_callbacks
):
    for size in ((100, 100), (50, 80)):
        with django_capture_on_commit_callbacks(execute=True):
            user_picture_set(actor=people.alice, upload=picture(size))
    assert len(list((settings.MEDIA_ROOT / "people").iterdir())) == 1
    with django_capture_on_commit_callbacks(execute=True):
        enter(people.alice).post("/account/picture", {"remove": "1"})
    assert list((settings.MEDIA_ROOT / "people").iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"0" * 50, b"\xff\xd8\xff" * 9],
    ids=["empty", "svg", "gif", "broken jpeg"],
)
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(InputRefused) as caught:
        picture_judged(io.BytesIO(data))
    assert caught.value.broken[0].code == "picture"


def test_bombs_are_refused_before_they_unpack():
    bomb = picture((12000, 12000), "PNG")
    assert len(bomb.getvalue()) < 1_000_000
    with pytest.raises(InputRefused) as caught:
        picture_judged(bomb)
    assert caught.value.broken[0].code == "too_large"
    with pytest.raises(InputRefused):
        picture_judged(io.BytesIO(b"\xff" * (5 * 1024 * 1024 + 1)))
