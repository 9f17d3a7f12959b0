"""Versions of what was learned: a folder each with digest and figures; one is served, swapped in one step."""

import json
import logging
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from policies.errors import SettingsError
from retrieval.taste.attentive import read_attentive
from retrieval.taste.item_to_item import Knobs
from retrieval.taste.learned import Learned
from retrieval.taste.ranking import FEATURES
from retrieval.trees import Make, read_ranker

_log = logging.getLogger(__name__)
_MODEL, _SEQUENCE, _RANKER = "model.npz", "sequence.onnx", "ranker.onnx"
_ABOUT, _CURRENT = "about.json", "CURRENT"
_KEPT = 5
OF_TASTE = Make(FEATURES, "aisle train recommend")
_LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class About:
    """What a version says of itself; nothing in it or in its model is about one person.

    Args:
        version: Its folder's name.
        digest: SHA-256 of its files.
        until: Of the last event it learned from, RFC 3339.
        events: How many it learned from.
        knobs: What it was trained with.
        figures: Measured before it was served.
        replaces: The version served before; "" where there was none.
        share: Of the sequence model's scores, in [0, 1]; 0 where there is none.
        ranked: Whether a trained ranker puts candidates in order.
    """

    version: str
    digest: str
    until: str
    events: int
    knobs: Mapping[str, Any]
    figures: Mapping[str, float]
    replaces: str
    share: float = 0.0
    ranked: bool = False


class Versions:
    """The versions in one folder. What is served is read again within a second of a swap, also by another process."""

    def __init__(self, folder: Path | None = None) -> None:
        # Without a folder there is none of the name, and so nothing is served.
        self._folder = folder or Path(os.devnull)
        self._served: tuple[str, Learned | None] = ("", None)
        self._looked = -_LOOK_EVERY_S

    def served(self) -> Learned | None:
        """Return the model that is served now, None where there is none; a damaged one is not served."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY_S:
            return self._served[1]
        self._looked = now
        version = self._current()
        if version != self._served[0]:
            try:
                self._served = (version, self.read(version) if version else None)
            except SettingsError:
                _log.exception("the learned recommendations of version %s cannot be read", version)
                self._served = (version, None)
        return self._served[1]

    def about(self) -> About | None:
        """Return what the version that is served says of itself, None where none is.

        Raises:
            SettingsError: It can't be read.
        """
        version = self._current()
        return self._about(version) if version else None

    def read(self, version: str) -> Learned:
        """Return the model of a version.

        Raises:
            SettingsError: It is missing or damaged.
        """
        about = self._about(version)
        try:
            data, sequence, ranker = (self._file(version, name) for name in (_MODEL, _SEQUENCE, _RANKER))
            if sha256(data + sequence + ranker).hexdigest() != about.digest:
                raise ValueError("its digest differs")
            return replace(
                Learned.from_bytes(data, Knobs(**about.knobs)),
                sequence=read_attentive(sequence) if sequence else None,
                share=about.share,
                ranker=read_ranker(ranker, self._folder / version / _RANKER, OF_TASTE) if ranker else None,
            )
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise _damaged(version, error) from error

    def serve(self, model: Learned, until: str, events: int, figures: Mapping[str, float]) -> About:
        """Keep a model as a version of its own and serve it from now on; the oldest versions go.

        Raises:
            SettingsError: The folder can't be written.
        """
        data, share = model.to_bytes(), model.share if model.sequence else 0.0
        sequence = model.sequence.file if model.sequence and share else b""
        ranker = model.ranker.file if model.ranker else b""
        digest = sha256(data + sequence + ranker).hexdigest()
        version = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{digest[:8]}"
        about = About(
            version, digest, until, events, asdict(model.likes.knobs), figures, self._current(), share, bool(ranker)
        )
        draft = self._folder / f".{version}"
        try:
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir(parents=True)
            for name, file in ((_MODEL, data), (_SEQUENCE, sequence), (_RANKER, ranker)):
                (draft / name).write_bytes(file)
            (draft / _ABOUT).write_text(json.dumps(asdict(about), indent=1), encoding="utf-8")
            os.replace(draft, self._folder / version)
            self._point(version)
        except OSError as error:
            raise SettingsError(f"{self._folder} can't be written: {error.strerror}. Free space or rights.") from error
        for old in sorted(each for each in self._folder.iterdir() if each.is_dir())[:-_KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return about

    def roll_back(self) -> str:
        """Serve what was served before the current version; returns its name, "" for nothing learned.

        Raises:
            SettingsError: Nothing is served, or what was before is gone.
        """
        about = self.about()
        if about is None:
            raise SettingsError("Nothing learned is served, so there is nothing to go back from.")
        if about.replaces:
            self.read(about.replaces)
        self._point(about.replaces)
        return about.replaces

    def _file(self, version: str, name: str) -> bytes:
        path = self._folder / version / name
        return path.read_bytes() if name == _MODEL or path.exists() else b""

    def _current(self) -> str:
        try:
            return (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def _point(self, version: str) -> None:
        draft = self._folder / f".{_CURRENT}"
        draft.write_text(version, encoding="utf-8")
        os.replace(draft, self._folder / _CURRENT)

    def _about(self, version: str) -> About:
        try:
            return About(**json.loads((self._folder / version / _ABOUT).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise _damaged(version, error) from error


def _damaged(version: str, error: Exception) -> SettingsError:
    return SettingsError(
        f"The learned recommendations of version {version} can't be read ({error}). Go back with: aisle train "
        "recommend --rollback"
    )
