"""Admits a desk that has no network: its request comes as a file, the answer goes back as a file."""

from __future__ import annotations

from gridclient.domain.frozen import frozen
from gridclient.hub.access import Access, Applicant
from gridclient.services.enrolment import Grant
from gridclient.sync.enrol_file import check_digits, read_request, write_admission


@frozen
class Admitted:
    """The answer file and what it admits. ``digits`` is the check code that the desk showed with its request."""

    file: bytes
    device: str
    name: str
    short: str
    digits: str


def admit(
    access: Access, request: bytes, grants: tuple[Grant, ...], *, township: str, name: str, more: bool
) -> Admitted:
    """Admits the requesting desk with these rights, as a code would; ``name`` is for a desk that has none. It may be
    admitted again, with other rights (with ``more``: further rights).

    Raises:
        SyncFault: ``enrol.file_…``: this is no request. Others: as for :meth:`Access.enrol`.
    """
    said = read_request(request)
    code = access.issue_code(grants, township=township, name=name)
    applicant = Applicant(said.device, said.name, said.public_key)
    admission = access.enrol(code, applicant, more=more)
    answer = write_admission(said, admission._replace(token=""))
    return Admitted(answer, said.device, said.name or name, admission.short, check_digits(request))
