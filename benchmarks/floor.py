"""The least a weekly cost page can be: the same questions, a dict, a small template, one upload.

`benchmarks/weekly_report.py` runs it beside the real function. Floats, no checks, no insights.
"""

import os
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from jinja2 import Environment

PAGE = """<!doctype html><title>Costs</title><table>
{% for name, amount in rows %}<tr><td>{{ name }}<td>{{ "%.2f" | format(amount) }}</tr>
{% endfor %}</table>"""
METRICS = ["NetUnblendedCost", "NetAmortizedCost", "UnblendedCost"]


def fold(client: Any, parameters: dict[str, Any]) -> dict[tuple[str, ...], float]:
    """All pages of one question, added up by day and group."""
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    token: dict[str, str] = {}
    while True:
        page = client.get_cost_and_usage(**parameters, **token)
        for result in page["ResultsByTime"]:
            day = result["TimePeriod"]["Start"]
            for group in result["Groups"]:
                sums[day, *group["Keys"]] += float(group["Metrics"][METRICS[0]]["Amount"])
        if "NextPageToken" not in page:
            return sums
        token = {"NextPageToken": page["NextPageToken"]}


def question(start: str, end: str, granularity: str, *keys: str) -> dict[str, Any]:
    """The parameters of one question."""
    return {
        "TimePeriod": {"Start": start, "End": end},
        "Granularity": granularity,
        "Metrics": METRICS,
        "GroupBy": [{"Type": "DIMENSION", "Key": key} for key in keys],
    }


def main(today: str, bucket: str) -> None:
    """Ask, fold, render, store; with a topic as third argument, tell it."""
    client = boto3.client("ce")
    year, month = int(today[:4]), int(today[5:7])
    quarter = f"{year}-{month - 3:02}-01"
    last_month = f"{year}-{month - 1:02}-01"
    with ThreadPoolExecutor(2) as pool:
        days = pool.submit(
            fold, client, question(quarter, today, "DAILY", "SERVICE", "RECORD_TYPE")
        )
        months = pool.submit(
            fold,
            client,
            question(
                f"{year - 1}-{month - 1:02}-01", today, "MONTHLY", "LINKED_ACCOUNT", "RECORD_TYPE"
            ),
        )
        sums = days.result()
        months.result()
        if os.environ["FLOOR_DETAIL"]:
            recent = question(last_month, today, "DAILY", "LINKED_ACCOUNT", "SERVICE")
            recent["Filter"] = {
                "Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund"]}}
            }
            fold(client, recent)
    services: dict[str, float] = defaultdict(float)
    for (_, service, _), amount in sums.items():
        services[service] += amount
    rows = sorted(services.items(), key=lambda row: -row[1])
    page = Environment(autoescape=True).from_string(PAGE).render(rows=rows)
    boto3.client("s3").put_object(Bucket=bucket, Key="site/floor.html", Body=page.encode())


def tell(topic: str) -> None:
    """Send one message."""
    boto3.client("sns").publish(TopicArn=topic, Message="The page is there.")


if __name__ == "__main__":
    main(sys.argv[1], os.environ["FLOOR_BUCKET"])
    if len(sys.argv) > 2:
        tell(sys.argv[2])
