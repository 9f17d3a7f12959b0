"""Routes of cases that wait for a person: the shopper's own, and the operator's list."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from shop.case_desk import CaseFile
from shop.case_views import Case
from tools.hand_over import case_facts
from ui.bodies_mine import CaseAnswered, CaseFileTold, CaseMessage, CasesTold, CaseTold, CaseWords, MessageTold
from ui.identity import Operator, Shopper
from ui.openapi import problems
from ui.problems import not_found
from ui.services import Served

router = APIRouter(tags=["cases"])


@router.get("/v1/me/cases", operation_id="list_my_cases", responses=problems(401, 403, 503))
async def list_my_cases(principal: Shopper, services: Served) -> CasesTold:
    """List the shopper's own cases, newest first, with how each stands."""
    return CasesTold(cases=[_told(case) for case in await services.app.books.cases.mine(principal)])


@router.post(
    "/v1/me/cases/{case_id}/words",
    operation_id="add_to_my_case",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def add_to_my_case(case_id: str, said: CaseWords, principal: Shopper, services: Served) -> CaseTold:
    """Add words to an open case of the shopper's own."""
    return _told(await services.app.books.cases.add(principal, case_id, said.words))


@router.post(
    "/v1/me/cases/{case_id}/withdraw", operation_id="withdraw_my_case", responses=problems(401, 403, 404, 409, 503)
)
async def withdraw_my_case(case_id: str, principal: Shopper, services: Served) -> CaseTold:
    """Withdraw an open case of the shopper's own."""
    return _told(await services.app.books.cases.withdraw(principal, case_id))


@router.get("/v1/operator/cases", operation_id="list_cases", responses=problems(401, 403, 422, 503))
async def list_cases(
    operator: Operator,
    services: Served,
    state: Annotated[Literal["open", "closed", "withdrawn", "all"], Query()] = "open",
) -> CasesTold:
    """List cases, oldest first."""
    found = await services.app.books.case_desk.list(None if state == "all" else state)
    return CasesTold(cases=[_told(case) for case in found])


@router.get("/v1/operator/cases/{case_id}", operation_id="read_case", responses=problems(401, 403, 404, 503))
async def read_case(case_id: str, operator: Operator, services: Served) -> CaseFileTold:
    """Read a case with its words, what was around it, the conversation it comes from, and the messages sent."""
    books = services.app.books
    file = await books.case_desk.read(case_id)
    if file is None:
        raise not_found()
    said = [turn.text for turn in await books.conversations.transcript(file.case.session_id)]
    return _whole(file, said)


@router.post(
    "/v1/operator/cases/{case_id}/close",
    operation_id="close_case",
    responses=problems(400, 401, 403, 404, 409, 413, 422, 503),
)
async def close_case(case_id: str, answered: CaseAnswered, operator: Operator, services: Served) -> CaseTold:
    """Close a case with a note that its shopper reads."""
    desk = services.app.books.case_desk
    await desk.close(case_id, answered.note)
    file = await desk.read(case_id)
    if file is None:
        raise not_found()
    return _told(file.case)


def _told(case: Case) -> CaseTold:
    facts = {name: value for name, value in case_facts(case).items() if name in CaseTold.model_fields}
    return CaseTold.model_validate({**facts, "opened_at": case.opened_at, "said": [each.words for each in case.said]})


def _whole(file: CaseFile, conversation: list[str]) -> CaseFileTold:
    return CaseFileTold(
        case=_told(file.case),
        subject=file.case.subject,
        context=dict(file.case.context),
        said=[MessageTold(words=each.words, said_at=each.said_at) for each in file.case.said],
        conversation=conversation,
        messages=[
            CaseMessage(
                event=each.event,
                state=each.state,
                taken_by=list(each.done),
                attempts=each.attempts,
                problem=each.problem,
                delivered_at=each.delivered_at,
            )
            for each in file.deliveries
        ],
    )
