"""What the intake form asks the desk while it is filled: grid, class, duplicates. Blocking, for pool threads."""

from __future__ import annotations

from collections.abc import Sequence

from gridclient.domain.errors import GridClientError
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import Action
from gridclient.services.desk import Desk
from gridclient.services.intake import ClassGuess, ClassGuesser, area_named
from gridclient.services.registering import Registered
from gridclient.services.rows import GridRow, Likeness, NewCase
from gridclient.services.told_grid import GridGuess, guess_grid
from gridclient.ui.intake.values import IntakeValues, facts_of, wgs_point

_LEAST_TEXT = 4


@frozen
class Found:
    """The grid and classes that fit the values, and the cases that may be the same. ``by_point``: the grid follows from
    the point. ``grid_guess``: where earlier cases of the place lay, if neither point nor words name a basic grid."""

    grid: str
    by_point: bool
    guesses: tuple[ClassGuess, ...]
    likenesses: tuple[Likeness, ...]
    grid_guess: GridGuess | None


Filed = tuple[Registered, GridClientError | None]
"""A registered case, and why it was not filed; ``None`` if it was filed or need not be."""


def look_up(desk: Desk, values: IntakeValues, grids: Sequence[GridRow], guesser: ClassGuesser | None) -> Found:
    """Everything that follows from the present values. A point or time that cannot be read is ignored."""
    try:
        point = wgs_point(values)
    except GridClientError:
        point = None
    text = f"{values.title}\n{values.description}\n{values.address}"
    by_point = desk.reference.grids_at(*point).basic if point is not None else None
    guesses = guesser.guess(text) if guesser is not None and len(text.strip()) >= _LEAST_TEXT else ()
    grid, alike = by_point or area_named(text, values.address, grids), _alike(desk, values, point)
    guess = guess_grid(values.address, grid, grids, desk.queries)
    return Found(grid, by_point is not None, guesses, alike, guess)


def register(desk: Desk, values: IntakeValues, *, file: bool) -> Filed:
    """Registers the case and, with ``file``, files it. Filing can fail although registering succeeds. On the writer
    thread.

    Raises:
        GridClientError: the case could not be registered.
    """
    made = desk.register(facts_of(values))
    try:
        if file:
            desk.act(Action.FILE, made.case_id)
    except GridClientError as error:
        return made, error
    return made, None


def _alike(desk: Desk, values: IntakeValues, point: tuple[float, float] | None) -> tuple[Likeness, ...]:
    told = values.reporter_phone or values.upper_number
    if len(values.description.strip()) < _LEAST_TEXT and not told and point is None:
        return ()
    lon, lat = point if point is not None else (None, None)
    new = NewCase(
        title=values.title,
        description=values.description,
        phone=values.reporter_phone,
        lon=lon,
        lat=lat,
        at=desk.clock.now(),
        upper_number=values.upper_number,
    )
    return tuple(desk.queries.likely_duplicates(new))
