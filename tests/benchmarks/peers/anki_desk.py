"""Anki as a desk: an event is a note with a field for each column. Runs in the peers' own environment.

    python anki_desk.py WORK CHANGES FOLDER URL collection|notes

``collection``: the first sync sends the whole collection, as Anki's own does. ``notes``: the collection is there
already, empty, and the notes come one by one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from anki.collection import AddNoteRequest, Collection
from steps import step

FIELDS = ("seq", "hlc", "kind", "subject", "base", "actor", "payload")


def add_notes(collection: Collection, file: Path) -> None:
    """The events of a file as notes."""
    kind = collection.models.by_name("event")
    deck = collection.decks.id("Default")
    requests = []
    for line in file.read_text("utf-8").splitlines():
        event = json.loads(line)
        note = collection.new_note(kind)
        for name in FIELDS:
            note[name] = str(event[name])
        requests.append(AddNoteRequest(note, deck))
    collection.add_notes(requests)


def main() -> None:
    work, changes, folder, url, way = sys.argv[1:]
    collection = Collection(str(Path(folder) / "desk.anki2"))
    kind = collection.models.new("event")
    for name in FIELDS:
        collection.models.add_field(kind, collection.models.new_field(name))
    card = collection.models.new_template("card")
    card["qfmt"], card["afmt"] = "{{seq}}", "{{payload}}"
    collection.models.add_template(kind, card)
    collection.models.add(kind)
    auth = collection.sync_login("u", "p", url)

    def send_whole() -> None:
        collection.sync_collection(auth, False)  # says that both sides differ wholly
        collection.close_for_full_sync()
        collection.full_upload_or_download(auth=auth, server_usn=None, upload=True)
        collection.reopen(after_full_sync=True)

    def send_notes() -> None:
        collection.sync_collection(auth, False)

    if way == "notes":
        send_whole()
    add_notes(collection, Path(work))
    print("{}", flush=True)
    sys.stdin.readline()
    step("first", send_notes if way == "notes" else send_whole)
    add_notes(collection, Path(changes))
    step("changes", send_notes)
    step("nothing", send_notes)


main()
