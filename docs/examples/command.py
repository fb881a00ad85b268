"""Sends a command to a device and follows what becomes of it, across breaks of the line and of the hub.

    MOORING_URL=http://127.0.0.1:7070 MOORING_KEY=mrk_… python3 command.py DEVICE NAME [PAYLOAD]

Needs Python 3.9 and nothing else, and a key with the scopes commands:send and devices:read.
"""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

if len(sys.argv) not in (3, 4) or not os.environ.get("MOORING_URL") or not os.environ.get("MOORING_KEY"):
    print("usage: MOORING_URL=… MOORING_KEY=… python3 command.py DEVICE NAME [PAYLOAD, which is JSON]", file=sys.stderr)
    sys.exit(2)

HUB = os.environ["MOORING_URL"].rstrip("/") + "/api/v1"
KEY = os.environ["MOORING_KEY"]
ENDS = {"succeeded", "failed", "rejected", "expired", "cancelled", "undeliverable"}
LONGEST_WAIT = 30  # seconds


def open_url(path, body=None, headers=None, timeout=60):
    request = urllib.request.Request(HUB + path, headers={"Authorization": "Bearer " + KEY, **(headers or {})})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    return urllib.request.urlopen(request, timeout=timeout)


def send(device, name, payload):
    """Tries until the hub has it. One idempotency key for all tries makes it one command."""
    key = str(uuid.uuid4())
    wait = 1
    while True:
        try:
            path = "/devices/%s/commands" % urllib.parse.quote(device, safe="")
            with open_url(path, {"name": name, "payload": payload}, {"Idempotency-Key": key}) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 500, 502, 503, 504):
                raise SystemExit("refused: " + refusal.read().decode())
            after = refusal.headers.get("Retry-After", "")
            wait = int(after) if after.isdigit() and int(after) else wait  # a proxy may send a date
        except (OSError, http.client.HTTPException) as failure:
            print("again in %d s: %s" % (wait, failure), flush=True)
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)


def events(device):
    """Each event once and in order: after a break from behind the last one that came whole."""
    last = None
    while True:
        try:
            headers = {} if last is None else {"Last-Event-ID": last}
            query = "device=%s&last=500" % urllib.parse.quote(device, safe="")
            # A comment comes every 15 s at the latest: a line that says nothing for longer is dead.
            with open_url("/events?" + query, headers=headers, timeout=45) as stream:
                event_id, data = None, None
                for line in stream:
                    line = line.decode().rstrip("\n")
                    if line.startswith("id: "):
                        event_id = line[4:]
                    elif line.startswith("data: "):
                        data = line[6:]
                    elif not line and data is not None:
                        last, event, data = event_id or last, json.loads(data), None
                        yield event
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (429, 500, 502, 503, 504):
                raise SystemExit("refused: " + refusal.read().decode())
        except (OSError, http.client.HTTPException) as failure:
            print("reconnecting: %s" % failure, flush=True)
        time.sleep(1)


def main():
    device, name = sys.argv[1:3]
    try:
        payload = json.loads(sys.argv[3]) if len(sys.argv) > 3 else None
    except ValueError as wrong:
        print("PAYLOAD is not JSON: %s" % wrong, file=sys.stderr)
        sys.exit(2)
    command = send(device, name, payload)
    print("sent %s" % command["id"], flush=True)
    for event in events(device):
        if event.get("command") == command["id"]:
            print(event["state"], flush=True)
            if event["state"] in ENDS:
                sys.exit(0 if event["state"] == "succeeded" else 1)


main()
