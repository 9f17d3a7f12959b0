"""Public data that evals read: where each set lies in a data folder, its public home, licence and checksums."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from policies.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Dataset:
    """One public set.

    Args:
        folder: Its name in the data folder.
        home: Where it is published, with the commit.
        licence: Of the data.
        files: SHA-256 of the files that are read, as the data folder holds them.
    """

    folder: str
    home: str
    licence: str
    files: Mapping[str, str]


CLINC150 = Dataset(
    folder="clinc150",
    home="https://github.com/clinc/oos-eval/tree/828f8093932c8fe6ca7936c3d2e52903b1c523de",
    licence="CC BY 3.0",
    files={"train_val.json": "d27357cb784f82ee56eb181ebda2ae170295872e3e09631ae70d5374894655e6"},
)
QUERYNER = Dataset(
    folder="queryner",
    home="https://github.com/bltlab/query-ner/tree/3cbc24cc5f49df458e19f4e21ecef295d48c7966",
    licence="labels MIT and CC BY 4.0, queries Apache-2.0",
    files={"validation.jsonl": "00b78a6be648529536e18282659e0037ff109b55659b932a716648e2f10ca3f9"},
)


def present(data: Path | None, dataset: Dataset) -> bool:
    """Tell whether a data folder holds a set."""
    return data is not None and all((data / dataset.folder / name).is_file() for name in dataset.files)


def read(data: Path, dataset: Dataset, name: str, told: Callable[[str], None]) -> str:
    """Read one file of a set.

    Args:
        data: The data folder.
        dataset: Whose file it is.
        name: Of the file.
        told: Told in one sentence when the file is another version than the figures in our documents are from.

    Raises:
        SettingsError: The file is missing.
    """
    path = data / dataset.folder / name
    try:
        found = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path} cannot be read. Fetch it from {dataset.home}.") from error
    if sha256(found).hexdigest() != dataset.files[name]:
        told(f"{path} is another version than the figures in our documents are from.")
    return found.decode("utf-8")
