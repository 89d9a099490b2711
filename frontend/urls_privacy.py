"""Routes of the privacy pages: hub, promises, policy, terms, consents."""

from django.urls import path

from frontend.views import accept, consents, policy, privacy, staff_policies
from privacy.policy import POLICY, TERMS

urlpatterns = [
    path("privacy", privacy.hub, name="privacy"),
    path("privacy/accept", accept.accept, name="accept"),
    path("privacy/consents", consents.consents, name="consents"),
    path("privacy/consents/<uuid:record_id>", consents.receipt, name="consent-receipt"),
    path(
        "privacy/consents/<uuid:record_id>.jsonld",
        consents.receipt_file,
        name="consent-receipt-file",
    ),
    path("privacy/consents/<slug:purpose>", consents.answer, name="consent-answer"),
    path("staff/policies", staff_policies.policies, name="policies"),
    path(
        "staff/policies/<slug:document>/<int:number>",
        staff_policies.announce,
        name="policy-announce",
    ),
    path("privacy/receipts", consents.check, name="receipt-check"),
    path("privacy/promises", privacy.promises, name="promises"),
]
for document in (POLICY, TERMS):
    here = {"document": document}
    urlpatterns += [
        path(f"privacy/{document}", policy.text, here, name=document),
        path(f"privacy/{document}/compare", policy.compare, here, name=f"{document}-compare"),
        path(f"privacy/{document}/<int:number>", policy.text, here, name=f"{document}-version"),
    ]
urlpatterns += [
    path(
        "privacy/<str:document>/<int:number>.<str:tongue>.md", policy.source, name="policy-source"
    ),
]
