"""Which encoder a picture is compared by, and which one takes over once it has looked at everything."""

import asyncio
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policies.errors import SettingsError
from retrieval.filters import All, OneOf
from retrieval.index import PLACES, Place, VectorIndex
from retrieval.storage import Edition, Sharing
from retrieval.vision.choice import EyeChoice, Stamp, open_eye
from retrieval.vision.compact import MAPS_FILE, NAME, NETWORK_FILE
from retrieval.vision.encoder import PictureEncoder

_log = logging.getLogger(__name__)

_UNUSABLE = (
    "The weights in %s cannot be used, so pictures are compared as before: copy them there again whole, or remove that "
    "folder to go back to the shipped ones (%s)."
)

Eye = tuple[EyeChoice, PictureEncoder]  # an encoder, and what opens the very same again

# What an edition that notes nothing was looked at with, if with any: the shipped encoder.
_SHIPPED: Mapping[str, Any] = {"name": NAME, "model": "", "own": False, "place": 0}


@dataclass(frozen=True, slots=True)
class Sight:
    """An encoder, what opens it again, and where the index keeps what it saw."""

    choice: EyeChoice
    eye: PictureEncoder
    place: Place

    @property
    def looked(self) -> OneOf:
        """The condition that it has looked at a product."""
        return OneOf(self.place.looked, (self.eye.name,))

    @property
    def own(self) -> bool:
        """Whether it is weights of a shop's own."""
        return not self.choice.model and self.eye.name != NAME

    def files(self) -> dict[str, bytes]:
        """Return the files of own weights. Blocks."""
        paths = [self.choice.own / name for name in (NETWORK_FILE, MAPS_FILE)]
        return {path.name: path.read_bytes() for path in paths if path.is_file()}

    def noted(self, edition: Edition) -> Edition:
        """Return the edition with the note that this is what its pictures are compared by."""
        note = {"name": self.eye.name, "model": self.choice.model, "own": self.own, "place": PLACES.index(self.place)}
        return replace(edition, eye=None if note == _SHIPPED else note)


def shipped() -> Sight:
    """Return the encoder that comes with the project, in the first place."""
    return Sight(EyeChoice(), open_eye(EyeChoice()), PLACES[0])


class Wish:
    """The encoder that a shop wants; weights of its own may be replaced, damaged or removed at any time.

    Args:
        choice: The encoder.
        kept: Folder where own weights are copied to, for they may be replaced while they are in use.
    """

    def __init__(self, choice: EyeChoice, kept: Path) -> None:
        self.choice, self.kept = choice, kept
        self._stamp: Stamp | None = None
        self._told = False  # that they cannot be used; a copy that grows slowly is told of once

    @property
    def is_silent(self) -> bool:
        """Whether neither a model is named nor are there own weights."""
        return not (self.choice.model or self.choice.has_own)

    async def renewed(self) -> Eye | None:
        """Open what is wanted; None where that is what it was when last asked, or own weights cannot be used.

        Raises:
            SettingsError: A named model cannot be used.
        """
        stamp = await asyncio.to_thread(self.choice.stamp)
        if stamp == self._stamp:
            return None
        eye = None
        try:
            eye = await asyncio.to_thread(_copied, self.choice, self.kept)
        except (SettingsError, OSError) as problem:
            if self.choice.model:
                raise
            if not self._told:
                _log.error(_UNUSABLE, self.choice.own, problem.__cause__ or problem)
        self._stamp, self._told = stamp, eye is None
        return eye

    def ask_again(self) -> None:
        """Take what is wanted as new the next time: it could not be heeded."""
        self._stamp = None

    async def noted(self, edition: Edition, sharing: Sharing | None, wanted: Eye | None = None) -> Sight | None:
        """Return what the edition notes its pictures are compared by; None where that can no longer be opened.

        Weights that another process of the same storage gave are copied here.
        """
        note = edition.eye or _SHIPPED
        if wanted is not None and note["name"] == wanted[1].name:
            return Sight(*wanted, PLACES[int(note["place"])])
        folder = self.kept / note["name"]
        if sharing is not None and note["own"] and not folder.is_dir():
            await asyncio.to_thread(_written, await sharing.weights(note["name"]), folder)
        return await asyncio.to_thread(_again, note, self.kept)


async def chosen(edition: Edition, wanted: Eye, old: Sight | None) -> tuple[Sight, Sight | None]:
    """Return what pictures are compared by, and what takes over when it has looked at everything, if it is another.

    Args:
        edition: The catalogue.
        wanted: The encoder to use.
        old: What pictures were compared by so far; None where that can no longer be opened.
    """
    if old is not None and old.eye.name == wanted[1].name:
        return old, None
    if old is None or not await edition.index.count(All((old.looked,))):
        return Sight(*wanted, PLACES[0]), None
    coming = Sight(*wanted, next(other for other in PLACES if other != old.place))
    await _cleared(edition.index, coming)
    return old, coming


async def _cleared(index: VectorIndex, coming: Sight) -> None:
    """Make room for what an encoder will see; what yet another one saw there is never compared with it."""
    await index.make_room(coming.place)
    seen = await index.facet(coming.place.looked)
    if any(count for name, count in seen.items() if name != coming.eye.name):
        await index.forget_pictures(coming.place)


def forgotten(kept: Path, used: tuple[Sight, ...]) -> None:
    """Remove copies of own weights that nobody uses any more. Blocks."""
    for folder in kept.glob("*"):
        if folder.name not in {sight.eye.name for sight in used}:
            shutil.rmtree(folder, ignore_errors=True)


def _copied(wanted: EyeChoice, kept: Path) -> Eye:
    """Open an encoder; of own weights a copy, so that whatever becomes of them, what is opened again is the same."""
    if not wanted.has_own:
        shared = EyeChoice(wanted.model)
        return shared, open_eye(shared)
    draft = kept / "wanted.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name in (NETWORK_FILE, MAPS_FILE):
        if (wanted.own / name).is_file():
            shutil.copyfile(wanted.own / name, draft / name)
    eye = open_eye(EyeChoice("", draft))
    folder = kept / eye.name
    if folder.is_dir():
        shutil.rmtree(draft)
    else:
        draft.replace(folder)
    return EyeChoice("", folder), eye


def _written(files: Mapping[str, bytes], folder: Path) -> None:
    if not files:
        return
    draft = folder.with_suffix(".part")
    draft.mkdir(parents=True, exist_ok=True)
    for name in (NETWORK_FILE, MAPS_FILE):
        if name in files:
            (draft / name).write_bytes(files[name])
    draft.replace(folder)


def _again(noted: Mapping[str, Any], kept: Path) -> Sight | None:
    """Open the encoder of a note; None where that is no longer possible, or would be another."""
    choice = EyeChoice(noted["model"], kept / noted["name"]) if noted["own"] else EyeChoice(noted["model"])
    try:
        eye = open_eye(choice)
    except SettingsError:
        return None
    return Sight(choice, eye, PLACES[int(noted["place"])]) if eye.name == noted["name"] else None
