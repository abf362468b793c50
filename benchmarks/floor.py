"""The least that each job can be: the same questions to Cost Explorer, a dict, and what is sent or stored.

The benchmarks run it beside the real functions, which were asked first: `QUESTIONS` holds, as JSON,
what they put to Cost Explorer and how many pages they read. boto3, floats, no checks, no insights.

    python -m benchmarks.floor page BUCKET TOPIC     fold, render one small page, store it, say so
    python -m benchmarks.floor answer TOPIC          fold, send one message
"""

import json
import os
import sys
from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3

PAGE = """<!doctype html><title>Costs</title><table>
{% for name, amount in rows %}<tr><td>{{ name }}<td>{{ "%.2f" | format(amount) }}</tr>
{% endfor %}</table>"""


def sums_of(questions: list[tuple[dict[str, Any], int]]) -> list[dict[tuple[str, ...], float]]:
    """The answers, two questions at a time as the functions ask them."""
    client = boto3.client("ce")
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda each: fold(client, *each), questions))


def fold(client: Any, question: dict[str, Any], pages: int) -> dict[tuple[str, ...], float]:
    """As many pages of an answer as the function read, added up by day and group."""
    sums: dict[tuple[str, ...], float] = defaultdict(float)
    metric = question["Metrics"][0]
    token: dict[str, str] = {}
    for _ in range(pages):
        page = client.get_cost_and_usage(**question, **token)
        for result in page["ResultsByTime"]:
            day = result["TimePeriod"]["Start"]
            for group in result["Groups"]:
                sums[day, *group["Keys"]] += float(group["Metrics"][metric]["Amount"])
        token = {"NextPageToken": page["NextPageToken"]} if "NextPageToken" in page else {}
    return sums


def by_name(sums: Mapping[tuple[str, ...], float]) -> list[tuple[str, float]]:
    """What the first group of a question comes to over all days, largest first."""
    names: dict[str, float] = defaultdict(float)
    for (_, name, *_), amount in sums.items():
        names[name] += amount
    return sorted(names.items(), key=lambda row: -row[1])


def page(bucket: str, topic: str = "") -> None:
    """Render, store and, with a topic, tell."""
    from jinja2 import Environment

    rows = by_name(sums_of(json.loads(os.environ["QUESTIONS"]))[0])
    text = Environment(autoescape=True).from_string(PAGE).render(rows=rows)
    boto3.client("s3").put_object(Bucket=bucket, Key="site/floor.html", Body=text.encode())
    if topic:
        boto3.client("sns").publish(TopicArn=topic, Message="The page is there.")


def answer(topic: str) -> None:
    """Send what the services cost."""
    first, *_ = sums_of(json.loads(os.environ["QUESTIONS"])) or [{}]
    rows = by_name(first)
    text = "\n".join(f"{name}: {amount:.2f}" for name, amount in rows)
    boto3.client("sns").publish(TopicArn=topic, Message=text)


if __name__ == "__main__":
    if sys.argv[1] == "page":
        page(*sys.argv[2:])
    else:
        answer(sys.argv[2])
