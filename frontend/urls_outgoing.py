"""Routes of staff for what leaves: the processor register."""

from django.urls import path

from frontend.views import staff_processors

urlpatterns = [
    path("staff/processors", staff_processors.processors, name="processors"),
    path("staff/processors/<uuid:processor_id>", staff_processors.processor, name="processor"),
    path("staff/processors/<uuid:processor_id>/end", staff_processors.end, name="processor-end"),
]
