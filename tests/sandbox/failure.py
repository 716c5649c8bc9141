"""The one error that the sandbox shows to a person: what failed, and what to do about it."""


class Failure(Exception):
    """Something that a person has to know of; `remedy` says what to do."""

    def __init__(self, what: str, remedy: str = "") -> None:
        super().__init__(what)
        self.remedy = remedy

    def __str__(self) -> str:
        return super().__str__() + (f"\n  {self.remedy}" if self.remedy else "")


class Reported(Failure):
    """A failure that has been printed already."""
