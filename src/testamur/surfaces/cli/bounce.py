"""`testamur bounce`: the mail server hands over what came back to the mailbox of bounces."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from testamur.surfaces.cli import output

TRY_AGAIN = 75
"""EX_TEMPFAIL: what mail servers take as "later"."""


def bounce(
    to: Annotated[
        str, typer.Argument(help="The address that it was delivered to; else the mail's headers say it")
    ] = "",
) -> None:
    """Read one mail from standard input; when it is a report on a letter of ours, note what became of that letter.

    Ends with 0 for whatever the mail holds, so that the mail server never sends a bounce on a bounce.
    """
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.db import DatabaseError

    from testamur.kernel.base import clock
    from testamur.kernel.delivery import returns

    data = sys.stdin.buffer.read(returns.MAX_BOUNCE)
    while sys.stdin.buffer.read(1 << 20):
        pass  # the mail server's pipe is read to its end
    try:
        noted = returns.accept(data=data, to=to, now=clock.now())
    except DatabaseError as error:
        output.say("the database does not answer; the mail server shall try again")
        raise typer.Exit(TRY_AGAIN) from error
    output.say("noted" if noted else "nothing to note")
