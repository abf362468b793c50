"""Lets DuckDB read from S3."""

import duckdb

from chalicelib.errors import AccessDeniedError, PermanentSourceError


def open_s3(engine: duckdb.DuckDBPyConnection) -> None:
    """Let the engine read S3 with the credentials that boto3 finds."""
    try:
        engine.execute("LOAD httpfs")
    except duckdb.Error as error:
        raise PermanentSourceError(
            "DuckDB needs its extension httpfs to read from S3, and it is not installed.",
            next_step=(
                'Install it once, with access to the internet: .venv/bin/python -c "import duckdb; '
                "duckdb.sql('INSTALL httpfs')\" - or copy the files: aws s3 sync s3://... export/"
            ),
        ) from error
    import boto3

    session = boto3.Session()
    credentials = session.get_credentials()
    if credentials is None:
        raise AccessDeniedError(
            "No AWS credentials were found to read from S3.",
            next_step="Sign in (`aws sso login`, or `aws configure`) and set AWS_PROFILE.",
        )
    frozen = credentials.get_frozen_credentials()
    values = {
        "KEY_ID": frozen.access_key,
        "SECRET": frozen.secret_key,
        "SESSION_TOKEN": frozen.token or "",
        "REGION": session.region_name or "us-east-1",
    }
    options = ", ".join(
        f"{name} '{str(value).replace(chr(39), chr(39) * 2)}'" for name, value in values.items()
    )
    engine.execute(f"CREATE SECRET (TYPE s3, {options})")
