"""Receives the events of a webhook: checks the signature, drops repeats, prints the rest.

    MOORING_WEBHOOK_SECRET=whsec_… python3 webhook.py [PORT]

Needs Python 3.9 and nothing else. The signature is that of https://www.standardwebhooks.com.
"""

import base64
import collections
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

PORT = sys.argv[1] if len(sys.argv) > 1 else "8700"
if len(sys.argv) > 2 or not (PORT.isascii() and PORT.isdigit() and len(PORT) < 6):
    print("usage: MOORING_WEBHOOK_SECRET=whsec_… python3 webhook.py [PORT]", file=sys.stderr)
    sys.exit(2)


def secret_of(text):
    """The key in it. An empty one would take whatever is signed with nothing, so what is no secret ends the program."""
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if not text.startswith("whsec_") or not 24 <= len(key) <= 64:
        print("MOORING_WEBHOOK_SECRET is not the secret of a webhook: whsec_ and what the hub has shown after it", file=sys.stderr)
        sys.exit(2)
    return key


SECRET = secret_of(os.environ.get("MOORING_WEBHOOK_SECRET", ""))
TOLERANCE = 300  # seconds; whoever has caught a message cannot send it again later
MOST_BYTES = 1 << 20
REMEMBERED = 10_000

# Ids of what was taken. A real receiver keeps them where it keeps what it made of the events, in one transaction.
seen = collections.OrderedDict()
one_at_a_time = threading.Lock()


def is_signed(headers, body):
    """Whether one of the signatures is ours; there are two while a secret is being changed."""
    message, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) < 12 and abs(time.time() - int(sent_at)) <= TOLERANCE):
        return False
    signed = ("%s.%s." % (message, sent_at)).encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
    given = headers.get("webhook-signature", "").split(" ")
    # In constant time: how far a guess was right must not show in how long the answer takes.
    return any([hmac.compare_digest(one.encode(), wanted.encode()) for one in given])


class Receiver(http.server.BaseHTTPRequestHandler):
    timeout = 30

    def do_POST(self):
        length = self.headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return self.answer(411)
        if int(length) > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(int(length))  # the bytes as they came: parsed and written again they are others
        if not is_signed(self.headers, body):
            print("refused", flush=True)
            return self.answer(401)
        message = self.headers["webhook-id"]
        with one_at_a_time:
            if message not in seen:
                take(json.loads(body))
                seen[message] = True
                if len(seen) > REMEMBERED:
                    seen.popitem(last=False)
            else:
                print("repeated %s" % message, flush=True)
        # Only now, as it is not sent again; whatever fails before is, with pauses that grow, for a day.
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def take(event):
    print("%s %s %s" % (event["type"], event.get("device", "-"), event.get("state", "")), flush=True)


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(PORT)), Receiver)
print("listening on %d" % server.server_port, flush=True)
server.serve_forever()
