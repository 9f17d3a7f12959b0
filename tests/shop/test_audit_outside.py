"""The log outside the books: exports that prove themselves, and an anchor that shows what the books alone can't."""

import asyncio
import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from policies.errors import SettingsError
from shop.audit import AuditLog, row_hash
from shop.audit_anchor import Anchor
from shop.audit_export import AuditExport, verify_export
from tests.shop.conftest import Till


class Auditor:
    """Somebody with the log's key."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self.context = till.books._context
        self.path = till.home / "anchor"

    @property
    def log(self) -> AuditLog:
        return self.context.audit

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.path, self.log)

    async def keep(self) -> bool:
        return await self.till.books.anchoring(self.path).keep()

    async def exported(self, *since: Any) -> list[str]:
        return [line async for line in AuditExport(self.context.database).lines(*since)]

    async def against_anchor(self) -> Any:
        return await self.till.books.audit.verify(self.anchor.known())


@pytest.fixture
async def auditor(till, anna):
    await till.buy(anna)
    return Auditor(till)


async def test_an_export_verifies_without_the_books(auditor):
    lines = await auditor.exported()
    report = verify_export(lines, auditor.log)
    assert (report.ok, report.rows) == (True, len(lines) - 2)
    assert verify_export(lines, None).ok


async def test_an_export_from_a_row_or_a_moment_on_verifies_too(auditor, till, bela):
    whole = await auditor.exported()
    till.clock.move(60)
    await till.buy(bela)
    fifth, later = await auditor.exported(5), await auditor.exported(till.clock.now - timedelta(seconds=1))
    assert json.loads(fifth[1])["seq"] == 5
    assert json.loads(later[1])["seq"] == len(whole) - 1
    assert all(verify_export(lines, auditor.log).ok for lines in (fifth, later))
    nothing = await auditor.exported(10_000)
    assert len(nothing) == 2
    assert verify_export(nothing, auditor.log).ok


async def test_an_export_of_an_empty_log_verifies(till):
    lines = await Auditor(till).exported()
    report = verify_export(lines, Auditor(till).log)
    assert (report.ok, report.rows) == (True, 0)


async def test_an_export_whose_rows_were_rewritten_as_a_whole_is_found_by_the_seal(auditor):
    head, *rows, end = map(json.loads, await auditor.exported())
    digest = head["previous"]
    for row in rows:
        row |= {"subject": "nobody", "previous": digest}
        digest = row["hash"] = row_hash(row)
    end["end"]["hash"] = digest
    forged = [json.dumps(line) for line in (head, *rows, end)]
    assert verify_export(forged, None).ok
    assert "seal" in verify_export(forged, auditor.log).problem


@pytest.mark.parametrize("text", ["", "{}", "[]", "not json", '{"format": "aisle.audit/1"}', '{"seq": 1}'])
async def test_something_else_than_an_export_is_refused(auditor, text):
    assert not verify_export([text, *(await auditor.exported())[1:]], auditor.log).ok


async def test_lines_after_the_end_are_found(auditor):
    lines = await auditor.exported()
    assert "follow the end" in verify_export([*lines, lines[1]], auditor.log).problem


async def test_the_anchor_grows_with_the_log_and_not_without(auditor, till, bela):
    assert await auditor.keep()
    assert not await auditor.keep()
    before = auditor.anchor.known()
    await till.quote(bela)
    assert await auditor.keep()
    assert auditor.anchor.known().items() > before.items()
    assert (await auditor.against_anchor()).ok


async def test_an_older_copy_of_the_books_is_found_by_the_anchor(auditor, till, bela, tmp_path):
    kept = await till.rows("SELECT * FROM audit"), await till.rows("SELECT * FROM audit_head")
    tables = ("intents", "order_changes")
    await till.quote(bela)
    await auditor.keep()
    await till.rows("DELETE FROM audit WHERE seq > :s", s=len(kept[0]))
    await till.rows("UPDATE audit_head SET seq = :seq, hash = :hash, seal = :seal", **_head(kept[1][0]))
    assert (await till.books.audit.verify()).ok, tables
    report = await auditor.against_anchor()
    assert (report.ok, report.first_bad) == (False, len(kept[0]) + 1)
    assert "older copy" in report.problem
    with pytest.raises(SettingsError, match="older or rewritten"):
        await auditor.keep()


async def test_a_log_rewritten_with_the_key_is_found_by_the_anchor(auditor, till, bela):
    await auditor.keep()
    anchored = max(auditor.anchor.known())
    await till.quote(bela)
    await auditor.keep()
    await _rewritten(auditor, since=anchored + 1)
    assert (await till.books.audit.verify()).ok
    report = await auditor.against_anchor()
    assert (report.ok, report.first_bad) == (False, anchored + 1)


async def test_a_changed_anchor_is_refused(auditor, till, bela):
    await auditor.keep()
    await till.quote(bela)
    await auditor.keep()
    lines = auditor.path.read_text().splitlines(keepends=True)
    for broken in (lines[1:], [lines[0].replace('"seq": ', '"seq": 1'), lines[1]], [lines[1], lines[0]], ["{}\n"]):
        auditor.path.write_text("".join(broken))
        with pytest.raises(SettingsError, match="was changed"):
            auditor.anchor.known()


async def test_a_line_that_a_power_cut_left_half_written_does_not_count(auditor, till, bela):
    await auditor.keep()
    whole = auditor.path.read_bytes()
    auditor.path.write_bytes(whole + whole[:40])
    assert len(auditor.anchor.known()) == 1
    await till.quote(bela)
    assert await auditor.keep()
    assert len(auditor.anchor.known()) == 2


async def test_an_anchor_of_another_home_is_refused(auditor):
    await auditor.keep()
    with pytest.raises(SettingsError, match="was changed"):
        Anchor(auditor.path, AuditLog(b"another key, also long enough", "")).known()


async def test_two_servers_share_an_anchor(auditor, till, bela, tmp_path):
    for _ in range(3):
        await till.quote(bela, "harbour")
        await asyncio.gather(*[auditor.keep() for _ in range(4)])
    assert max(auditor.anchor.known()) == (await till.books.audit.verify()).rows
    copy = shutil.copy(auditor.path, tmp_path / "copy")
    assert Anchor(Path(copy), auditor.log).known() == auditor.anchor.known()


def _head(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("seq", "hash", "seal")}


async def _rewritten(auditor: Auditor, since: int) -> None:
    """Write all rows from `since` on anew, as somebody with the key and the database could."""
    till, digest = auditor.till, ""
    for row in await till.rows("SELECT * FROM audit WHERE seq >= :s ORDER BY seq", s=since):
        row |= {"at": "2026-01-01T00:00:00.000000Z", "previous": digest or row["previous"]}
        digest = row_hash(row)
        await till.rows(
            "UPDATE audit SET at = :at, previous = :previous, hash = :h WHERE seq = :seq",
            **{name: row[name] for name in ("at", "previous", "seq")},
            h=digest,
        )
        seal = auditor.log.seal(row["seq"], digest)
        await till.rows("UPDATE audit_head SET hash = :h, seal = :s", h=digest, s=seal)
