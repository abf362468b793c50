"""Costs from FOCUS files at a desk: CSV, gzipped CSV or Parquet, on disk or in S3, read by DuckDB."""

from desk.focus_files.source import FocusFiles as FocusFiles
