"""Every form of cost signal: subject, first three lines, scope and month of its answer.

The table names what each message is about; what its mail says at the top stands in
`tests/golden/signals/<name>.txt`, which is read by eye when it changes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.costs import EVERYTHING, Scope
from chalicelib.service_names import same_name
from simulation.ledger import Entry, Ledger
from tests.jobs.parts import Bench
from tests.signals.forms import (
    ACCOUNT,
    MEMBER,
    alarm,
    anomaly,
    band,
    bridged,
    budget,
    cause,
    composite,
    direct,
    event,
    math,
    metric,
    reason,
    state,
    translated,
    trigger,
)

NOW = datetime(2027, 3, 5, 3, 40, tzinfo=UTC)
EC2 = ("Amazon Elastic Compute Cloud - Compute", "EC2 - Other")
RDS = "Amazon Relational Database Service"
DAILY = (
    (EC2[0], ACCOUNT, 20, "data"),
    (EC2[1], ACCOUNT, 5, "data"),
    (RDS, ACCOUNT, 15, "web"),
    ("AWS Lambda", ACCOUNT, 6, "web"),
    ("AWS Lambda", MEMBER, 4, "data"),
)
FEES = (("AWS Support (Business)", "Support fee", 60), ("Tax", "Tax", 45))
BEDROCK_SINCE = date(2027, 2, 24)


def account_of_many_services() -> Ledger:
    """Two accounts at $50 a day, fees of the 1st, and Bedrock at $13.50 a day since 24 February."""
    entries = []
    day = date(2026, 11, 1)
    while day < date(2027, 4, 6):
        rows = [(service, who, "Usage", amount, team) for service, who, amount, team in DAILY]
        if day >= BEDROCK_SINCE:
            rows.append(("Amazon Bedrock", MEMBER, "Usage", Decimal("13.5"), "data"))
        if day.day == 1:
            rows += [(service, ACCOUNT, kind, amount, "") for service, kind, amount in FEES]
        for service, who, kind, amount, team in rows:
            # A little more on odd days, so that nothing is flatter than life.
            paid = Decimal(amount) * (100 + day.toordinal() % 3) / 100
            labels = {"tag:team": team} if team else {}
            entries.append(Entry(day, service, who, kind, paid, paid, paid, paid, labels))
        day += timedelta(days=1)
    return Ledger(entries, {ACCOUNT: "production", MEMBER: "staging"})


@dataclass(frozen=True)
class Form:
    """A message, and what its answer is about; `scope` None where nothing is asked."""

    message: Any
    month: str = "March"
    scope: Scope | None = EVERYTHING
    label: str = ""
    subject: str | None = None
    now: str = "2027-03-05T03:40:02.500Z"
    alone: bool = False
    """An event without records."""


MONTHS = {"January", "February", "March", "April"}
ON_EC2 = {"ServiceName": "AmazonEC2", "Currency": "USD"}
ON_RDS = {"ServiceName": "AmazonRDS", "Currency": "USD"}
ALL = {"Currency": "USD"}
INSIGHTS = 'SELECT MAX(EstimatedCharges) FROM SCHEMA("AWS/Billing", Currency, ServiceName)'
CPU = {
    "Id": "m1",
    "MetricStat": {
        "Metric": {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": []}
    },
    "ReturnData": False,
}


def query(text: str, amount: str = "120.0") -> dict[str, Any]:
    made = {
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 100,
        "Metrics": [{"Id": "q1", "Expression": text, "ReturnData": True, "Period": 3600}],
    }
    return alarm("query", Trigger=made, NewStateReason=reason(amount, "100.0"))


def on_april_first(**changes: Any) -> dict[str, Any]:
    return alarm(
        "month-limit",
        StateChangeTime="2027-04-01T00:20:31.118+0000",
        NewStateReason=reason("1950.5", "1900.0", "31/03/27 17:20:00"),
        Trigger=trigger(1900),
        **changes,
    )


FIRST_HOURS = {"now": "2027-04-01T00:20:31.640Z"}
FORMS: dict[str, Form] = {
    # CloudWatch, one metric
    "alarm on the bill": Form(alarm()),
    "alarm at or above": Form(alarm(Trigger=trigger(400, "GreaterThanOrEqualToThreshold"))),
    "alarm below": Form(
        alarm(
            Trigger=trigger(500, "LessThanThreshold"),
            NewStateReason=reason("455.2", "500.0", words="less than the threshold"),
        )
    ),
    "alarm on an account": Form(
        alarm(Trigger=trigger(50, LinkedAccount=MEMBER), NewStateReason=reason("70.2", "50.0")),
        scope=Scope(account=MEMBER),
    ),
    "alarm on a service": Form(
        alarm(Trigger=trigger(90, ServiceName="AmazonEC2"), NewStateReason=reason("101.4", "90.0")),
        scope=Scope(services=EC2),
    ),
    "alarm on a service of an account": Form(
        alarm(
            Trigger=trigger(10, ServiceName="AWSLambda", LinkedAccount=MEMBER),
            NewStateReason=reason("16.1", "10.0"),
        ),
        scope=Scope(account=MEMBER, services=("AWS Lambda",)),
    ),
    "alarm on a service by a similar name": Form(
        alarm(
            Trigger=trigger(50, ServiceName="AmazonBedrock"), NewStateReason=reason("55.1", "50.0")
        ),
        scope=Scope(services=("Amazon Bedrock",)),
    ),
    "alarm on a service nobody knows": Form(
        alarm(
            Trigger=trigger(50, ServiceName="AmazonQuantum"), NewStateReason=reason("55.1", "50.0")
        ),
        scope=Scope(unmatched="AmazonQuantum"),
    ),
    "alarm of the first hours of April": Form(on_april_first(), **FIRST_HOURS),
    "alarm of April with its data as JSON only": Form(
        alarm(
            "month-limit",
            StateChangeTime="2027-04-01T00:20:31.118+0000",
            NewStateReason="Threshold Crossed",
            NewStateReasonData=state("1950.5", "1900.0", "2027-03-31T17:20")["reasonData"],
            Trigger=trigger(1900),
        ),
        **FIRST_HOURS,
    ),
    "alarm delivered days late": Form(alarm(), now="2027-04-03T12:00:00Z"),
    "alarm of another currency": Form(
        alarm(Trigger=trigger(400, Currency="EUR"), NewStateReason=reason("455.2", "400.0"))
    ),
    "alarm with several data points": Form(
        alarm(
            NewStateReason="Threshold Crossed: 3 out of the last 3 datapoints [455.2 (04/03/27 21:40:00), "
            "448.1 (04/03/27 15:40:00), 441.0 (04/03/27 09:40:00)] were greater than the threshold (400.0)."
        )
    ),
    "alarm of an old form": Form(
        {k: v for k, v in alarm().items() if k not in ("AlarmArn", "AlarmDescription")}
        | {
            "NewStateReason": "Threshold Crossed: 1 datapoint [455.2 (04/03/27 21:40:00)] was greater "
            "than the threshold (400.0)."
        }
    ),
    "alarm with an amount nobody can owe": Form(
        alarm(NewStateReason=reason("1.83965812157E11", "400.0"))
    ),
    "alarm that doubles Cost Explorer": Form(alarm(NewStateReason=reason("1320.0", "400.0"))),
    "alarm that is OK": Form(alarm(NewStateValue="OK", OldStateValue="ALARM"), scope=None),
    "alarm with too little data": Form(alarm(NewStateValue="INSUFFICIENT_DATA"), scope=None),
    "alarm on another metric": Form(
        alarm("cpu", Trigger=trigger() | {"MetricName": "CPUUtilization", "Namespace": "AWS/EC2"}),
        scope=None,
    ),
    # CloudWatch, formulas
    "math sum": Form(
        math("m1+m2", metric("m1", **ON_EC2), metric("m2", **ON_RDS), amount="161.9", limit="150"),
        scope=Scope(services=(*EC2, RDS)),
    ),
    "math sum of a list": Form(
        math(
            "SUM([m1,m2])",
            metric("m1", **ON_EC2),
            metric("m2", **ON_RDS),
            amount="161.9",
            limit="150",
        ),
        scope=Scope(services=(*EC2, RDS)),
    ),
    "math sum of two accounts": Form(
        math(
            "SUM(METRICS())",
            metric("m1", LinkedAccount=ACCOUNT, Currency="USD"),
            metric("m2", LinkedAccount=MEMBER, Currency="USD"),
            amount="455.2",
            limit="400",
        )
    ),
    "math difference": Form(
        math("all-m1", metric("all", **ALL), metric("m1", **ON_EC2), amount="350.1", limit="300")
    ),
    "math rate a day": Form(math("RATE(m1)*86400", metric("m1", **ALL), amount="72.3", limit="60")),
    "math rate an hour": Form(
        math("RATE(m1)*3600", metric("m1", **ON_EC2), amount="3.2", limit="2"),
        scope=Scope(services=EC2),
    ),
    "math IF": Form(
        math("IF(RATE(m1)>0,RATE(m1)*86400,0)", metric("m1", **ALL), amount="72.3", limit="60")
    ),
    "math growth": Form(math("DIFF(m1)", metric("m1", **ALL), amount="18.1", limit="10")),
    "math percentage": Form(
        math("m1/all*100", metric("m1", **ON_EC2), metric("all", **ALL), amount="22.4", limit="20")
    ),
    "math percentage the other way round": Form(
        math("100*m1/all", metric("m1", **ON_EC2), metric("all", **ALL), amount="22.4", limit="20")
    ),
    "math scaled": Form(math("m1*0.9", metric("m1", **ALL), amount="409.7", limit="400")),
    "math of formulas": Form(
        math(
            "e2/2",
            {"Id": "e2", "Expression": "m1+m2", "ReturnData": False},
            metric("m1", **ON_EC2),
            metric("m2", **ON_RDS),
            amount="80.9",
            limit="70",
        ),
        scope=Scope(services=(*EC2, RDS)),
    ),
    "math nobody has words for": Form(
        math("LOG10(m1)", metric("m1", **ALL), amount="2.65", limit="2")
    ),
    "math on other metrics": Form(
        math("m1*2", CPU, amount="80", limit="70", name="cpu"), scope=None
    ),
    "band above": Form(
        band("455.2", "300.1", "400.7", "upper", stated="GreaterThanUpperThreshold")
    ),
    "band below": Form(band("255.2", "300.1", "400.7", "lower", stated="LessThanLowerThreshold")),
    "band either side": Form(
        band("455.2", "300.1", "400.7", "both", stated="LessThanLowerOrGreaterThanUpperThreshold")
    ),
    "query on costs": Form(
        query(f"{INSIGHTS} WHERE ServiceName = 'AmazonEC2'"), scope=Scope(services=EC2)
    ),
    "query by service": Form(query(f"{INSIGHTS} GROUP BY ServiceName")),
    "query on CPU": Form(
        query('SELECT AVG(CPUUtilization) FROM SCHEMA("AWS/EC2", InstanceId)', "93.7"), scope=None
    ),
    "query on CPU without schema": Form(
        query('SELECT MAX("CPUUtilization") FROM "AWS/EC2"', "93.7"), scope=None
    ),
    "composite": Form(composite('ALARM("march-limit") AND NOT ALARM("late")', "march-limit")),
    "composite of two": Form(composite("ALARM(a) OR ALARM(b)", "bill-high", "ec2-high")),
    "composite without list": Form(
        composite("ALARM(a)", "x")
        | {
            "TriggeringChildren": [],
            "NewStateReason": "arn:aws:cloudwatch:us-east-1:1:alarm:ec2 high transitioned to ALARM at Friday",
        }
    ),
    "composite that is OK": Form(composite("ALARM(a)", "a") | {"NewStateValue": "OK"}, scope=None),
    "log alarm": Form(
        {k: v for k, v in alarm("errors").items() if k != "Trigger"}
        | {"QueryString": "fields @message", "LogGroupNames": ["x"]},
        scope=None,
    ),
    # CloudWatch through EventBridge, and straight to the function
    "bridged": Form(bridged()),
    "bridged account": Form(
        bridged(
            dimensions={"Currency": "USD", "LinkedAccount": MEMBER}, found=state("70.2", "50.0")
        ),
        scope=Scope(account=MEMBER),
    ),
    "bridged of the first hours of April": Form(
        bridged(state("1950.5", "1900.0", "2027-03-31T17:20") | {"reason": "Threshold Crossed"}),
        **FIRST_HOURS,
    ),
    "bridged composite": Form(bridged(alarmRule='ALARM("march-limit")')),
    "bridged OK": Form(bridged(state() | {"value": "OK"}), scope=None),
    "direct": Form(direct(), alone=True),
    "bridged without SNS": Form(bridged(), alone=True),
    # Budgets
    "budget": Form(budget()),
    "budget below": Form(budget("$300.00", "$350.00", side="<")),
    "budget equal": Form(budget("$400.00", "$400.00", side="=")),
    "budget forecast": Form(budget("$2,487.90", forecast=True)),
    "budget forecast below": Form(
        budget("$2,487.90", "$3,000.00", "$3,000.00", side="<", forecast=True)
    ),
    "budget in percent": Form(budget("$455.20", "80%")),
    "budget in money and percent": Form(budget("$455.20", "$400.00 (80.0% of your budget)")),
    "budget with labels in small letters": Form(
        budget()
        .replace("ACTUAL Amount", "Actual Amount")
        .replace("Alert Type: ACTUAL", "Alert Type: Actual")
    ),
    "budget cut short": Form(budget().partition("Alert Type")[0]),
    "budget daily": Form(budget("$70.10", "$60.00", "$60.00", period="per day. Yesterday,")),
    "budget quarterly": Form(
        budget("$5,200.00", "$5,000.00", "$6,000.00", period="for the current quarter")
    ),
    "budget annual": Form(
        budget("$5,200.00", "$5,000.00", "$60,000.00", period="for the current year")
    ),
    "budget called daily": Form(budget(name="daily yearly quarter")),
    "budget on a service": Form(
        budget("$101.40", "$90.00", "$100.00", lines=["Service: AmazonEC2"]),
        scope=Scope(services=EC2),
    ),
    "budget on an account": Form(
        budget("$70.00", "$60.00", "$70.00", lines=[f"Linked Account: {MEMBER}"]),
        scope=Scope(account=MEMBER),
    ),
    "budget on the configured tag": Form(
        budget("$190.00", "$150.00", "$200.00", lines=["Filters: Tag: user:team$data"]),
        scope=Scope(label="data"),
        label="tag:team",
    ),
    "budget on another tag": Form(
        budget("$190.00", "$150.00", "$200.00", lines=["Tag: project$apollo"]), label="tag:team"
    ),
    "budget on a Region": Form(budget(lines=["Region: eu-west-1"])),
    "budget of usage": Form(
        budget("83.2 GB-Month", "80 GB-Month", "100 GB-Month", of="Usage"), scope=None
    ),
    "budget of reservations' use": Form(
        budget("62.5%", "80%", "100%", side="<", of="RI Utilization"), scope=None
    ),
    "budget of Savings Plans' coverage": Form(
        budget("62.5%", "80%", "100%", side="<", of="Savings Plans Coverage"), scope=None
    ),
    "budget in euros": Form(budget("€455.20", "€400.00", "€500.00")),
    "budget in reais": Form(budget("R$ 2.455,20", "R$ 2.400,00", "R$ 3.000,00")),
    "budget in yen": Form(budget("¥123,456", "¥100,000", "¥150,000")),
    "budget in Canadian dollars": Form(budget("CA$455.20", "CA$400.00", "CA$500.00")),
    "budget by code": Form(budget("455.20 SEK", "400.00 SEK", "500.00 SEK")),
    "budget in German": Form(
        translated(
            "Budgetname: Team",
            "Budgettyp: Kosten",
            "Budgetierter Betrag: 500,00 $",
            "Warnungstyp: TATSÄCHLICH",
            "Warnungsschwelle: > 400,00 $",
            "TATSÄCHLICHER Betrag: 455,20 $",
            heading="AWS-Budget-Benachrichtigung 5. März 2027",
        )
    ),
    "budget in Japanese": Form(
        translated(
            "予算名\uff1aチーム",
            "予算タイプ\uff1aコスト",
            "予算額\uff1a\uffe5150,000",
            "アラートタイプ\uff1a予測",
            "アラートのしきい値\uff1a\uff1e \uffe5100,000",
            "予測額\uff1a\uffe5123,456",
            heading="AWS Budgets 通知",
        )
    ),
    # Anomaly Detection
    "anomaly": Form(
        anomaly(
            cause("Amazon Bedrock", MEMBER, "staging", region="us-east-1", usageType="USE1-Tokens")
        ),
        scope=Scope(account=MEMBER, services=("Amazon Bedrock",)),
    ),
    "anomaly of several causes": Form(
        anomaly(
            cause("Amazon Bedrock", MEMBER, "staging", 100.0),
            cause("AWS Lambda", ACCOUNT, "production", 20.0),
        ),
        scope=Scope(services=("AWS Lambda", "Amazon Bedrock")),
    ),
    "anomaly of the old form": Form(
        anomaly(cause("Amazon Bedrock", MEMBER), impact={"maxImpact": 15.5, "totalImpact": 120.0}),
        scope=Scope(account=MEMBER, services=("Amazon Bedrock",)),
    ),
    "anomaly of the oldest form": Form(
        anomaly(subject="Amazon Bedrock", impact={"maxImpact": 15.5}),
        scope=Scope(services=("Amazon Bedrock",)),
    ),
    "anomaly of an account": Form(anomaly(subject=MEMBER), scope=Scope(account=MEMBER)),
    "anomaly of a tag": Form(anomaly(subject="apollo"), scope=Scope(unmatched="apollo")),
    "anomaly through EventBridge": Form(
        {
            "detail-type": "Anomaly Detected",
            "source": "aws.ce",
            "account": ACCOUNT,
            "detail": anomaly(
                cause("Amazon Bedrock", MEMBER),
                dimensionValue="Amazon Bedrock",
                monitorName="services",
            ),
        },
        scope=Scope(account=MEMBER, services=("Amazon Bedrock",)),
    ),
    "anomaly as the API has it": Form(
        {
            "AnomalyId": "a",
            "AnomalyStartDate": "2027-02-24",
            "AnomalyEndDate": "2027-03-04",
            "DimensionValue": "Amazon Bedrock",
            "RootCauses": [{"Service": "Amazon Bedrock", "LinkedAccount": MEMBER}],
            "Impact": {
                "MaxImpact": 15.5,
                "TotalImpact": 120,
                "TotalActualSpend": 121.5,
                "TotalExpectedSpend": 1.5,
            },
        },
        scope=Scope(account=MEMBER, services=("Amazon Bedrock",)),
    ),
    "anomaly of last month": Form(
        anomaly(cause("AWS Lambda", ACCOUNT, "production"))
        | {"anomalyStartDate": "2027-02-10T00:00:00Z", "anomalyEndDate": "2027-02-12T00:00:00Z"},
        month="February",
        scope=Scope(account=ACCOUNT, services=("AWS Lambda",)),
    ),
    "anomaly with AWS's own trailing comma": Form(
        '{"anomalyId": "a", "anomalyStartDate": "2027-02-24T00:00:00Z", "dimensionalValue": "AWS Lambda",'
        ' "impact": {"totalImpact": 12.5, "maxImpact": 7,},}',
        scope=Scope(services=("AWS Lambda",)),
        month="February",
    ),
    # Whatever else
    "recommendation": Form(
        {
            "source": "aws.cost-optimization-hub",
            "detail-type": "Cost Optimization Recommendation",
            "account": ACCOUNT,
            "detail": {
                "actionType": "Rightsize",
                "estimatedMonthlySavings": 12.5,
                "tags": [{"key": "a"}],
            },
        },
        scope=None,
    ),
    "Savings Plans notice": Form(
        {
            "source": "aws.savingsplans",
            "detail-type": "Savings Plan expiring",
            "account": ACCOUNT,
            "detail": {},
        },
        scope=None,
    ),
    "JSON of nobody": Form({"hello": {"deep": [1, {"x": None}]}}, scope=None),
    "text of nobody": Form("Just a note.", scope=None, subject="Hello"),
}


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(account_of_many_services())


def test_the_table_holds_at_least_sixty_forms() -> None:
    assert len(FORMS) >= 60


@pytest.mark.parametrize("name", FORMS)
def test_the_answer_is_about_what_the_message_is_about(
    bench: Bench, name: str, golden: Callable[[str, str], None]
) -> None:
    form = FORMS[name]
    made = form.message if form.alone else event(form.message, form.subject, form.now)
    run = Bench(bench.ledger, settings=replace(bench.settings, label=form.label))
    run.answer(made, NOW)
    ((subject, text),) = run.notify.sent
    told = "\n".join(text.splitlines()[:3])
    assert [resolved(scope, bench.ledger) for scope in run.costs.asked] == (
        [] if form.scope is None else [form.scope]
    )
    if form.scope is not None:
        first = re.sub(r"(since|on) \d+ \w+|\w+ to \w+", "", text.splitlines()[0])
        assert form.month in told
        assert not MONTHS & set(re.findall(r"\w+", first)) - {form.month}
    slug = re.sub(r"\W+", "_", name.lower()).strip("_")
    golden(f"signals/{slug}.txt", f"Subject: {subject}\n\n{told}\n")


def resolved(scope: Scope, ledger: Ledger) -> Scope:
    """The scope with the service that its name leads to."""
    found = same_name(scope.unmatched, {each.service for each in ledger.entries})
    return replace(scope, services=(found,), unmatched="") if found else scope
