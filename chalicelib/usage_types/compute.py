"""Usage types of servers, containers, functions and their networks, in plain words."""

from chalicelib.usage_types.known import Service

EXTENDED_SUPPORT = "this version is out of standard support"
IPV4 = "charged since 2024, also while in use"
ZONES = "charged in both directions"
NAT = "traffic to AWS's own services is charged as well"
IDLE = "paid for, but not used"

_FARGATE = {
    "Fargate-vCPU-Hours:perCPU": "Fargate processors",
    "Fargate-GB-Hours": "Fargate memory",
    "Fargate-ARM-vCPU-Hours:perCPU": "Fargate processors (ARM)",
    "Fargate-ARM-GB-Hours": "Fargate memory (ARM)",
    "Fargate-Windows-vCPU-Hours:perCPU": "Fargate processors (Windows)",
    "Fargate-Windows-GB-Hours": "Fargate memory (Windows)",
    "Fargate-EphemeralStorage-GB-Hours": "Fargate disks",
    "SpotUsage-Fargate-vCPU-Hours:perCPU": "Fargate Spot processors",
    "SpotUsage-Fargate-GB-Hours": "Fargate Spot memory",
}

COMPUTE = (
    Service(
        (
            "Amazon Elastic Compute Cloud - Compute",
            "EC2 - Other",
            "Amazon Elastic Compute Cloud",
        ),
        "https://aws.amazon.com/ec2/pricing/on-demand/",
        {
            "BoxUsage:*": "{} instances",
            "BoxUsage": "m1.small instances",
            "SpotUsage:*": "{} Spot instances",
            "DedicatedUsage:*": "{} dedicated instances",
            "HostUsage:*": "{} dedicated hosts",
            "HostBoxUsage:*": "{} instances on dedicated hosts",
            "UnusedBox:*": "unused capacity reservations of {}",
            "UnusedDed:*": "unused dedicated capacity reservations of {}",
            "Reservation:*": "capacity reservations of {}",
            "HeavyUsage:*": "reserved {} instances",
            "EBSOptimized:*": "EBS optimisation of {}",
            "CPUCredits:*": "CPU credits of burstable {} instances",
            "EBS:VolumeUsage": "magnetic volumes",
            "EBS:VolumeUsage.piops": "io1 volumes",
            "EBS:VolumeUsage.*": "{} volumes",
            "EBS:VolumeP-IOPS.piops": "provisioned IOPS of io1 volumes",
            "EBS:VolumeP-IOPS.*": "provisioned IOPS of {} volumes",
            "EBS:VolumeP-Throughput.*": "provisioned throughput of {} volumes",
            "EBS:VolumeIOUsage": "I/O requests of magnetic volumes",
            "EBS:SnapshotUsage": "EBS snapshots",
            "EBS:SnapshotUsageUnderBilling": "EBS snapshots",
            "EBS:SnapshotArchiveStorage": "archived EBS snapshots",
            "EBS:SnapshotArchiveRetrieval": "retrieval of archived EBS snapshots",
            "EBS:FastSnapshotRestore": "fast snapshot restore",
            "EBS:directAPI.snapshot.*": "snapshot API requests ({})",
            "NatGateway-Hours": "NAT gateway hours",
            "NatGateway-Bytes": "traffic through NAT gateways",
            "ElasticIP:IdleAddress": "unused Elastic IP addresses",
            "ElasticIP:AdditionalAddress": "additional Elastic IP addresses",
            "ElasticIP:Remap": "moved Elastic IP addresses",
            "VPCPeering-In-Bytes": "traffic between zones over VPC peering, incoming",
            "VPCPeering-Out-Bytes": "traffic between zones over VPC peering, outgoing",
            "LoadBalancerUsage": "load balancer hours",
            "LCUUsage": "load balancer capacity units",
        },
        {
            "NatGateway-Bytes": NAT,
            "VPCPeering-In-Bytes": ZONES,
            "VPCPeering-Out-Bytes": ZONES,
            "UnusedBox:*": IDLE,
            "UnusedDed:*": IDLE,
            "ElasticIP:IdleAddress": IDLE,
            "CPUCredits:*": "burstable instances ran above their baseline in unlimited mode",
            "EBS:FastSnapshotRestore": "fast snapshot restore is charged by the hour, per snapshot and zone",
        },
    ),
    Service(
        ("Amazon Virtual Private Cloud",),
        "https://aws.amazon.com/vpc/pricing/",
        {
            "PublicIPv4:InUseAddress": "public IPv4 addresses in use",
            "PublicIPv4:IdleAddress": "idle public IPv4 addresses",
            "PublicIPv4:ContiguousBlock": "blocks of public IPv4 addresses",
            "VpcEndpoint-Hours": "VPC endpoint hours",
            "VpcEndpoint-Bytes": "traffic through VPC endpoints",
            "VpcEndpoint-GWLBE-Hours": "gateway load balancer endpoint hours",
            "VpcEndpoint-GWLBE-Bytes": "traffic through gateway load balancer endpoints",
            "TransitGateway-Hours": "Transit Gateway attachments",
            "TransitGateway-Bytes": "traffic through Transit Gateway",
            "VPN-Usage-Hours:*": "VPN connections",
            "ClientVPN-EndpointHours": "Client VPN endpoint hours",
            "ClientVPN-ConnectionHours": "Client VPN connections",
            "IPAddressManager-IP-Hours": "IP Address Manager",
            "TrafficMirroring-Hours": "traffic mirroring",
        },
        {"PublicIPv4:InUseAddress": IPV4, "PublicIPv4:IdleAddress": IDLE},
    ),
    Service(
        ("Amazon Elastic Load Balancing", "Elastic Load Balancing"),
        "https://aws.amazon.com/elasticloadbalancing/pricing/",
        {
            "LoadBalancerUsage": "load balancer hours",
            "LCUUsage": "load balancer capacity units",
            "ReservedLCUUsage": "reserved load balancer capacity",
            "DataProcessing-Bytes": "traffic through classic load balancers",
            "TS-LoadBalancerUsage": "load balancer trust stores",
        },
    ),
    Service(
        ("AWS Network Firewall",),
        "https://aws.amazon.com/network-firewall/pricing/",
        {
            "Endpoint-Hour*": "firewall endpoint hours",
            "Traffic-GB-Processed*": "traffic through the firewall",
        },
    ),
    Service(
        ("AWS Lambda",),
        "https://aws.amazon.com/lambda/pricing/",
        {
            "Lambda-GB-Second": "run time of functions",
            "Lambda-GB-Second-ARM": "run time of functions (ARM)",
            "Request": "calls of functions",
            "Request-ARM": "calls of functions (ARM)",
            "Lambda-Provisioned-Concurrency*": "provisioned concurrency",
            "Lambda-Provisioned-GB-Second*": "run time under provisioned concurrency",
            "Lambda-Storage-GB-Second*": "temporary storage of functions",
            "Lambda-Edge-GB-Second": "run time of functions at the edge",
            "Lambda-Edge-Request": "calls of functions at the edge",
            "Lambda-SnapStart-Cached-GB-Second*": "SnapStart snapshots kept",
            "Lambda-SnapStart-Restored-GB*": "SnapStart restores",
            "Lambda-Streaming-Response-Processed-Bytes*": "streamed responses",
        },
        {"Lambda-Provisioned-Concurrency*": "charged while it is configured, used or not"},
    ),
    Service(
        ("Amazon Elastic Container Service",),
        "https://aws.amazon.com/fargate/pricing/",
        _FARGATE,
    ),
    Service(
        (
            "Amazon Elastic Container Service for Kubernetes",
            "Amazon Elastic Kubernetes Service",
        ),
        "https://aws.amazon.com/eks/pricing/",
        {
            "AmazonEKS-Hours:perCluster": "cluster hours",
            "AmazonEKS-Hours:extendedSupport": "cluster hours in extended support",
            "EKS-Auto:*": "EKS Auto Mode on {}",
            **_FARGATE,
        },
        {"AmazonEKS-Hours:extendedSupport": "this Kubernetes version is out of standard support"},
    ),
    Service(
        ("Amazon EC2 Container Registry (ECR)", "Amazon Elastic Container Registry"),
        "https://aws.amazon.com/ecr/pricing/",
        {"TimedStorage-ByteHrs": "container images"},
    ),
    Service(
        ("Amazon Elastic MapReduce", "Amazon EMR"),
        "https://aws.amazon.com/emr/pricing/",
        {"BoxUsage:*": "EMR on {} instances"},
    ),
    Service(
        ("CodeBuild", "AWS CodeBuild"),
        "https://aws.amazon.com/codebuild/pricing/",
        {"Build-Min:*": "build minutes ({})"},
    ),
    Service(
        ("AWS Global Accelerator",),
        "https://aws.amazon.com/global-accelerator/pricing/",
        {"Fixed-fee": "accelerator hours"},
    ),
)
