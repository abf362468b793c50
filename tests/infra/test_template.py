"""What keeps the deployment private, line by line; no scanner notices when most of these go.

Each test takes the whole project, so that `test_mutations.py` can hand it a broken copy.
"""

from typing import Any

import pytest

from tests.infra.stack import ACCOUNT, EVERYTHING, GIVEN, Project, load_project

VARIANTS = (GIVEN, EVERYTHING)
OUR_DISTRIBUTION = f"arn:aws:cloudfront::{ACCOUNT}:distribution/${{Distribution}}"


@pytest.fixture(scope="session")
def project() -> Project:
    return load_project()


# ---- the site --------------------------------------------------------------------------------------


def test_the_bucket_refuses_every_kind_of_public_access(project: Project):
    [bucket] = project.properties("AWS::S3::Bucket")
    assert bucket["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_access_control_lists_are_switched_off(project: Project):
    [bucket] = project.properties("AWS::S3::Bucket")
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert "AccessControl" not in bucket


def test_reports_are_encrypted_at_rest(project: Project):
    [bucket] = project.properties("AWS::S3::Bucket")
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_an_overwritten_report_can_be_had_back_for_a_while(project: Project):
    [bucket] = project.properties("AWS::S3::Bucket")
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_reports_and_old_versions_expire(project: Project):
    [bucket] = project.properties("AWS::S3::Bucket")
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == 400
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_no_stack_operation_deletes_reports(project: Project):
    bucket = project.resources("AWS::S3::Bucket")["Bucket"]
    assert bucket["DeletionPolicy"] == "RetainExceptOnCreate"
    assert bucket["UpdateReplacePolicy"] == "Retain"


def test_only_cloudfront_reads_only_pages_only_for_this_distribution(project: Project):
    [allow] = _statements(project, "AWS::S3::BucketPolicy", "Allow")
    assert allow["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allow["Action"] == "s3:GetObject"
    assert allow["Resource"] == "${Bucket.Arn}/site/*"
    assert allow["Condition"] == {"StringEquals": {"aws:SourceArn": OUR_DISTRIBUTION}}


def test_the_bucket_and_its_objects_are_closed_without_tls(project: Project):
    [deny] = _statements(project, "AWS::S3::BucketPolicy", "Deny")
    assert (deny["Principal"], deny["Action"]) == ("*", "s3:*")
    assert deny["Resource"] == [{"Fn::GetAtt": ["Bucket", "Arn"]}, "${Bucket.Arn}/*"]
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_cloudfront_signs_every_request_to_the_bucket(project: Project):
    [control] = project.properties("AWS::CloudFront::OriginAccessControl")
    settings = control["OriginAccessControlConfig"]
    assert settings["SigningBehavior"] == "always"
    assert (settings["OriginAccessControlOriginType"], settings["SigningProtocol"]) == (
        "s3",
        "sigv4",
    )


def test_the_only_origin_is_the_prefix_of_the_bucket_through_origin_access_control(
    project: Project,
):
    for parameters in VARIANTS:
        [origin] = _distribution(project, parameters)["Origins"]
        assert origin["DomainName"] == {"Fn::GetAtt": ["Bucket", "RegionalDomainName"]}
        assert origin["OriginPath"] == "/site"
        assert origin["OriginAccessControlId"] == {"Fn::GetAtt": ["OriginAccessControl", "Id"]}
        assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}


def test_every_behaviour_wants_a_signature(project: Project):
    for parameters in VARIANTS:
        for behaviour in _behaviours(project, parameters):
            assert behaviour["TrustedKeyGroups"] == [{"Ref": "LinkKeys"}]
            assert "TrustedSigners" not in behaviour


def test_every_behaviour_is_https_from_the_first_byte(project: Project):
    for behaviour in _behaviours(project, EVERYTHING):
        assert behaviour["ViewerProtocolPolicy"] == "https-only"


def test_every_behaviour_only_reads(project: Project):
    for behaviour in _behaviours(project, EVERYTHING):
        assert behaviour["AllowedMethods"] == ["GET", "HEAD"]


def test_no_edge_code_and_no_error_page_stands_in_front_of_the_signature(project: Project):
    distribution = _distribution(project, EVERYTHING)
    assert "CustomErrorResponses" not in distribution
    for behaviour in _behaviours(project, EVERYTHING):
        assert not behaviour.keys() & {"FunctionAssociations", "LambdaFunctionAssociations"}


def test_the_key_of_the_cache_holds_neither_cookie_nor_query(project: Project):
    for behaviour in _behaviours(project, EVERYTHING):
        assert behaviour["CachePolicyId"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"
        assert not behaviour.keys() & {"OriginRequestPolicyId", "ForwardedValues"}


def test_an_own_domain_takes_no_old_tls(project: Project):
    certificate = _distribution(project, EVERYTHING)["ViewerCertificate"]
    assert certificate["MinimumProtocolVersion"] in ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
    assert certificate["SslSupportMethod"] == "sni-only"
    assert _distribution(project, GIVEN)["ViewerCertificate"] == {
        "CloudFrontDefaultCertificate": True
    }


def test_pages_come_fast_and_compressed(project: Project):
    assert _distribution(project, GIVEN)["HttpVersion"] == "http2and3"
    assert all(behaviour["Compress"] for behaviour in _behaviours(project, GIVEN))


def test_only_keys_of_this_stack_sign_links(project: Project):
    [group] = project.properties("AWS::CloudFront::KeyGroup")
    assert group["KeyGroupConfig"]["Items"] == [{"Ref": "LinkKeyA"}, {"Ref": "LinkKeyB"}]
    keys = project.resources("AWS::CloudFront::PublicKey")
    assert list(keys) == ["LinkKeyA", "LinkKeyB"]


def test_an_empty_slot_is_no_key(project: Project):
    [group] = project.properties("AWS::CloudFront::KeyGroup", GIVEN)
    assert group["KeyGroupConfig"]["Items"] == [{"Ref": "LinkKeyA"}]


def test_no_private_key_passes_through_the_template(project: Project):
    assert "PRIVATE" not in str(project.template)
    assert not any("private" in name.lower() for name in project.template["Parameters"])
    assert all(one["Type"] == "String" for one in project.properties("AWS::SSM::Parameter"))


def test_the_stack_refuses_to_stand_without_a_key(project: Project):
    [assertion] = project.template["Rules"]["SiteAlwaysHasAKey"]["Assertions"]
    empty = [{"Fn::Equals": [{"Ref": f"LinkPublicKey{slot}"}, ""]} for slot in "AB"]
    assert assertion["Assert"] == {"Fn::Not": [{"Fn::And": empty}]}


def test_the_stack_refuses_other_regions(project: Project):
    [assertion] = project.template["Rules"]["OnlyUsEast1"]["Assertions"]
    assert assertion["Assert"] == {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}


def test_an_own_domain_needs_its_certificate(project: Project):
    rule = project.template["Rules"]["DomainWithCertificate"]
    given = [
        {"Fn::Not": [{"Fn::Equals": [{"Ref": name}, ""]}]}
        for name in ("DomainName", "CertificateArn")
    ]
    assert [rule["RuleCondition"], rule["Assertions"][0]["Assert"]] == given


# ---- headers and logs ------------------------------------------------------------------------------


def test_every_answer_carries_the_security_headers(project: Project):
    for behaviour in _behaviours(project, EVERYTHING):
        assert behaviour["ResponseHeadersPolicyId"] == {"Ref": "SecurityHeaders"}
    security = _headers(project)["SecurityHeadersConfig"]
    assert security["FrameOptions"]["FrameOption"] == "DENY"
    assert security["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31536000
    assert "Preload" not in security["StrictTransportSecurity"]
    assert all(header["Override"] for header in security.values())
    assert security.keys() >= {"ContentTypeOptions"}


def test_a_page_never_tells_another_site_its_own_address(project: Project):
    policy = _headers(project)["SecurityHeadersConfig"]["ReferrerPolicy"]
    assert policy["ReferrerPolicy"] == "no-referrer"


def test_the_header_policy_closes_what_a_page_cannot_and_leaves_it_its_own_scripts(
    project: Project,
):
    header = _headers(project)["SecurityHeadersConfig"]["ContentSecurityPolicy"]
    policy = header["ContentSecurityPolicy"]
    assert "frame-ancestors 'none'" in policy
    assert "object-src 'none'" in policy
    assert "default-src" not in policy
    assert "script-src" not in policy


def test_browsers_keep_no_copy_and_search_engines_no_entry(project: Project):
    items = _headers(project)["CustomHeadersConfig"]["Items"]
    values = {item["Header"]: item["Value"] for item in items}
    assert values == {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}


def test_the_access_log_never_holds_a_link(project: Project):
    [delivery] = project.properties("AWS::Logs::Delivery")
    assert delivery["RecordFields"]
    assert not set(delivery["RecordFields"]) & {"cs-uri-query", "cs(Referer)", "cs(Cookie)"}
    assert "Logging" not in _distribution(project, EVERYTHING)  # the old kind always logs the query


def test_every_log_is_deleted_after_a_while(project: Project):
    groups = project.properties("AWS::Logs::LogGroup")
    assert len(groups) == 4
    assert all(group["RetentionInDays"] == 90 for group in groups)


# ---- topics ----------------------------------------------------------------------------------------


def test_every_topic_has_a_policy_of_its_own(project: Project):
    topics = project.resources("AWS::SNS::Topic")
    policies = [one["Topics"] for one in project.properties("AWS::SNS::TopicPolicy")]
    assert sorted(policies, key=str) == sorted(([{"Ref": name}] for name in topics), key=str)


def test_only_services_of_this_account_publish_and_nobody_subscribes(project: Project):
    for statement in _statements(project, "AWS::SNS::TopicPolicy", "Allow"):
        assert set(statement["Principal"]) == {"Service"}
        assert statement["Action"] == "sns:Publish"
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}


def test_alarms_come_from_alarms_of_this_account(project: Project):
    [alarms] = [one for one in _publishers(project, "AlarmsTopic") if "cloudwatch" in str(one)]
    source = alarms["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source == f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:*"


def test_budgets_and_anomalies_are_admitted_only_when_switched_on(project: Project):
    admitted = [one["Principal"]["Service"] for one in _publishers(project, "AlarmsTopic", GIVEN)]
    assert admitted == ["cloudwatch.amazonaws.com"]
    admitted = [one["Principal"]["Service"] for one in _publishers(project, "AlarmsTopic")]
    assert admitted == [
        "cloudwatch.amazonaws.com",
        "budgets.amazonaws.com",
        "costalerts.amazonaws.com",
    ]


def test_only_our_own_alarms_reach_the_mail_topic_directly(project: Project):
    [alarms] = _publishers(project, "NotifyTopic")
    source = alarms["Condition"]["ArnLike"]["aws:SourceArn"]
    assert source == f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:cloud-cost-tracker-dev-*"
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


def test_no_service_publishes_to_the_chat_topic(project: Project):
    assert _publishers(project, "ChatTopic") == []


def test_every_topic_is_closed_without_tls(project: Project):
    denied = _statements(project, "AWS::SNS::TopicPolicy", "Deny")
    assert [one["Resource"]["Ref"] for one in denied] == [
        "AlarmsTopic",
        "NotifyTopic",
        "ChatTopic",
    ]
    for deny in denied:
        assert (deny["Principal"], deny["Action"]) == ("*", "sns:Publish")
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_only_subscription_is_the_mail_address_on_the_mail_topic(project: Project):
    [mail] = project.properties("AWS::SNS::Subscription")
    assert mail == {
        "TopicArn": {"Ref": "NotifyTopic"},
        "Protocol": "email",
        "Endpoint": "costs@example.com",
    }
    assert all("Subscription" not in topic for topic in project.properties("AWS::SNS::Topic"))


# ---- alarms ----------------------------------------------------------------------------------------


def test_three_amounts_raise_alarms_that_are_explained(project: Project):
    alarms = [a for a in _alarms(project) if a.get("Namespace") == "AWS/Billing"]
    assert [int(alarm["Threshold"]) for alarm in alarms] == [50, 100, 200]
    for alarm in alarms:
        assert alarm["Dimensions"] == [{"Name": "Currency", "Value": "USD"}]
        assert alarm["AlarmActions"] == [{"Ref": "AlarmsTopic"}]


def test_a_failing_function_is_reported_without_that_function(project: Project):
    alarms = [a for a in _alarms(project) if a.get("MetricName") == "Errors"]
    functions = [alarm["Dimensions"][0]["Value"] for alarm in alarms]
    assert functions == [
        f"cloud-cost-tracker-dev-{name}"
        for name in _functions(project)
        if name != "watch_charges"  # a day with a failure or without a look: the next test
    ]
    for alarm in alarms:
        assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]
        assert (alarm["Threshold"], alarm["TreatMissingData"]) == (1, "notBreaching")


def test_a_monday_without_a_report_is_noticed(project: Project):  # and when: test_alarms
    alarm = project.resources("AWS::CloudWatch::Alarm")["ReportMissing"]["Properties"]
    watched, runs = alarm["Metrics"]
    metric = runs["MetricStat"]["Metric"]
    assert metric["Dimensions"][0]["Value"] == "cloud-cost-tracker-dev-weekly_report"
    assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "Invocations")
    assert (watched["ReturnData"], runs["ReturnData"]) == (True, False)
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]


