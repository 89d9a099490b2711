"""Signing in with Google, against a real OpenID provider on loopback."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from oidc_provider_mock import run_server_in_thread
from social_django.models import Association, UserSocialAuth

from accounts.models import AccountEvent, User
from privacy.models import Acceptance, Processor, Subject
from tests.privacy.consenting import accepting

# The provider's own use of a library's older interface.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")

AYU = {"email": "ayu@lontar.test", "email_verified": True, "name": "Ayu Lestari"}


@pytest.fixture
def google(settings, people, caplog) -> Iterator[str]:
    """The provider, configured as Google; people of the given claims are put in."""
    with run_server_in_thread() as server:
        url = f"http://localhost:{server.server_port}"
        settings.SOCIAL_AUTH_GOOGLE_OAUTH2_KEY = "client"
        settings.SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET = "secret"
        settings.SOCIAL_AUTH_GOOGLE_OAUTH2_OIDC_ENDPOINT = url
        yield url


def begin(browser, after="/find", **form):
    answer = browser.post("/oauth/login/google-oauth2/", {"next": after, **form})
    assert answer.status_code == 302, answer.content
    return answer.url


def consent(url, google, claims, action=None):
    """What the person does at Google; returns the address Google sends the browser to."""
    httpx.put(
        f"{google}/users/{claims['sub']}", json={k: v for k, v in claims.items() if k != "sub"}
    )
    form = {"action": action} if action else {"sub": claims["sub"]}
    answer = httpx.post(url, data=form)
    assert answer.status_code in {302, 303}, answer.text
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def sign_in(browser, google, after="/find", form=None, **claims):
    """By the button of the register page, its box ticked, unless `form` says otherwise."""
    who = {"sub": "g-1", **AYU, **claims}
    sent = accepting() if form is None else form
    return browser.get(consent(begin(browser, after, **sent), google, who))


def test_button_is_shown_when_configured_only(enter, people, settings):
    assert b"Sign in with Google" not in enter().get("/sign-in").content
    settings.SOCIAL_AUTH_GOOGLE_OAUTH2_KEY = "client"
    settings.SOCIAL_AUTH_GOOGLE_OAUTH2_SECRET = "secret"
    assert b"Sign in with Google" in enter().get("/sign-in").content


@pytest.mark.promise("P7")
def test_only_name_and_address_are_asked_for_with_pkce_and_nonce(enter, google):
    asked = parse_qs(urlsplit(begin(enter())).query)
    assert asked["scope"] == ["openid email profile"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["nonce"]
    assert "access_type" not in asked


def test_new_person_gets_an_account_and_goes_on_where_they_were(enter, google):
    browser = enter()
    answer = sign_in(browser, google, after="/book?space=meranti")
    assert answer.url == "/book?space=meranti"
    user = User.objects.get(email="ayu@lontar.test")
    assert (user.full_name, user.is_verified_address) == ("Ayu Lestari", True)
    assert not user.has_usable_password()
    assert b"Ayu Lestari" in browser.get("/account").content


@pytest.mark.promise("P64")
def test_new_person_is_asked_to_accept_the_terms_and_nothing_is_stored_before(enter, google):
    browser = enter()
    before = (Subject.objects.count(), Acceptance.objects.count())
    answer = sign_in(browser, google, form={})
    assert answer.url == "/register"
    assert "You have no account yet" in browser.get("/register").content.decode()
    outdated = sign_in(browser, google, form=accepting(terms_hash="0" * 64))
    assert outdated.url == "/register"
    assert "has changed since this form was opened" in browser.get("/register").content.decode()
    assert (Subject.objects.count(), Acceptance.objects.count()) == before
    assert not UserSocialAuth.objects.exists()
    sign_in(browser, google)
    user = User.objects.get(email="ayu@lontar.test")
    rows = Acceptance.objects.filter(subject=user.subject, form="google", answer="accepted")
    assert set(rows.values_list("document", "version")) == {("terms", 1), ("policy", 1)}
    assert (user.terms_answered, user.policy_answered) == (1, 1)


def test_a_tick_of_an_earlier_way_to_google_is_forgotten(enter, google):
    browser = enter()
    begin(browser, **accepting())
    assert sign_in(browser, google, form={}).url == "/register"
    assert not User.objects.filter(email="ayu@lontar.test").exists()


@pytest.mark.promise("P7")
def test_nothing_of_googles_is_kept_but_the_account_number(enter, google):
    sign_in(enter(), google, picture="https://x.test/p.jpg", locale="id")
    link = UserSocialAuth.objects.get()
    assert (link.provider, link.uid, link.extra_data) == ("google-oauth2", "g-1", {})
    user = User.objects.get(email="ayu@lontar.test")
    kept = {field.attname: getattr(user, field.attname) for field in User._meta.concrete_fields}
    assert kept["email"] == "ayu@lontar.test"
    assert "x.test" not in json.dumps(kept, default=str)
    assert Association.objects.count() == 0


@pytest.mark.promise("P7")
def test_declined_name_is_not_stored_and_not_invented(enter, google):
    sign_in(enter(), google, name=None)
    assert User.objects.get(email="ayu@lontar.test").full_name == ""


@pytest.mark.promise("P7")
@pytest.mark.parametrize(
    "claims", [{"email": None}, {"email_verified": False}, {"email_verified": None}]
)
def test_without_a_verified_address_nothing_is_stored(enter, google, claims):
    before = (Subject.objects.count(), User.objects.count())
    answer = sign_in(enter(), google, **claims)
    assert answer.status_code == 302
    assert (Subject.objects.count(), User.objects.count()) == before
    assert UserSocialAuth.objects.count() == 0


def test_second_time_is_the_same_account_and_overwrites_nothing(enter, google):
    sign_in(enter(), google)
    User.objects.filter(email="ayu@lontar.test").update(full_name="Bu Ayu")
    sign_in(enter(), google, name="Other", email="other@lontar.test")
    user = User.objects.get(email="ayu@lontar.test")
    assert user.full_name == "Bu Ayu"
    assert not User.objects.filter(email="other@lontar.test").exists()


def test_existing_verified_account_is_linked(enter, google, people):
    sign_in(enter(), google, email="Alice@ruang.test")
    assert UserSocialAuth.objects.get().user_id == people.alice.id
    assert AccountEvent.objects.filter(verb="google_linked").count() == 1


def test_existing_unproved_account_is_not_handed_to_whoever_opened_it(enter, google, people):
    User.objects.filter(id=people.bob.id).update(email_verified_at=None)
    browser = enter()
    answer = sign_in(browser, google, email="bob@ruang.test")
    assert answer.url == "/password"
    assert b"never confirmed" in browser.get("/password").content
    assert UserSocialAuth.objects.count() == 0
    assert browser.get("/account").status_code == 302


def test_signed_in_person_links_and_unlinks(enter, google, people):
    browser = enter(people.alice)
    answer = sign_in(browser, google, after="/account/security", email="other@gmail.test")
    assert answer.url == "/account/security"
    link = UserSocialAuth.objects.get(user=people.alice)
    assert enter(people.bob).post(f"/account/security/google/{link.id}").status_code == 404
    assert browser.post(f"/account/security/google/{link.id}").status_code == 302
    assert UserSocialAuth.objects.count() == 0


def test_the_only_way_in_is_not_taken_away(enter, google):
    browser = enter()
    sign_in(browser, google)
    link = UserSocialAuth.objects.get()
    assert browser.post(f"/account/security/google/{link.id}").status_code == 422
    assert UserSocialAuth.objects.count() == 1


def test_stopping_at_google_leads_back_with_words(enter, google):
    browser = enter()
    back = consent(begin(browser), google, {"sub": "g-1"}, action="deny")
    answer = browser.get(back)
    assert answer.url == "/sign-in"
    assert b"You stopped at Google" in browser.get("/sign-in").content


def test_answer_with_a_strange_state_signs_nobody_in(enter, google):
    browser = enter()
    back = consent(begin(browser), google, {"sub": "g-1", **AYU})
    stolen = enter()
    assert stolen.get(back).url == "/sign-in"
    assert stolen.get("/account").status_code == 302


def test_token_signed_by_somebody_else_is_refused(enter, google, monkeypatch):
    browser = enter()
    back = consent(begin(browser), google, {"sub": "g-1", **AYU})
    with run_server_in_thread() as other:
        keys = httpx.get(f"http://localhost:{other.server_port}/jwks").json()["keys"]
    monkeypatch.setattr("accounts.backends.GoogleBackend.get_jwks_keys", lambda self: keys)
    monkeypatch.setattr(
        "accounts.backends.GoogleBackend.get_remote_jwks_keys", lambda self, uri=None: keys
    )
    assert browser.get(back).url == "/sign-in"
    assert not User.objects.filter(email="ayu@lontar.test").exists()


def test_staff_pass_the_second_factor_after_google_too(enter, google, people):
    browser = enter()
    sign_in(browser, google, email="dewi@ruang.test")
    user = browser.get("/account").wsgi_request.user
    assert user.id == people.dewi.id
    assert user.may("reservations.see_desk") is False


def test_closed_account_stays_closed(enter, google, people):
    Subject.objects.filter(id=people.alice.subject_id).update(state="deactivated")
    browser = enter()
    sign_in(browser, google, email="alice@ruang.test")
    assert browser.get("/account").status_code == 302


@pytest.mark.promise("P30")
@pytest.mark.promise("P34")
@pytest.mark.parametrize("fault", [{"state": "ended"}, {"region": ""}, {"mechanism": ""}])
def test_without_a_contract_nobody_is_sent_to_google(enter, google, fault):
    assert b"Sign in with Google" in enter().get("/sign-in").content
    Processor.objects.filter(service="google_sign_in").update(**fault)

    assert b"Sign in with Google" not in enter().get("/sign-in").content
    answer = enter().post("/oauth/login/google-oauth2/", {"next": "/find"}, follow=True)

    assert answer.redirect_chain == [("/sign-in", 302)]
    assert "Sign-in with Google is switched off" in answer.content.decode()


@pytest.mark.promise("P28")
@pytest.mark.promise("P30")
def test_a_contract_that_ends_in_between_asks_google_nothing(enter, google, people):
    browser = enter()
    back = consent(begin(browser), google, {"sub": "g-1", **AYU})
    Processor.objects.filter(service="google_sign_in").update(state="ended")

    answer = browser.get(back, follow=True)

    assert "Sign-in with Google is switched off" in answer.content.decode()
    assert not User.objects.filter(email=AYU["email"]).exists()
