"""What the data map shows: who looked, and the record of processing."""

from django.urls import path

from frontend.views import access_log, record

urlpatterns = [
    path("privacy/access-log", access_log.access_log, name="access-log"),
    path("privacy/record", record.record, name="record-of-processing"),
    path("privacy/record.csv", record.record_csv, name="record-csv"),
    path("privacy/record.jsonld", record.record_json, name="record-jsonld"),
    path("staff/record", record.staff_record, name="staff-record"),
]
