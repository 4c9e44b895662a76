"""The steward's pages: from a department's file to a release, on the same path as `mapapp import`.

Every write leads by 303 to a page that can be loaded again; whatever takes longer than a request is a job with a page
of its own.
"""

from pathlib import PurePath
from typing import Any, cast
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, redirect, render_template, request
from sqlalchemy.orm import Session

from geodata.imports import jobs, reviews, run
from geodata.imports.containers import MAX_FILE_BYTES
from geodata.imports.refusals import Refused, UnknownRun
from geodata.imports.run import InputFile
from geodata.models import ImportJob, ImportRun
from geodata.people.rights import may_somewhere
from geodata.proposals import reading
from geodata.text import clean
from geodata.vocabulary import JobAct, JobState, PersonAct, ReviewVerdict
from mapapp.db import now, session
from mapapp.errors import INVALID, NOT_FOUND, Problem, handle
from mapapp.i18n import language, page_url
from mapapp.serving.bodies import LARGEST_UPLOAD
from mapapp.sign_in import require, require_own_form, require_person, unseen, visitor
from mapapp.steward_changes_view import changes_page
from mapapp.steward_jobs import launch, require_disk
from mapapp.steward_map_view import drawn_changes
from mapapp.steward_questions_view import answers_page, questions_page
from mapapp.steward_report_view import run_page
from mapapp.steward_view import Filled, job_page, runs_page
from mapapp.writing import writing

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTS = {
    **dict.fromkeys(("upload", "answer", "recount", "withdraw"), PersonAct.STAGE),
    "undo": PersonAct.PUBLISH,
}
"""What each write asks for; to read is `READ_WORK`."""

bp = APIBlueprint("steward", __name__, enable_openapi=False)
bp.after_request(unseen)


@bp.before_request
def guard() -> None:
    """Who is signed in, then what they may, then the form's own token. Without a session no file is
    taken in (see `serving.bodies`)."""
    name = (request.endpoint or "").rpartition(".")[2]
    require(PersonAct.REPORT if name == "start" and reports_only() else ACTS.get(name, PersonAct.READ_WORK))
    if request.method == "POST":
        if name == "upload":
            request.max_content_length = LARGEST_UPLOAD
        require_own_form()


def page(name: str, shown: object, status: int = 200) -> Response:
    return Response(render_template(f"steward/{name}.html", page=shown), status, mimetype="text/html")


def to(endpoint: str, **values: Any) -> Response:
    return cast(Response, redirect(page_url(f"steward.{endpoint}", **values), 303))


def reports_only() -> bool:
    """Whether this person reports for an institution and has nothing else to read here."""
    person = require_person()
    return may_somewhere(person, PersonAct.REPORT) and not may_somewhere(person, PersonAct.READ_WORK)


@bp.get("/steward")
def start() -> Response:
    """What waits comes first."""
    if reports_only():
        return cast(Response, redirect(page_url("reports.listed"), 303))
    return cast(Response, redirect(page_url("work.start"), 303))


@bp.get("/steward/imports")
def runs() -> Response:
    """The form for a file, what is under way, and what came before."""
    return page("imports", runs_page(visitor(), before=number_asked("before")))


@bp.post("/steward/imports")
def upload() -> Response:
    """Keep the file and stage it in the background."""
    require_disk()
    filled = Filled.read(request.form)
    file = request.files.get("file")
    data = file.stream.read(MAX_FILE_BYTES + 1) if file else b""
    wrong = filled.faults(has_file=bool(file and file.filename), size=len(data))
    if wrong or file is None:
        return page("imports", runs_page(visitor(), before=None, filled=filled, faults=wrong), 400)
    name = clean(PurePath((file.filename or "").replace("\\", "/")).name)[:200] or "tep"
    return do(JobAct.STAGE, file=InputFile(name, data), choices=filled.choices())


@bp.get("/steward/imports/template.xlsx")
def blank() -> Response:
    """The file to fill in."""
    from geodata.imports import template  # only who writes a workbook pays for it

    return download(template.workbook(), "mau-nhap-lieu.xlsx", XLSX)


@bp.get("/steward/imports/jobs/<int(max=2147483647):number>")
def job(number: int) -> Response:
    """How far a job is; when it is done, the run."""
    found = the_job(number)
    if found.state == JobState.DONE and found.run_id is not None:
        return to("report", number=found.run_id)
    return page("job", job_page(visitor(), found, at=now()))


@bp.get("/steward/imports/<int(max=2147483647):number>")
def report(number: int) -> Response:
    """What every row would do, or did, and why some cannot."""
    return page("report", run_page(visitor(), the_run(number), request.args, after=number_asked("after") or 0))


@bp.get("/steward/imports/<int(max=2147483647):number>/questions")
def questions(number: int) -> Response:
    """Rows that only a person can place."""
    return page("questions", questions_page(visitor(), the_run(number)))


