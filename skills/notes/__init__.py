"""Notes: what somebody wants to have written down, word for word."""

from __future__ import annotations

from skills.authoring import Call, Reply, SentenceSkill, Tools, enumerated, on
from skills.lists.store import Lists

_NOTES = "notes"


class NoteSkill(SentenceSkill):
    """Takes notes and reads them out."""

    name = "notes"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self._lists = Lists(tools.folder)

    @on("TakeNote")
    def take(self, call: Call) -> Reply:
        """Write something down."""
        text = call.original("note")
        self._lists.add(_NOTES, [text])
        return call.reply("taken", acted=True, text=text)

    @on("TellNotes")
    def tell(self, call: Call) -> Reply:
        """Read the notes out."""
        notes = self._lists.items(_NOTES)
        if not notes:
            return call.reply("none")
        return call.reply("tell", things=enumerated(notes, call.language))

    @on("DeleteNote")
    def delete(self, call: Call) -> Reply:
        """Delete the last note."""
        removed = self._lists.remove(_NOTES, self._lists.items(_NOTES)[-1:])
        if not removed:
            return call.reply("none")
        return call.reply("deleted", acted=True, text=removed[0])

    @on("DeleteNotes")
    def delete_all(self, call: Call) -> Reply:
        """Delete all notes."""
        if not self._lists.items(_NOTES):
            return call.reply("none")
        self._lists.clear(_NOTES)
        return call.reply("all_deleted", acted=True)