def test_a_day_ends_after_the_run_of_monday(project: Project):
    alarm = project.resources("AWS::CloudWatch::Alarm")["ReportMissing"]["Properties"]
    assert alarm["EvaluationWindow"] == {"WallClockWindow": {"Timezone": "-12:00"}}


def test_a_failure_that_could_not_be_sent_on_is_noticed(project: Project):
    alarm = project.resources("AWS::CloudWatch::Alarm")["FailureUntold"]["Properties"]
    watched = [one["MetricStat"] for one in alarm["Metrics"] if "MetricStat" in one]
    functions = [one["Metric"]["Dimensions"][0]["Value"] for one in watched]
    assert functions == [
        f"cloud-cost-tracker-dev-{name}"
        for name in _functions(project)
        if name != "watch_charges"  # looks again in six hours
    ]
    assert {one["Metric"]["MetricName"] for one in watched} == {"DestinationDeliveryFailures"}
    assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]


def test_every_alarm_watches_the_statistic_that_its_metric_has(project: Project):
    statistics = {"EstimatedCharges": "Maximum"}  # a running total; everything else is counted
    for alarm in _alarms(project):
        queries = [one["MetricStat"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
        watched = queries or [{"Metric": alarm, "Stat": alarm["Statistic"]}]
        for one in watched:
            assert one["Stat"] == statistics.get(one["Metric"]["MetricName"], "Sum")
        assert alarm["EvaluationPeriods"] == 1


def test_a_day_without_a_look_or_with_a_failed_one_is_noticed(project: Project):
    alarm = project.resources("AWS::CloudWatch::Alarm")["WatchFailed"]["Properties"]
    metric = alarm["Metrics"][1]["MetricStat"]["Metric"]  # and when: test_alarms
    assert metric["Dimensions"][0]["Value"] == "cloud-cost-tracker-dev-watch_charges"
    assert (metric["Namespace"], metric["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]


def test_the_alarms_of_a_stage_are_on_no_more_metrics_than_are_free(project: Project):
    metrics = [one.get("Metrics", [{"MetricStat": {}}]) for one in _alarms(project)]
    assert sum("MetricStat" in each for queries in metrics for each in queries) == 10


def test_an_alarm_that_does_not_reach_its_function_is_noticed(project: Project):
    [alarm] = [a for a in _alarms(project) if a.get("Namespace") == "AWS/SNS"]
    assert alarm["MetricName"] == "NumberOfNotificationsFailed"
    assert alarm["Dimensions"][0]["Value"] == {"Fn::GetAtt": ["AlarmsTopic", "TopicName"]}
    assert alarm["AlarmActions"] == [{"Ref": "NotifyTopic"}]


# ---- permissions of the functions ------------------------------------------------------------------


def test_the_report_function_may_do_exactly_this(project: Project):
    for stage in project.config["stages"]:
        assert _permissions(project, stage, "weekly_report") == {
            "ce:GetCostAndUsage": ["*"],
            "s3:PutObject": [
                f"arn:aws:s3:::cloud-cost-tracker-{stage}-site-${{aws:PrincipalAccount}}/site/*"
            ],
            **{
                key: [
                    f"arn:aws:s3:::cloud-cost-tracker-{stage}-site-${{aws:PrincipalAccount}}"
                    "/site/index.html"
                ]
                for key in ("s3:GetObjectTagging", "s3:PutObjectTagging")
            },
            "sns:Publish": [
                f"arn:aws:sns:us-east-1:*:cloud-cost-tracker-{stage}-{topic}"
                for topic in ("notify", "chat")
            ],
            **_parameters_and_log(stage, "weekly_report"),
        }


def test_the_watching_function_may_do_exactly_this(project: Project):
    for stage in project.config["stages"]:
        parameter = f"arn:aws:ssm:us-east-1:*:parameter/cloud-cost-tracker/{stage}/burning"
        assert _permissions(project, stage, "watch_charges") == {
            "cloudwatch:GetMetricData": ["*"],
            "cloudwatch:ListMetrics": ["*"],
            "sns:Publish": [
                f"arn:aws:sns:us-east-1:*:cloud-cost-tracker-{stage}-{topic}"
                for topic in ("notify", "chat")
            ],
            **_parameters_and_log(stage, "watch_charges"),
            "ssm:GetParameter": [parameter],
            "ssm:PutParameter": [parameter],
        }


def test_the_alarm_function_may_do_exactly_this(project: Project):
    for stage in project.config["stages"]:
        assert _permissions(project, stage, "explain_alarm") == {
            "ce:GetCostAndUsage": ["*"],
            "sns:Publish": [
                f"arn:aws:sns:us-east-1:*:cloud-cost-tracker-{stage}-{topic}"
                for topic in ("notify", "chat")
            ],
            **_parameters_and_log(stage, "explain_alarm"),
        }


def test_permissions_end_at_the_border_of_the_account(project: Project):
    here = {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}
    for policy in project.policies.values():
        for statement in policy["Statement"]:
            if ":*:" in str(statement["Resource"]):
                assert statement.get("Condition") == here


def test_chalice_never_writes_a_policy_of_its_own(project: Project):
    assert project.config["autogen_policy"] is False
    for stage in project.config["stages"].values():
        assert "autogen_policy" not in str(stage)


def test_no_secret_and_no_account_is_in_the_configuration(project: Project):
    for stage, settings in project.config["stages"].items():
        assert settings["environment_variables"] == {"CCT_STAGE": stage}
    assert not any(digits in str(project.config) for digits in ("arn:", ACCOUNT))


def _parameters_and_log(stage: str, function: str) -> dict[str, list[str]]:
    log = f"arn:aws:logs:us-east-1:*:log-group:/aws/lambda/cloud-cost-tracker-{stage}-{function}:*"
    return {
        "ssm:GetParameter": [f"arn:aws:ssm:us-east-1:*:parameter/cloud-cost-tracker/{stage}/*"],
        "logs:CreateLogStream": [log],
        "logs:PutLogEvents": [log],
    }


def _permissions(project: Project, stage: str, function: str) -> dict[str, list[str]]:
    file = project.config["stages"][stage]["lambda_functions"][function]["iam_policy_file"]
    policy = project.policies[file.removeprefix("policies/").removesuffix(".json")]
    granted: dict[str, list[str]] = {}
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        for action in _as_list(statement["Action"]):
            granted.setdefault(action, []).extend(_as_list(statement["Resource"]))
    return granted


def _functions(project: Project) -> list[str]:
    return list(project.config["lambda_functions"])


def _alarms(project: Project) -> list[dict[str, Any]]:
    return project.properties("AWS::CloudWatch::Alarm")


def _headers(project: Project) -> dict[str, Any]:
    [policy] = project.properties("AWS::CloudFront::ResponseHeadersPolicy")
    return policy["ResponseHeadersPolicyConfig"]


def _distribution(project: Project, parameters: dict[str, Any]) -> dict[str, Any]:
    [distribution] = project.properties("AWS::CloudFront::Distribution", parameters)
    return distribution["DistributionConfig"]


def _behaviours(project: Project, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    distribution = _distribution(project, parameters)
    return [distribution["DefaultCacheBehavior"], *distribution.get("CacheBehaviors", [])]


def _publishers(
    project: Project, topic: str, parameters: dict[str, Any] = EVERYTHING
) -> list[dict[str, Any]]:
    allowed = _statements(project, "AWS::SNS::TopicPolicy", "Allow", parameters)
    return [one for one in allowed if one["Resource"] == {"Ref": topic}]


def _statements(
    project: Project, kind: str, effect: str, parameters: dict[str, Any] = EVERYTHING
) -> list[dict[str, Any]]:
    policies = project.properties(kind, parameters)
    statements = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    return [one for one in statements if one["Effect"] == effect]


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
