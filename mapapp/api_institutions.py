"""`/api/v1/institutions`, `/suggest`, `/clusters`: institutions for machines."""

from flask import Response

from geodata.clusters import clusters as gather
from geodata.institutions import search
from geodata.records import SeveralInstitutions, get
from mapapp.api import public_get
from mapapp.api_record import candidates, institution_feature
from mapapp.db import session
from mapapp.geojson import GEOJSON, collection, respond
from mapapp.identifiers import readable_identifier
from mapapp.list_words import told_page
from mapapp.params import ClustersQuestion, InstitutionQuestion, InstitutionsQuestion
from mapapp.questions import day_asked, facts, links, to_filter
from mapapp.schemas.institutions import ClusterCollection, InstitutionCollection
from mapapp.schemas.record import InstitutionDetail

TAG = "Institutions"


@public_get(
    "/institutions",
    "Find institutions",
    tag=TAG,
    question=InstitutionsQuestion,
    answer=InstitutionCollection,
    media_type=GEOJSON,
    example="q=cao dang&limit=5",
)
def institutions(asked: InstitutionsQuestion) -> Response:
    """Institutions that fit every filter: nearest first with lat,lon (each with `distance_m`), best match first with q,
    else by name; in a box that holds more than 500 campuses of a register of more than 20,000 institutions as
    they lie there, uncounted unless `count=exact` asks. Institutions without coordinates are included with
    `geometry: null` unless a place filter needs one, and counted in `withoutLocation`. Closed and merged ones only when
    `status` or `identifier` asks for them."""
    page = search(
        session(),
        to_filter(asked),
        limit=asked.limit,
        cursor=asked.cursor,
        count_exactly=asked.count == "exact",
    )
    return respond(
        told_page(
            page.items,
            number_matched=page.number_matched,
            without_location=page.without_location,
            links=links(page.next_cursor, GEOJSON),
            of_the_register=facts(page.moment.on, page.moment.release),
        )
    )


@public_get(
    "/institutions/<id_or_code>",
    "One institution",
    tag=TAG,
    question=InstitutionQuestion,
    answer=InstitutionDetail,
    media_type=GEOJSON,
    answers={"300": "Several institutions carry this identifier: `candidates`.", "404": "Nobody answers to it."},
    path={"id_or_code": "registry id, code, e-ID or other identifier without a slash, present or former"},
)
def institution(asked: InstitutionQuestion, id_or_code: str) -> Response:
    """Everything the register says of one institution on a day: names, identifiers, attributes, campuses, licences,
    programmes, relations and reported figures, each with its days of validity and its source."""
    on = day_asked(asked.on)
    identifier = readable_identifier(id_or_code)
    try:
        found = get(session(), identifier, on=on, release=asked.release)
    except SeveralInstitutions as several:
        return candidates(several)
    return respond(institution_feature(found))


@public_get(
    "/clusters",
    "Institutions gathered for a map",
    tag=TAG,
    question=ClustersQuestion,
    answer=ClusterCollection,
    media_type=GEOJSON,
    example="bbox=102,6,118,23.6&zoom=5",
)
def clusters(asked: ClustersQuestion) -> Response:
    """What a map of the box shows at the zoom: gatherings with their exact count, or single institutions; at most 1,000
    features. Institutions known only by province are gathered at its point with `approximate: "province"`."""
    wanted = to_filter(asked)
    assert asked.box is not None  # noqa: S101  the question requires it
    shown = gather(session(), wanted, bbox=asked.box, zoom=asked.zoom)
    return respond(
        collection(
            shown.features,
            numberMatched=shown.number_matched,
            numberReturned=len(shown.features),
            withoutLocation=shown.without_location,
            **facts(wanted.on, shown.moment.release),
        )
    )
