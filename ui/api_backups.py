"""Route of the operator's backup: the server that serves a home copies it, so that nothing moves meanwhile."""

from pathlib import Path

from fastapi import APIRouter
from pydantic import BaseModel, Field

from assistant.backups import back_up
from policies.errors import SettingsError
from ui.bodies import Body
from ui.identity import Operator
from ui.openapi import problems
from ui.problems import HttpProblem
from ui.services import Served

router = APIRouter(prefix="/v1/operator/backups", tags=["operator"])


class BackupWanted(Body):
    """Where a backup goes, on the server's own disk."""

    path: str = Field(max_length=4096, description="Absolute path of a file in a folder that is there.")


class BackupTold(BaseModel):
    """A backup as it was written."""

    path: str
    files: int
    size_bytes: int
    books: bool = Field(description="False where the books are in PostgreSQL and need a dump of their own.")


@router.post("", status_code=201, operation_id="back_up", responses=problems(400, 401, 403, 413, 422, 503))
async def make_backup(wanted: BackupWanted, operator: Operator, services: Served) -> BackupTold:
    """Copy the home into one file while it is served: books, index, keys, what the planner remembers."""
    try:
        copied = await back_up(services.app.settings, Path(wanted.path), services.app.catalog)
    except SettingsError as error:
        raise HttpProblem(422, "backup_failed", str(error)) from error
    return BackupTold(path=wanted.path, files=copied.files, size_bytes=copied.size, books=copied.books)
