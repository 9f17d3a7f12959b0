"""Which encoder a picture is compared by, and which one takes over once it has looked at everything."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policies.errors import SettingsError
from retrieval.filters import All, OneOf
from retrieval.index import PLACES, Place, VectorIndex
from retrieval.storage import Edition
from retrieval.vision.choice import EyeChoice, open_eye
from retrieval.vision.compact import MAPS_FILE, NAME, NETWORK_FILE
from retrieval.vision.encoder import PictureEncoder

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

    def noted(self, edition: Edition) -> Edition:
        """Return the edition with the note that this is what its pictures are compared by."""
        own = not self.choice.model and self.eye.name != NAME
        note = {"name": self.eye.name, "model": self.choice.model, "own": own, "place": PLACES.index(self.place)}
        return replace(edition, eye=None if note == _SHIPPED else note)


def shipped() -> Sight:
    """Return the encoder that comes with the project, in the first place."""
    return Sight(EyeChoice(), open_eye(EyeChoice()), PLACES[0])


async def chosen(edition: Edition, wanted: EyeChoice, kept: Path) -> tuple[Sight, Sight | None]:
    """Return what pictures are compared by, and what takes over when it has looked at everything, if it is another.

    Args:
        edition: The catalogue.
        wanted: The encoder to use.
        kept: Folder where own weights are copied to, for whoever wants others replaces them while they are in use.

    Raises:
        SettingsError: The wanted encoder cannot be used.
    """
    own, eye = await asyncio.to_thread(_opened, wanted, kept)
    noted = edition.eye or _SHIPPED
    place: Place = PLACES[int(noted["place"])]
    if noted["name"] == eye.name:
        return Sight(own, eye, place), None
    old = await asyncio.to_thread(_again, noted, kept)
    if old is None or not await edition.index.count(All((old.looked,))):
        return Sight(own, eye, PLACES[0]), None
    coming = Sight(own, eye, next(other for other in PLACES if other != place))
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


def _opened(wanted: EyeChoice, kept: Path) -> tuple[EyeChoice, PictureEncoder]:
    eye = open_eye(wanted)
    if wanted.model or eye.name == NAME:
        return wanted, eye
    folder = kept / eye.name
    if not folder.is_dir():
        draft = folder.with_suffix(".part")
        draft.mkdir(parents=True, exist_ok=True)
        for name in (NETWORK_FILE, MAPS_FILE):
            if (wanted.own / name).is_file():
                shutil.copyfile(wanted.own / name, draft / name)
        draft.replace(folder)
    return EyeChoice("", folder), eye


def _again(noted: Mapping[str, Any], kept: Path) -> Sight | None:
    """Open the encoder of a note; None where that is no longer possible, or would be another."""
    choice = EyeChoice(noted["model"], kept / noted["name"]) if noted["own"] else EyeChoice(noted["model"])
    try:
        eye = open_eye(choice)
    except SettingsError:
        return None
    return Sight(choice, eye, PLACES[int(noted["place"])]) if eye.name == noted["name"] else None
