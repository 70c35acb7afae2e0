"""Talking about lists: what is added, what is done, what is on it."""

from __future__ import annotations

from skills.authoring import Call, Reply, Request, SentenceSkill, Tools, enumerated, on
from skills.lists.items import split
from skills.lists.store import Lists, meant
from skills.understanding.confirmation import agrees

SHOPPING = "shopping"


class ListSkill(SentenceSkill):
    """A shopping list and a to-do list."""

    name = "lists"

    def __init__(self, tools: Tools) -> None:
        super().__init__(tools)
        self.lists = Lists(tools.folder)

    @on("HassShoppingListAddItem", "AddToList")
    def add(self, call: Call) -> Reply:
        """Put things onto a list."""
        wanted = self._things(call)
        added = self.lists.add(_list(call), wanted)
        if not added:
            return call.reply("already", things=self._spoken(wanted, call), list=self._named(call))
        return call.reply(
            "added", acted=True, things=self._spoken(added, call), list=self._named(call)
        )

    @on("HassShoppingListCompleteItem", "RemoveFromList")
    def remove(self, call: Call) -> Reply:
        """Take things off a list, since they were bought or done."""
        wanted = self._things(call)
        removed = self.lists.remove(_list(call), wanted)
        if not removed:
            return call.reply(
                "not_there", things=self._spoken(wanted, call), list=self._named(call)
            )
        return call.reply(
            "removed", acted=True, things=self._spoken(removed, call), list=self._named(call)
        )

    @on("SaidGone")
    def said_gone(self, call: Call) -> Reply | None:
        """Take off what somebody says to have bought or done.

        What is not on the list was not said to Sonorant: "we bought a new lamp last week".
        """
        removed = self.lists.remove(_list(call), self._things(call))
        if not removed:
            return None
        return call.reply(
            "removed", acted=True, things=self._spoken(removed, call), list=self._named(call)
        )

    @on("TellList")
    def tell(self, call: Call) -> Reply:
        """Read a list out."""
        items = self.lists.items(_list(call))
        if not items:
            return call.reply("empty", list=self._named(call))
        return call.reply("tell", things=self._spoken(items, call), list=self._named(call))

    @on("IsOnList")
    def is_on(self, call: Call) -> Reply:
        """Say whether something is on a list."""
        item = call.original("item")
        found = meant(item, self.lists.items(_list(call)))
        key = "not_there" if found is None else "is_there"
        return call.reply(key, things=found or item, list=self._named(call))

    @on("ClearList")
    def clear(self, call: Call) -> Reply:
        """Take everything off a list, once that was confirmed."""
        items = self.lists.items(_list(call))
        if not items:
            return call.reply("empty", list=self._named(call))

        async def follow_up(answer: Request) -> Reply | None:
            said = agrees(answer.text, answer.language)
            if said is None:
                return None
            again = call.again(answer)
            if not said:
                return again.reply("then_not")
            self.lists.clear(_list(call))
            return again.reply("cleared", acted=True, list=self._named(again))

        return call.ask(follow_up, "ask_clear", list=self._named(call), count=len(items))

    def _things(self, call: Call) -> list[str]:
        text = call.original("item")
        # A to-do may have an "and" in it: "wash and dry the towels" is one thing.
        return split(text, call.language) if _list(call) == SHOPPING else [text]

    def _spoken(self, things: list[str], call: Call) -> str:
        return enumerated(things, call.language)

    def _named(self, call: Call) -> str:
        return call.phrase(_list(call))


def _list(call: Call) -> str:
    return call.text("list") or SHOPPING
