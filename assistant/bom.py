"""The bill of materials: every model, encoder, trained head and data set with licence and digest, as CycloneDX 1.6."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from pydantic import Field

from assistant.registry import Entry, ModelSpec, Registry

Json = dict[str, Any]


class Part(Entry):
    """One entry of parts.toml."""

    type: Literal["machine-learning-model", "data"]
    version: str
    licence: str
    url: str = ""
    digest: str = Field(default="", pattern=r"^(sha256:[0-9a-f]{64})?$")
    file: str = Field(default="", description="package:file whose digest it is, instead.")
    task: str = ""
    architecture: str = ""
    data: tuple[str, ...] = Field(default=(), description="Parts it was trained on.")

    @property
    def sha256(self) -> str:
        """Digest of the weights or the data, "" where none is known."""
        if not self.file:
            return self.digest.removeprefix("sha256:")
        package, _, name = self.file.partition(":")
        return hashlib.sha256((files(package) / name).read_bytes()).hexdigest()


def parts() -> Mapping[str, Part]:
    """Return what comes with Aisle beside code and endpoints."""
    entries = tomllib.loads((files("assistant") / "parts.toml").read_text(encoding="utf-8"))["parts"]
    return {name: Part.model_validate(entry) for name, entry in entries.items()}


def bill(registry: Registry, version: str, at: datetime) -> Json:
    """Return the bill of materials as JSON; the same contents at the same time give the same bytes.

    Args:
        registry: Its models; one that nobody configured is listed as optional.
        version: Of Aisle.
        at: When, UTC.
    """
    known = parts()
    components = [_model(name, spec) for name, spec in sorted(registry.models.items()) if spec.kind != "compact"]
    components += [_part(name, part) for name, part in sorted(known.items())]
    aisle = {"type": "application", "bom-ref": "aisle", "name": "aisle", "version": version}
    refs = [str(each["bom-ref"]) for each in components]
    trained = {_ref(name): [_ref(of) for of in part.data] for name, part in known.items() if part.data}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, repr((version, at.isoformat(), components)))}",
        "version": 1,
        "metadata": {
            "timestamp": at.isoformat(timespec="seconds"),
            "component": aisle | {"licenses": [{"expression": "Apache-2.0"}]},
        },
        "components": components,
        "dependencies": [
            {"ref": "aisle", "dependsOn": refs},
            *({"ref": ref, "dependsOn": of} for ref, of in sorted(trained.items())),
        ],
    }


def _model(name: str, spec: ModelSpec) -> Json:
    about = {"task": "planning", "modelArchitecture": "multimodal language model"}
    taken = [{"format": each} for each in spec.modalities]
    told = {
        "tier": spec.tier,
        "configured": str(spec.configured).lower(),
        "roles": ",".join(spec.roles),
        "context": str(spec.context),
        "may_see": ",".join(sorted(spec.sees)),
    }
    return {
        "type": "machine-learning-model",
        "bom-ref": _ref(name),
        "name": spec.model or name,
        "version": spec.revision or "not pinned",
        "scope": "required" if spec.configured else "optional",
        **_licensed(spec.licence, spec.licence_url),
        **_hashed(spec.digest.removeprefix("sha256:")),
        "modelCard": {"modelParameters": about | {"inputs": taken, "outputs": [{"format": "text"}]}},
        "properties": [{"name": f"aisle:{key}", "value": value} for key, value in told.items()],
    }


def _part(name: str, part: Part) -> Json:
    found: Json = {
        "type": part.type,
        "bom-ref": _ref(name),
        "name": name,
        "version": part.version,
        **_licensed(part.licence, ""),
        **_hashed(part.sha256),
    }
    if part.url.startswith("https://"):
        found["externalReferences"] = [{"type": "distribution", "url": part.url}]
    if part.type == "data":
        return found | {"data": [{"type": "dataset", "name": name}]}
    about: Json = {"task": part.task, "modelArchitecture": part.architecture}
    if part.data:
        about["datasets"] = [{"ref": _ref(of)} for of in part.data]
    return found | {"modelCard": {"modelParameters": about}}


def _ref(name: str) -> str:
    return f"part:{quote(name)}"


def _licensed(licence: str, url: str) -> Json:
    if not licence:
        return {}
    if url:
        named = {"name" if licence.startswith("LicenseRef-") else "id": licence, "url": url}
        return {"licenses": [{"license": named}]}
    return {"licenses": [{"expression": licence}]}


def _hashed(sha256: str) -> Json:
    return {"hashes": [{"alg": "SHA-256", "content": sha256}]} if sha256 else {}
