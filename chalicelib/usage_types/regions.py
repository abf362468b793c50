"""Which Region a usage type is for: the billing code in front of it.

Codes are AWS's own and follow no rule that names could be derived by: APS1 is Singapore and APS3
Mumbai, EU is Ireland, and no code at all means Virginia. A code may stand before another one
("USE2-APS3-AWS-Out-Bytes": from Ohio to Mumbai). CloudFront's US, EU, AP and the like are edge areas.
Codes: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-region-billing-codes.html
Edge areas: https://aws.amazon.com/cloudfront/pricing/
"""

from typing import NamedTuple


class Region(NamedTuple):
    """A Region's id, and its place as people say it."""

    id: str
    place: str


VIRGINIA = Region("us-east-1", "Virginia")

REGIONS: dict[str, Region] = {
    "USE1": VIRGINIA,
    "USE2": Region("us-east-2", "Ohio"),
    "USW1": Region("us-west-1", "California"),
    "USW2": Region("us-west-2", "Oregon"),
    "AFS1": Region("af-south-1", "Cape Town"),
    "APE1": Region("ap-east-1", "Hong Kong"),
    "APE2": Region("ap-east-2", "Taipei"),
    "APN1": Region("ap-northeast-1", "Tokyo"),
    "APN2": Region("ap-northeast-2", "Seoul"),
    "APN3": Region("ap-northeast-3", "Osaka"),
    "APS1": Region("ap-southeast-1", "Singapore"),
    "APS2": Region("ap-southeast-2", "Sydney"),
    "APS3": Region("ap-south-1", "Mumbai"),
    "APS4": Region("ap-southeast-3", "Jakarta"),
    "APS5": Region("ap-south-2", "Hyderabad"),
    "APS6": Region("ap-southeast-4", "Melbourne"),
    "APS7": Region("ap-southeast-5", "Malaysia"),
    "APS8": Region("ap-southeast-6", "New Zealand"),
    "APS9": Region("ap-southeast-7", "Thailand"),
    "CAN1": Region("ca-central-1", "Canada"),
    "CAN2": Region("ca-west-1", "Calgary"),
    "EU": Region("eu-west-1", "Ireland"),
    "EUW1": Region("eu-west-1", "Ireland"),
    "EUW2": Region("eu-west-2", "London"),
    "EUW3": Region("eu-west-3", "Paris"),
    "EUC1": Region("eu-central-1", "Frankfurt"),
    "EUC2": Region("eu-central-2", "Zurich"),
    "EUN1": Region("eu-north-1", "Stockholm"),
    "EUS1": Region("eu-south-1", "Milan"),
    "EUS2": Region("eu-south-2", "Spain"),
    "ILC1": Region("il-central-1", "Tel Aviv"),
    "MEC1": Region("me-central-1", "the Emirates"),
    "MES1": Region("me-south-1", "Bahrain"),
    "MXC1": Region("mx-central-1", "Mexico"),
    "SAE1": Region("sa-east-1", "Sao Paulo"),
    "UGE1": Region("us-gov-east-1", "GovCloud East"),
    "UGW1": Region("us-gov-west-1", "GovCloud West"),
}
"""By billing code."""

EDGES: dict[str, str] = {
    "US": "the United States",
    "CA": "Canada",
    "EU": "Europe",
    "JP": "Japan",
    "AP": "Asia",
    "AU": "Australia",
    "IN": "India",
    "SA": "South America",
    "ME": "the Middle East",
    "ZA": "Africa",
}
"""CloudFront's edge areas; they are no Regions."""
