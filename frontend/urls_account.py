"""The routes of people: signing in, profile, security, organisations."""

from django.urls import path

from frontend.views import (
    account_links,
    account_organisation,
    account_profile,
    account_security,
    account_sign_in,
    account_two_step,
)

urlpatterns = [
    path("sign-in", account_sign_in.sign_in, name="sign-in"),
    path("sign-out", account_sign_in.sign_out, name="sign-out"),
    path("register", account_sign_in.register, name="register"),
    path("register/sent", account_sign_in.registered, name="registered"),
    path("verify/<str:token>", account_links.verify_address, name="verify-address"),
    path("verify", account_links.verify_again, name="verify-again"),
    path("password", account_links.password_reset, name="password-reset"),
    path("password/<str:token>", account_links.password_new, name="password-new"),
    path("address/<str:token>", account_links.confirm_address, name="confirm-address"),
    path("invitations/<str:token>", account_links.invitation, name="invitation"),
    path("two-step", account_two_step.two_step, name="two-step"),
    path("two-step/setup", account_two_step.setup, name="two-step-setup"),
    path("two-step/codes", account_two_step.codes_renew, name="two-step-codes"),
    path("account", account_profile.profile, name="profile"),
    path("account/address", account_profile.address, name="account-address"),
    path("account/picture", account_profile.picture, name="account-picture"),
    path("account/security", account_security.security, name="security"),
    path("account/security/password", account_security.password, name="account-password"),
    path("account/security/sessions", account_security.sessions, name="account-sessions"),
    path(
        "account/security/sessions/<uuid:session_id>",
        account_security.session,
        name="account-session",
    ),
    path("account/security/keys", account_security.tokens, name="account-tokens"),
    path("account/security/keys/<uuid:token_id>", account_security.token, name="account-token"),
    path(
        "account/security/google/<int:association_id>",
        account_security.google,
        name="account-google",
    ),
    path("people/<uuid:user_id>/picture", account_profile.person_picture, name="person-picture"),
    path("organisations", account_organisation.organisations, name="organisations"),
    path(
        "organisations/<uuid:organisation_id>",
        account_organisation.organisation,
        name="organisation",
    ),
    path(
        "organisations/<uuid:organisation_id>/<slug:verb>",
        account_organisation.change,
        name="organisation-act",
    ),
]