@bp.post("/steward/imports/<int(max=2147483647):number>/questions")
def answer(number: int) -> Response:
    """Remember the answers given and count the run again with them, unless it is proposed."""
    proposal = reading.of_run(session(), the_run(number))
    if proposal is not None and reading.holds_rows(proposal):
        return cast(Response, redirect(page_url("proposals.one", number=proposal.id), 303))
    given = 0
    with writing() as writer:
        found = run.find(writer, number)
        for question in reviews.questions(writer, found):
            verdict, institution = verdict_of(request.form.get(f"answer-{question.row.id}", ""))
            if verdict is None:
                continue
            reviews.answer(
                writer,
                found,
                question.row,
                verdict=verdict,
                institution_id=institution,
                reason=clean(request.form.get(f"reason-{question.row.id}", "")),
                by=visitor().actor,
            )
            given += 1
        writer.commit()
    return do(JobAct.RECOUNT, of=number) if given else to("questions", number=number)


def verdict_of(value: str) -> tuple[ReviewVerdict | None, str | None]:
    """`new`, `reject`, an institution's id, or nothing."""
    if value in (ReviewVerdict.NEW, ReviewVerdict.REJECT):
        return ReviewVerdict(value), None
    return (ReviewVerdict.INSTITUTION, value) if value else (None, None)


@bp.get("/steward/imports/<int(max=2147483647):number>/changes")
def changes(number: int) -> Response:
    """The change set: per row and field what was and what will be, and where on the map."""
    return page("changes", changes_page(visitor(), the_run(number), request.args, after=number_asked("after") or 0))


@bp.get("/steward/imports/<int(max=2147483647):number>/changes.svg")
def changes_drawing(number: int) -> Response:
    """The places of the change set on the drawn map."""
    return Response(drawn_changes(the_run(number)), mimetype="image/svg+xml")


@bp.get("/steward/imports/<int(max=2147483647):number>/report.<any(xlsx, csv):ending>")
def commented_file(number: int, ending: str) -> Response:
    """The file itself with the findings beside its rows."""
    from geodata.imports import annotated  # only who writes a workbook pays for it

    found = the_run(number)
    stem = PurePath(found.file_name).stem
    if ending == "csv":
        data = annotated.table(session(), found, language(), sheet=request.args.get("sheet"))
        return download(data, f"{stem}-kiem-tra.csv", "text/csv; charset=utf-8")
    return download(annotated.workbook(session(), found, language()), f"{stem}-kiem-tra.xlsx", XLSX)


@bp.post("/steward/imports/<int(max=2147483647):number>/undo")
def undo(number: int) -> Response:
    """Take the release back by another; of one that two people published, on the page of their proposal."""
    proposal = reading.of_run(session(), the_run(number))
    if proposal is not None:
        return cast(Response, redirect(page_url("proposals.one", number=proposal.id), 303))
    return do(JobAct.UNDO, of=number)


@bp.post("/steward/imports/<int(max=2147483647):number>/recount")
def recount(number: int) -> Response:
    """Plan again over the register as it is now; what is proposed stays as it is until it is sent back."""
    proposal = reading.of_run(session(), the_run(number))
    if proposal is not None and reading.holds_rows(proposal):
        return cast(Response, redirect(page_url("proposals.one", number=proposal.id), 303))
    return do(JobAct.RECOUNT, of=number)


@bp.get("/steward/answers")
def answers() -> Response:
    """What people answered, which files to come are read by."""
    return page("answers", answers_page(visitor()))


@bp.post("/steward/answers")
def withdraw() -> Response:
    """Forget an answer; its question is asked again."""
    with writing() as writer:
        reviews.withdraw(writer, [int(id) for id in request.form.getlist("answer") if id.isdecimal() and len(id) < 10])
        writer.commit()
    return to("answers")


def do(
    act: JobAct, *, of: int | None = None, file: InputFile | None = None, choices: dict[str, object] | None = None
) -> Response:
    """Queue a job, start it, lead to its page."""
    with writing() as writer:
        found = run_or_404(writer, of) if of is not None else None
        job = jobs.enqueue(writer, act, actor=visitor().actor, file=file, run=found, choices=choices)
        writer.commit()
        number = job.id
    launch(number, publishes=act is JobAct.UNDO)
    return to("job", number=number)


def the_run(number: int) -> ImportRun:
    return run_or_404(session(), number)


def run_or_404(reader: Session, number: int) -> ImportRun:
    try:
        return run.find(reader, number)
    except UnknownRun as error:
        raise Problem(NOT_FOUND, error.in_language(language())) from error


def the_job(number: int) -> ImportJob:
    try:
        return jobs.find_job(session(), number)
    except UnknownRun as error:
        raise Problem(NOT_FOUND, error.in_language(language())) from error


@bp.errorhandler(Refused)
def refused(error: Refused) -> Response:
    """What the register refuses a page, as a page."""
    kind = NOT_FOUND if isinstance(error, UnknownRun) else INVALID
    return handle(Problem(kind, error.in_language(language())))


def number_asked(name: str) -> int | None:
    """A whole number of the address, for going on in a list."""
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 16 else None


def download(data: bytes, name: str, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response
