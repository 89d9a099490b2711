"""Asks our own web server for a page: `healthcheck.py /readyz`. Status 0 when it is well.

It asks in the name of the first allowed host, since the server answers no other.
"""

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip()
try:
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
    connection.request("GET", sys.argv[1], headers={"Host": host})
    answer = connection.getresponse()
except OSError as error:
    sys.exit(str(error))
sys.exit(0 if answer.status == 200 else f"{answer.status} {answer.read(200)!r}")
