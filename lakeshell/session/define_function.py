"""A process that gives a session of Spark a function in Python, and ends.

pyspark is needed for that, and shells that only send SQL live without it. What is to be done comes
as JSON on standard input: the session's address (it has a token) and the function's fields.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from lakeshell.dialect.python_functions import PythonFunction, compiled
from lakeshell.errors import StatementError
from lakeshell.session.remote import Remote


def define(remote: Remote, function: PythonFunction) -> None:
    """Make a function known to a session. StatementError says why that is not possible."""
    order = json.dumps({"url": remote.url(), "function": function.fields})
    done = subprocess.run(
        [sys.executable, "-m", "lakeshell.session.define_function"],
        input=order, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        reason = done.stdout.strip() or "its process ended without a word"
        raise StatementError(f"The function cannot be defined: {reason}.")


def register(spark: Any, function: PythonFunction) -> None:
    """The same where pyspark is at hand."""
    spark.udf.register(function.registered, compiled(function), function.returns)


def main() -> None:
    """Carry out the order."""
    from lakeshell.session.pyspark_session import join_session

    order = json.load(sys.stdin)
    try:
        spark = join_session(Remote.parse(order["url"]))
        register(spark, PythonFunction.of(order["function"]))
    except Exception as error:
        print(str(error).split("\n")[0][:500].rstrip("."), flush=True)
        os._exit(1)
    os._exit(0)  # an orderly end would end the session on the server, too


if __name__ == "__main__":
    main()
