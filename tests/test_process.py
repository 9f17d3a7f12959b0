"""What happens to a whole server: killed in a turn, a second one beside it, a disk without room."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import copied_home

_READY = re.compile(r"listening on (http://\S+)")


def environment(home: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(home.parent), "AISLE_HOME": str(home), **more}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "ui.cli", *arguments]


@contextmanager
def server(home: Path, file_limit: int | None = None) -> Generator[tuple[subprocess.Popen[str], str]]:
    """Run `aisle serve` on a free port until the block ends; `file_limit` caps every file it writes, bytes."""

    def limit() -> None:
        if file_limit is not None:
            # Writing beyond it fails as on a full disk once the signal that comes with it is ignored.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_limit, file_limit))

    process = subprocess.Popen(
        command("serve", "--port", "0"),
        env=environment(home, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=limit,
    )
    try:
        yield process, _address(process)
    finally:
        if process.poll() is None:
            process.terminate()
        assert process.stdout is not None
        process.stdout.read()
        process.wait(30)
        process.stdout.close()


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        found = _READY.search(line)
        if found:
            return found.group(1)
    raise AssertionError("the server did not start: " + "".join(said))


class Visitor:
    """A shopper's session over HTTP."""

    def __init__(self, url: str, session: dict[str, Any] | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=30)
        self.session = session or self.http.post("/v1/sessions").raise_for_status().json()
        self.http.headers["Authorization"] = f"Bearer {self.session['token']}"
        self.path = f"/v1/sessions/{self.session['session_id']}"

    def say(self, text: str, turn: str) -> list[tuple[str, dict[str, Any]]]:
        answer = self.http.post(f"{self.path}/turns", json={"text": text, "client_turn_id": turn})
        assert answer.status_code == 200, answer.text
        return [
            (frame.split("event: ")[1].split("\n")[0], json.loads(frame.split("data: ")[1]))
            for frame in answer.text.strip().split("\n\n")
            if "event: " in frame
        ]

    def read(self) -> dict[str, Any]:
        return self.http.get(self.path).raise_for_status().json()

    def close(self) -> None:
        self.http.close()


@pytest.fixture
def small_home(stocked_home: Path, tmp_path: Path) -> Path:
    """A home with the small shop of the tests, stopped."""
    return copied_home(stocked_home, tmp_path / "home")


def test_killed_in_a_turn_the_conversation_goes_on_and_nothing_is_done_twice(small_home: Path) -> None:
    with server(small_home) as (process, url):
        visitor = Visitor(url)
        visitor.say("a walnut desk", "t1")
        visitor.say("add the Tarn walnut desk", "t2")
        with visitor.http.stream(
            "POST", f"{visitor.path}/turns", json={"text": "show me lamps", "client_turn_id": "t3"}
        ) as answer:
            next(answer.iter_lines())
            process.kill()
            process.wait(10)
        visitor.close()

    with server(small_home) as (_, url):
        back = Visitor(url, visitor.session)
        told = back.read()
        assert [line["quantity"] for line in told["cart"]["lines"]] == [1]
        assert [turn["text"] for turn in told["turns"]][:2] == ["a walnut desk", "add the Tarn walnut desk"]
        repeated = back.say("show me lamps", "t3")
        assert repeated[-1][0] in ("done", "error")
        assert "cart" in [name for name, _ in back.say("what's in my cart", "t4")]
        assert [line["quantity"] for line in back.read()["cart"]["lines"]] == [1]
        back.close()


def test_a_second_server_on_the_same_home_is_refused_in_a_sentence(small_home: Path) -> None:
    with server(small_home):
        second = subprocess.run(
            command("serve", "--port", "0"), env=environment(small_home), capture_output=True, text=True, timeout=60
        )
    assert second.returncode == 1
    assert second.stderr.count("\n") == 1
    assert "AISLE_HOME" in second.stderr


def test_more_workers_than_embedded_storage_allows_are_refused_in_a_sentence(small_home: Path) -> None:
    refused = subprocess.run(
        command("serve", "--port", "0"),
        env=environment(small_home, AISLE_WORKERS="4"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "AISLE_DATABASE_URL" in refused.stderr


def test_with_no_room_left_on_the_disk_the_answer_is_no_and_nothing_is_lost(small_home: Path) -> None:
    with server(small_home) as (_, url):
        visitor = Visitor(url)
        visitor.say("a walnut desk", "t1")
        visitor.say("add the Tarn walnut desk", "t2")
        visitor.close()
    room = max(path.stat().st_size for path in small_home.glob("*.sqlite*"))

    with server(small_home, file_limit=room) as (_, url):
        full = Visitor(url, visitor.session)
        codes = [_tried(full, f"f{i}") for i in range(12)]
        assert 503 in codes
        assert set(codes) <= {200, 503}
        assert full.http.get("/healthz").status_code == 200
        full.close()

    with server(small_home) as (_, url):
        back = Visitor(url, visitor.session)
        assert [line["quantity"] for line in back.read()["cart"]["lines"]] == [1]
        assert back.say("what's in my cart", "t9")[-1][0] == "done"
        back.close()
    verified = subprocess.run(
        command("audit", "verify"), env=environment(small_home), capture_output=True, text=True, timeout=60
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _tried(visitor: Visitor, turn: str) -> int:
    """Say something and return the status it came to: of the response, or of the problem that ended its stream."""
    deadline = time.monotonic() + 30
    answer = visitor.http.post(f"{visitor.path}/turns", json={"text": f"show me lamps {turn}", "client_turn_id": turn})
    assert time.monotonic() < deadline
    if answer.status_code != 200:
        return answer.status_code
    ended = re.findall(r"event: error\n(?:id: .*\n)?data: (.*)", answer.text)
    return int(json.loads(ended[-1])["status"]) if ended else 200
