"""The second factor of staff."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import AccountEvent, SessionRecord
from accounts.services import second_factor_delete
from accounts.services.second_factor import DEMO_DEVICE, totp_next_code
from frontend.views.account_guard import staff_required
from privacy.errors import NotAllowed


def enrolled(enter, user):
    """A browser that has enrolled; and its recovery codes."""
    browser = enter(user)
    browser.get("/two-step")
    code = totp_next_code(TOTPDevice.objects.get(user=user))
    page = browser.post("/two-step/setup", {"code": code, "next": "/account"})
    assert page.status_code == 200
    return browser, page.context["codes"]


def test_staff_are_led_from_sign_in_to_enrolment(enter, people):
    browser = enter()
    form = {"email": "dewi@ruang.test", "password": "kopi tubruk di teras", "next": "/find"}
    answer = browser.post("/sign-in", form)
    assert answer.url == "/two-step?next=%2Ffind"
    page = browser.get(answer.url).content.decode()
    assert "data:image/svg+xml" in page
    assert TOTPDevice.objects.get(user=people.dewi).confirmed is False


def test_roles_sleep_until_the_code_is_entered(enter, people, rf):
    browser = enter(people.dewi)
    assert browser.get("/account").wsgi_request.user.may("reservations.see_desk") is False
    browser, _codes = enrolled(enter, people.dewi)
    assert browser.get("/account").wsgi_request.user.may("reservations.see_desk") is True


def test_enrolment_shows_ten_codes_once_and_stores_none_readable(enter, people):
    browser, codes = enrolled(enter, people.dewi)
    assert len(set(codes)) == 10
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {code.replace("-", "") for code in codes}
    assert codes[0] not in browser.get("/account/security").content.decode()


def test_the_session_key_changes_and_stays_listed(enter, people):
    browser = enter(people.dewi)
    browser.get("/two-step")
    before = browser.session.session_key
    code = totp_next_code(TOTPDevice.objects.get())
    browser.post("/two-step/setup", {"code": code})
    assert browser.session.session_key != before
    assert SessionRecord.objects.get().session_key == browser.session.session_key


def test_wrong_codes_are_refused_and_slow_down(enter, people):
    enrolled(enter, people.dewi)
    browser = enter(people.dewi)
    assert browser.post("/two-step", {"code": "000000"}).status_code == 422
    assert TOTPDevice.objects.get().throttling_failure_count == 1
    right = totp_next_code(TOTPDevice.objects.get())
    assert browser.post("/two-step", {"code": right}).status_code == 422


def test_a_code_works_once(enter, people):
    device = TOTPDevice.objects.create(user=people.dewi, name="app", confirmed=True)
    code = totp_next_code(device)
    first, second = enter(people.dewi), enter(people.dewi)
    assert first.post("/two-step", {"code": code, "next": "/find"}).url == "/find"
    assert second.post("/two-step", {"code": code}).status_code == 422


def test_a_recovery_code_works_once(enter, people):
    _browser, codes = enrolled(enter, people.dewi)
    assert enter(people.dewi).post("/two-step", {"code": codes[0]}).status_code == 302
    assert enter(people.dewi).post("/two-step", {"code": codes[0]}).status_code == 422
    assert AccountEvent.objects.filter(verb="recovery_code_used").count() == 1


def test_renewed_codes_replace_the_former(enter, people):
    browser, codes = enrolled(enter, people.dewi)
    assert browser.post("/two-step/codes").status_code == 200
    assert enter(people.dewi).post("/two-step", {"code": codes[1]}).status_code == 422


def test_enrolment_cannot_be_repeated_by_whoever_has_the_password(enter, people):
    enrolled(enter, people.dewi)
    thief = enter(people.dewi)
    assert thief.get("/two-step/setup").status_code == 403
    assert thief.post("/two-step/codes").status_code == 403


def test_only_administrators_reset_a_colleagues_factor(enter, people):
    enrolled(enter, people.dewi)
    with pytest.raises(NotAllowed):
        second_factor_delete(actor=people.eka, user_id=people.dewi.id)
    assert TOTPDevice.objects.count() == 1
    second_factor_delete(actor=people.root, user_id=people.dewi.id)
    assert (TOTPDevice.objects.count(), StaticToken.objects.count()) == (0, 0)


def test_tenants_have_no_second_factor(enter, people):
    assert enter(people.alice).get("/two-step").status_code == 403


def test_code_of_the_demo_device_is_shown_in_development_alone(enter, people, settings):
    device = TOTPDevice.objects.create(user=people.dewi, name=DEMO_DEVICE, confirmed=True)
    code = totp_next_code(device)
    settings.DEVELOPMENT = False
    assert code not in enter(people.dewi).get("/two-step").content.decode()
    settings.DEVELOPMENT = True
    page = enter(people.dewi).get("/two-step").content.decode()
    assert code in page
    assert "Development only" in page
    TOTPDevice.objects.update(name="app")
    assert code not in enter(people.dewi).get("/two-step").content.decode()


@pytest.fixture
def desk(settings):
    """A page for the front desk."""

    @staff_required("reservations.see_desk")
    def page(request):
        return HttpResponse("desk")

    return page


def test_staff_pages_open_for_the_role_after_the_second_factor(enter, people, desk):
    def ask(browser):
        request = browser.get("/account").wsgi_request
        request.path = "/desk"
        return desk(request)

    assert ask(enter()).url.startswith("/sign-in?next=")
    assert ask(enter(people.dewi)).url.startswith("/two-step?next=")
    passed, _codes = enrolled(enter, people.dewi)
    assert ask(passed).content == b"desk"
    clerk, _codes = enrolled(enter, people.farid)
    for refused in (enter(people.alice), clerk):
        with pytest.raises(PermissionDenied):
            ask(refused)


def test_back_office_demands_the_second_factor(enter, people):
    assert enter().get("/admin/").url.startswith("/admin/login/")
    assert enter(people.alice).get("/admin/login/?next=/admin/").url.startswith("/sign-in?next=")
    waiting = enter(people.root)
    assert waiting.get("/admin/").status_code == 302
    assert waiting.get("/admin/login/?next=/admin/").url == "/two-step?next=/admin/"
    browser, _codes = enrolled(enter, people.root)
    assert browser.get("/admin/").status_code == 200


def test_wrong_sign_in_form_of_the_admin_is_not_offered(enter, people):
    answer = enter().post("/admin/login/", {"username": "root@ruang.test", "password": "x"})
    assert answer.status_code == 302
