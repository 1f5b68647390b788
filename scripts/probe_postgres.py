"""Answer whether a PostgreSQL URL is fit for the tests; find-postgres.sh asks."""

from __future__ import annotations

import argparse
import re
import sys

import psycopg
from psycopg import sql

ABOUT_ME = """
    select (select rolcreatedb or rolsuper from pg_roles where rolname = current_user),
           current_setting('server_version_num')::int
"""
OLDEST_SERVER = 13_00_00


def usable_url(url: str, create: str | None) -> str:
    """Return a URL the tests may use; SystemExit says why there is none.

    With `create`, that database of the same server, made when absent; `url` then names one, too.
    """
    # SQLAlchemy names the driver in the URL, libpq does not know that.
    plain = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(plain, connect_timeout=5, autocommit=True) as connection:
        row = connection.execute(ABOUT_ME).fetchone()
        if row is None or not row[0]:
            sys.exit("this role may not create databases, and each test process needs its own")
        if row[1] < OLDEST_SERVER:
            sys.exit("this server is too old: PostgreSQL 13 or newer is needed")
        if create is None:
            return url
        known = connection.execute("select 1 from pg_database where datname = %s", [create]).fetchone()
        if known is None:
            # template0 and an explicit encoding: a cluster made under LANG=C would give SQL_ASCII.
            statement = sql.SQL(
                "create database {} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
            )
            connection.execute(statement.format(sql.Identifier(create)))
    return re.sub(r"/[^/?]*(?=\?|$)", f"/{create}", url, count=1)


def main() -> None:
    """Print the usable URL, or exit with the reason on stderr."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--create", metavar="DATABASE", help="answer with this database of the same server")
    parser.add_argument("url")
    asked = parser.parse_args()
    try:
        print(usable_url(asked.url, asked.create))
    except psycopg.Error as error:
        sys.exit(f"PostgreSQL does not answer: {error}")


if __name__ == "__main__":
    main()
