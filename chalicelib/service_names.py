"""Three names for one service: the billing metric's, Cost Explorer's, and a short one for a phone.

Neither AWS list is published; these are names that public answers of both show. A name that is
missing here is found where the two differ by spaces only; else the answer is for all services, and
says so.
"""

from collections.abc import Iterable

_NAMES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    # billing metric ServiceName, Cost Explorer SERVICE, short
    ("AmazonEC2", ("Amazon Elastic Compute Cloud - Compute", "EC2 - Other"), "EC2"),
    ("AmazonRDS", ("Amazon Relational Database Service",), "RDS"),
    ("AmazonS3", ("Amazon Simple Storage Service",), "S3"),
    ("AmazonVPC", ("Amazon Virtual Private Cloud",), "VPC"),
    ("AmazonSNS", ("Amazon Simple Notification Service",), "SNS"),
    ("AmazonSES", ("Amazon Simple Email Service",), "SES"),
    ("AWSQueueService", ("Amazon Simple Queue Service",), "SQS"),
    ("AmazonECS", ("Amazon Elastic Container Service",), "ECS"),
    ("AmazonEKS", ("Amazon Elastic Container Service for Kubernetes",), "EKS"),
    ("AmazonECR", ("Amazon EC2 Container Registry (ECR)",), "ECR"),
    ("AmazonEFS", ("Amazon Elastic File System",), "EFS"),
    ("AWSELB", ("Amazon Elastic Load Balancing",), "Load Balancing"),
    ("ElasticMapReduce", ("Amazon Elastic MapReduce",), "EMR"),
    ("AmazonES", ("Amazon OpenSearch Service",), "OpenSearch"),
    ("AmazonCloudWatch", ("AmazonCloudWatch",), "CloudWatch"),
    ("AmazonCloudFront", ("Amazon CloudFront",), "CloudFront"),
    ("AmazonDynamoDB", ("Amazon DynamoDB",), "DynamoDB"),
    ("AmazonElastiCache", ("Amazon ElastiCache",), "ElastiCache"),
    ("AmazonRedshift", ("Amazon Redshift",), "Redshift"),
    ("AmazonRoute53", ("Amazon Route 53",), "Route 53"),
    ("AmazonApiGateway", ("Amazon API Gateway",), "API Gateway"),
    ("AmazonAthena", ("Amazon Athena",), "Athena"),
    ("AmazonGuardDuty", ("Amazon GuardDuty",), "GuardDuty"),
    ("AmazonKinesis", ("Amazon Kinesis",), "Kinesis"),
    ("AmazonSageMaker", ("Amazon SageMaker",), "SageMaker"),
    ("AWSLambda", ("AWS Lambda",), "Lambda"),
    ("AWSGlue", ("AWS Glue",), "Glue"),
    ("AWSConfig", ("AWS Config",), "Config"),
    ("AWSCloudTrail", ("AWS CloudTrail",), "CloudTrail"),
    ("AWSSecretsManager", ("AWS Secrets Manager",), "Secrets Manager"),
    ("awskms", ("AWS Key Management Service",), "KMS"),
)

_SHORT = {names[0]: short for _, names, short in _NAMES if len(names) == 1} | {
    "Amazon Elastic Compute Cloud - Compute": "EC2 compute",
    "EC2 - Other": "EC2 other",
    "Savings Plans for AWS Compute usage": "Savings Plans",
}
_SHORT_OF_METRIC = {code.lower(): short for code, _, short in _NAMES} | {
    "awsdatatransfer": "Data Transfer"
}
_BY_METRIC = {code.lower(): names for code, names, _ in _NAMES}


def services_of_metric(code: str) -> tuple[str, ...]:
    """Cost Explorer's names for a billing metric's `ServiceName`; empty when it is not known."""
    return _BY_METRIC.get(code.lower(), ())


def same_name(name: str, services: Iterable[str]) -> str:
    """The service that is called `name` but for spaces and case; empty when there is none."""
    wanted = _squeezed(name)
    return next((service for service in services if _squeezed(service) == wanted), "")


def metric_code(service: str) -> str:
    """The billing metric's `ServiceName` for Cost Explorer's name; a guess where it is not known."""
    known = (code for code, names, _ in _NAMES if service in names)
    return next(known, "".join(service.split()))


def short_name_of_metric(code: str) -> str:
    """A billing metric's `ServiceName` for a small screen; one that is not known, without its maker."""
    own = code.removeprefix("Amazon").removeprefix("AWS")
    return _SHORT_OF_METRIC.get(code.lower()) or own or code or "not named"


def _squeezed(name: str) -> str:
    return "".join(name.split()).lower()


def short_name(service: str) -> str:
    """A service's name for a small screen: what people say, or the name without its maker."""
    if service in _SHORT:
        return _SHORT[service]
    for maker in ("Amazon ", "AWS "):
        if service.startswith(maker) and len(service) > len(maker):
            return service.removeprefix(maker)
    return service or "not named"
