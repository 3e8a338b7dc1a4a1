"""The client of the gate for locust: each user asks for its next requests, sends them and tells what became of them.

FLAMEGATE_GATE=http://127.0.0.1:7007 locust -f locustfile.py --headless --users 10 --spawn-rate 10
"""

import base64
import itertools
import json
import os
import socket
import time
import urllib.error
import urllib.request
from http.cookiejar import DefaultCookiePolicy

from locust import HttpUser, task
from locust.exception import StopUser
from urllib3.util import SKIP_HEADER

GATE = os.environ["FLAMEGATE_GATE"]
TOKEN = os.environ.get("FLAMEGATE_GATE_TOKEN")
# Processes of one machine need names of their own, too.
MACHINE = os.environ.get("FLAMEGATE_WORKER", f"{socket.gethostname()}-{os.getpid()}")
# Seconds for which a user goes on asking when nobody answers, because a run opens the gate again for each round.
PATIENCE = float(os.environ.get("FLAMEGATE_PATIENCE", "0"))

numbers = itertools.count(1)


def post(message):
    """The gate's answer as its status and its order, which is None unless there is one."""
    headers = {"content-type": "application/json"}
    if TOKEN:
        headers["authorization"] = f"Bearer {TOKEN}"
    request = urllib.request.Request(f"{GATE}/next", json.dumps(message).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response) if response.status == 200 else None
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError:
        return 0, None


class Worker(HttpUser):
    # Each request has an address of its own, and this one is not used.
    host = GATE

    def on_start(self):
        self.name = f"{MACHINE}/{next(numbers)}"
        self.last_at = 0.0
        # What the scenario does not send is not sent.
        self.client.headers.clear()
        self.client.headers.update({"accept-encoding": SKIP_HEADER, "user-agent": SKIP_HEADER})
        self.client.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self.client.trust_env = False
        self.client.verify = os.environ.get("FLAMEGATE_INSECURE") != "1" and GATE.startswith("https://")

    @task
    def work(self):
        lane = outcome = None
        silent_since = None
        while True:
            status, order = post({"worker": self.name, **known(lane=lane, outcome=outcome)})
            outcome = None
            if order:
                lane = order["lane"]
                outcome = self.carry_out(order)
            elif status != 204:
                lane = None
                silent_since = silent_since or time.monotonic()
                if time.monotonic() - silent_since >= PATIENCE:
                    raise StopUser()
                time.sleep(1)
                continue
            silent_since = None

    def carry_out(self, order):
        answers = []
        lost = None
        paused = 0.0
        began = time.perf_counter()
        for asked in order["requests"]:
            early = self.last_at + order.get("every", 0) / 1000 - time.perf_counter()
            if early > 0:
                time.sleep(early)
                paused += early
            self.last_at = time.perf_counter()
            response, body, error = self.send(order, asked)
            if error:
                lost = "it timed out" if "timed out" in str(error) else str(error) or type(error).__name__
                break
            took = time.perf_counter() - self.last_at
            answers.append(answer_from(response, body, asked, took))
        took = max(time.perf_counter() - began, 1e-6)
        busy = None if lost else max(0.0, 1 - (paused + sum(a["took"] for a in answers) / 1e6) / took)
        return {"order": order["order"], "took": took * 1e6, "answers": answers, **known(busy=busy, lost=lost)}

    def send(self, order, asked):
        """The answer, its body and None, or what went wrong."""
        response = self.client.request(
            asked["method"],
            order["base"] + asked["path"],
            # One line in locust's statistics, instead of one for each address.
            name="gate",
            headers=asked["headers"],
            data=base64.b64decode(asked["body"]) if "body" in asked else None,
            allow_redirects=False,
            timeout=order["timeout"] / 1000,
            stream=True,
        )
        if response.status_code == 0:
            return response, b"", response.error
        try:
            return response, response.raw.read(decode_content=False), None
        except Exception as error:  # Whatever it is, there is no whole answer.
            return response, b"", error


def answer_from(response, body, asked, took):
    answer = {"took": took * 1e6, "status": response.status_code, "bytes": len(body)}
    if not asked.get("read") and response.status_code < 300:
        return answer
    headers = [text for pair in response.headers.items() for text in pair]
    return {**answer, "headers": headers, "body": base64.b64encode(body).decode()}


def known(**fields):
    return {name: value for name, value in fields.items() if value is not None}
