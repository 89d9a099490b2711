"""Pages of a development installation; elsewhere they answer 404."""

from django.urls import path

from frontend.views import mailbox

urlpatterns = [
    path("dev/mail", mailbox.mailbox, name="dev-mail"),
    path("dev/mail/<str:name>", mailbox.letter, name="dev-letter"),
    path("dev/mail/<str:name>/html", mailbox.letter_html, name="dev-letter-html"),
]
