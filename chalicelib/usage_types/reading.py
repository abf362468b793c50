"""From a usage type as AWS writes it to the words and the Region that people know."""

from dataclasses import dataclass
from functools import cache

from chalicelib.usage_types.applications import APPLICATIONS
from chalicelib.usage_types.compute import COMPUTE, ZONES
from chalicelib.usage_types.data import DATA
from chalicelib.usage_types.known import Service
from chalicelib.usage_types.regions import EDGES, REGIONS, VIRGINIA, Region

SERVICES: tuple[Service, ...] = (*COMPUTE, *DATA, *APPLICATIONS)

TRANSFER = Service(
    (),  # traffic is called the same in every service
    "https://docs.aws.amazon.com/cur/latest/userguide/cur-data-transfers-charges.html",
    {
        "DataTransfer-Out-Bytes": "traffic to the internet",
        "DataTransfer-In-Bytes": "traffic from the internet",
        "DataTransfer-Regional-Bytes": "traffic between Availability Zones",
        "DataTransfer-xAZ-Out-Bytes": "traffic between Availability Zones, outgoing",
        "DataTransfer-xAZ-In-Bytes": "traffic between Availability Zones, incoming",
        "AWS-Out-Bytes": "traffic to another Region",
        "AWS-In-Bytes": "traffic from another Region",
        "AWS-Out-Bytes-*": "traffic to another Region",
        "CloudFront-Out-Bytes": "traffic to CloudFront",
        "CloudFront-In-Bytes": "traffic from CloudFront",
        "DataXfer-Out:*": "traffic over Direct Connect ({})",
    },
    {"DataTransfer-Regional-Bytes": ZONES},
)

NO_USAGE_TYPE = "NoUsageType"
"""What Cost Explorer calls the usage type of charges that have none, such as tax."""


@dataclass(frozen=True, slots=True)
class UsageType:
    """A usage type in words.

    `raw` is what AWS writes. `phrase` is "" where it is not known what it means, and `cause` where
    the usage type alone explains nothing. `region` is where it was used and `to` the other end of
    traffic between Regions; both are None where there is none or the code is not known. `pattern` is
    `raw` without its codes; `place` is for people: "in Ireland", "from Ohio to Mumbai", or "".
    """

    raw: str
    pattern: str
    phrase: str = ""
    cause: str = ""
    region: Region | None = None
    to: Region | None = None
    place: str = ""


@cache
def read(service: str, usage_type: str) -> UsageType:
    """What a usage type of a service means.

    The same word means different things in different services, so nothing is borrowed from another
    one. What is not in the tables keeps AWS's own name.
    """
    known = _BY_NAME.get(service)
    if known is not None and known.everywhere:
        return _edge(known, usage_type)
    region, to, pattern = _split(usage_type)
    phrase, cause = _words(known, pattern) if region or not _coded(pattern) else ("", "")
    if not phrase and region is None:
        return UsageType(usage_type, pattern)
    region = region or (None if usage_type.startswith("Global-") else VIRGINIA)
    return UsageType(usage_type, pattern, phrase, cause, region, to, _place(region, to))


def _split(usage_type: str) -> tuple[Region | None, Region | None, str]:
    """The Region, the Region at the other end, and the rest."""
    for region in _REGIONS:
        if usage_type.startswith(f"{region.id}-"):  # as in us-west-2-KMS-Keys
            return region, None, usage_type.removeprefix(f"{region.id}-")
    code, _, rest = usage_type.partition("-")
    if code == "Global":
        return None, None, rest
    if code not in REGIONS or not rest:
        return None, None, usage_type
    other, _, remainder = rest.partition("-")
    if other in REGIONS and remainder:
        return REGIONS[code], REGIONS[other], remainder
    return REGIONS[code], None, rest


def _coded(usage_type: str) -> bool:
    """Whether it begins with what looks like a Region's code that we do not know."""
    code = usage_type.partition("-")[0]
    return 3 <= len(code) <= 5 and code[:-1].isalpha() and code.isupper() and code[-1].isdigit()


def _words(known: Service | None, pattern: str) -> tuple[str, str]:
    for service in (known, TRANSFER):
        for form, phrase in service.phrases.items() if service else ():
            found = _fit(form, pattern)
            if found is not None:
                return phrase.format(found), service.causes.get(form, "") if service else ""
    return "", ""


def _fit(form: str, pattern: str) -> str | None:
    """What the first star of a form stands for ("" without one), or None where it does not fit."""
    first, *others = form.split("*")
    if not others:
        return "" if form == pattern else None
    *middles, last = others
    if not (pattern.startswith(first) and pattern.endswith(last)):
        return None
    rest = pattern[len(first) : len(pattern) - len(last)]
    if len(first) + len(last) > len(pattern):
        return None
    for middle in middles:
        found, middle_found, _ = rest.partition(middle)
        return found if middle_found else None
    return rest


def _edge(known: Service, usage_type: str) -> UsageType:
    """A usage type of a service without Regions; CloudFront's begin with an edge area."""
    code, _, rest = usage_type.partition("-")
    area = EDGES.get(code, "") if rest else ""
    pattern = rest if area or code == "Global" else usage_type
    phrase, cause = _words(known, pattern)
    return UsageType(usage_type, pattern, phrase, cause, place=f"in {area}" if area else "")


def _place(region: Region | None, to: Region | None) -> str:
    if region is None:
        return ""
    return f"from {region.place} to {to.place}" if to else f"in {region.place}"


_BY_NAME = {name: service for service in SERVICES for name in service.names}
_REGIONS = frozenset(REGIONS.values())
