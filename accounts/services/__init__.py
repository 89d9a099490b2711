"""Writes about people and organisations, one transaction each."""

from accounts.services.agreements import organisation_terms_accept, terms_answer
from accounts.services.consents import consent_answer
from accounts.services.google import google_linked, google_unlink, google_user
from accounts.services.grants import grant_ask, grant_give, grant_revoke
from accounts.services.invitations import (
    invitation_accept,
    invitation_resend,
    invitation_revoke,
    invitation_send,
)
from accounts.services.organisations import (
    member_remove,
    member_set_role,
    organisation_create,
    organisation_hand_over,
    organisation_rename,
)
from accounts.services.passwords import password_change, password_reset, password_reset_ask
from accounts.services.pictures import user_picture_remove, user_picture_set
from accounts.services.profile import (
    email_change_ask,
    email_change_cancel,
    email_change_confirm,
    user_profile_change,
    user_set_language,
)
from accounts.services.registration import (
    address_verify,
    address_verify_again,
    user_create_verified,
    user_register,
)
from accounts.services.second_factor import (
    recovery_codes_renew,
    second_factor_delete,
    second_factor_verify,
    totp_confirm,
    totp_enrolment,
)
from accounts.services.sessions import (
    lockout_watch,
    session_end,
    session_forget,
    session_move,
    session_seen,
    session_start,
    sessions_end,
)
from accounts.services.staff import lockout_clear, user_set_roles, user_sign_out
from accounts.services.tokens import token_create, token_revoke, token_used

__all__ = [
    "address_verify",
    "address_verify_again",
    "consent_answer",
    "email_change_ask",
    "email_change_cancel",
    "email_change_confirm",
    "google_linked",
    "google_unlink",
    "google_user",
    "grant_ask",
    "grant_give",
    "grant_revoke",
    "invitation_accept",
    "invitation_resend",
    "invitation_revoke",
    "invitation_send",
    "lockout_clear",
    "member_remove",
    "member_set_role",
    "organisation_create",
    "organisation_hand_over",
    "organisation_rename",
    "organisation_terms_accept",
    "password_change",
    "password_reset",
    "password_reset_ask",
    "recovery_codes_renew",
    "second_factor_delete",
    "second_factor_verify",
    "lockout_watch",
    "session_end",
    "session_forget",
    "session_move",
    "session_seen",
    "session_start",
    "sessions_end",
    "terms_answer",
    "token_create",
    "token_revoke",
    "token_used",
    "totp_confirm",
    "totp_enrolment",
    "user_create_verified",
    "user_picture_remove",
    "user_picture_set",
    "user_profile_change",
    "user_register",
    "user_set_language",
    "user_set_roles",
    "user_sign_out",
]
