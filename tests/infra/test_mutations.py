"""Every property that keeps the deployment private, broken in a copy: the test named beside it must fail.

The pairs are also the table in docs/security.md; `pytest --update-golden` writes it.
"""

import copy
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from tests.infra import test_template as holds
from tests.infra.stack import ROOT, Project, load_project

SECURITY = ROOT / "docs/security.md"
TABLE = re.compile(r"(?<=<!-- mutations -->\n).*?(?=<!-- end of mutations -->)", re.DOTALL)
REMOVED = object()

BUCKET = "template/Resources/Bucket"
CLOSED = f"{BUCKET}/Properties/PublicAccessBlockConfiguration"
POLICY = "template/Resources/BucketPolicy/Properties/PolicyDocument/Statement"
CLOUDFRONT = "template/Resources/Distribution/Properties/DistributionConfig"
BEHAVIOUR = f"{CLOUDFRONT}/DefaultCacheBehavior"
ORIGIN = f"{CLOUDFRONT}/Origins/0"
ORIGIN_ACCESS = "template/Resources/OriginAccessControl/Properties/OriginAccessControlConfig"
HEADERS = "template/Resources/SecurityHeaders/Properties/ResponseHeadersPolicyConfig"
KEYS = "template/Resources/LinkKeys/Properties/KeyGroupConfig/Items"
TOPIC = "template/Resources/{}TopicPolicy/Properties/PolicyDocument/Statement"
ALARMS, NOTIFY, CHAT = (TOPIC.format(name) for name in ("Alarms", "Notify", "Chat"))
REPORT = "policies/dev-weekly_report/Statement"
WATCH = "policies/dev-watch_charges/Statement"
EXPLAIN = "policies/dev-explain_alarm/Statement"
EVERYBODY = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "sns:Publish",
    "Resource": {"Ref": "ChatTopic"},
}
OPEN_BEHAVIOUR = {"PathPattern": "/open/*", "ViewerProtocolPolicy": "https-only"}
ALARM_OF = "template/Resources/{}/Properties"


class Break(NamedTuple):
    """One property, how it is broken, and the test that must notice."""

    what: str
    path: str
    value: Any
    noticed_by: Callable[[Project], None]


BREAKS = [
    *[
        Break(f"Public access block: `{flag}` off", f"{CLOSED}/{flag}", False,
              holds.test_the_bucket_refuses_every_kind_of_public_access)
        for flag in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    ],
    Break("Access control lists on again", f"{BUCKET}/Properties/OwnershipControls", REMOVED,
          holds.test_access_control_lists_are_switched_off),
    Break("Encryption removed", f"{BUCKET}/Properties/BucketEncryption", {"ServerSideEncryptionConfiguration": [{}]},
          holds.test_reports_are_encrypted_at_rest),
    Break("Versioning suspended", f"{BUCKET}/Properties/VersioningConfiguration/Status", "Suspended",
          holds.test_an_overwritten_report_can_be_had_back_for_a_while),
    Break("Reports never expire", f"{BUCKET}/Properties/LifecycleConfiguration/Rules/0/Status", "Disabled",
          holds.test_reports_and_old_versions_expire),
    Break("Bucket deleted with the stack", f"{BUCKET}/DeletionPolicy", "Delete",
          holds.test_no_stack_operation_deletes_reports),
    Break("Bucket deleted when replaced", f"{BUCKET}/UpdateReplacePolicy", "Delete",
          holds.test_no_stack_operation_deletes_reports),
    Break("CloudFront's source ARN loosened to any distribution",
          f"{POLICY}/0/Condition", {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
          holds.test_only_cloudfront_reads_only_pages_only_for_this_distribution),
    Break("Any principal reads the bucket", f"{POLICY}/0/Principal", "*",
          holds.test_only_cloudfront_reads_only_pages_only_for_this_distribution),
    Break("`s3:*` for CloudFront", f"{POLICY}/0/Action", "s3:*",
          holds.test_only_cloudfront_reads_only_pages_only_for_this_distribution),
    Break("CloudFront reads the whole bucket", f"{POLICY}/0/Resource", {"Fn::Sub": "${Bucket.Arn}/*"},
          holds.test_only_cloudfront_reads_only_pages_only_for_this_distribution),
    Break("A second reader of the bucket", f"{POLICY}/+",
          {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"},
          holds.test_only_cloudfront_reads_only_pages_only_for_this_distribution),
    Break("Bucket open without TLS", f"{POLICY}/1", REMOVED,
          holds.test_the_bucket_and_its_objects_are_closed_without_tls),
    Break("Objects open without TLS", f"{POLICY}/1/Resource", [{"Fn::GetAtt": ["Bucket", "Arn"]}],
          holds.test_the_bucket_and_its_objects_are_closed_without_tls),
    Break("The TLS condition misspelt", f"{POLICY}/1/Condition", {"Bool": {"aws:SecureTransprt": "false"}},
          holds.test_the_bucket_and_its_objects_are_closed_without_tls),
    Break("CloudFront's requests unsigned", f"{ORIGIN_ACCESS}/SigningBehavior", "never",
          holds.test_cloudfront_signs_every_request_to_the_bucket),
    Break("Origin access control detached", f"{ORIGIN}/OriginAccessControlId", REMOVED,
          holds.test_the_only_origin_is_the_prefix_of_the_bucket_through_origin_access_control),
    Break("CloudFront reaches beyond the pages", f"{ORIGIN}/OriginPath", "",
          holds.test_the_only_origin_is_the_prefix_of_the_bucket_through_origin_access_control),
    Break("Trusted key group removed", f"{BEHAVIOUR}/TrustedKeyGroups", [],
          holds.test_every_behaviour_wants_a_signature),
    Break("A further behaviour without signature", f"{CLOUDFRONT}/CacheBehaviors", [OPEN_BEHAVIOUR],
          holds.test_every_behaviour_wants_a_signature),
    Break("HTTP redirected instead of refused", f"{BEHAVIOUR}/ViewerProtocolPolicy", "redirect-to-https",
          holds.test_every_behaviour_is_https_from_the_first_byte),
    Break("Writing through CloudFront", f"{BEHAVIOUR}/AllowedMethods", ["GET", "HEAD", "PUT"],
          holds.test_every_behaviour_only_reads),
    Break("Edge code before the page", f"{BEHAVIOUR}/FunctionAssociations", [{}],
          holds.test_no_edge_code_and_no_error_page_stands_in_front_of_the_signature),
    Break("An error page for refused requests", f"{CLOUDFRONT}/CustomErrorResponses", [{"ErrorCode": 403}],
          holds.test_no_edge_code_and_no_error_page_stands_in_front_of_the_signature),
    Break("Cookies and queries forwarded", f"{BEHAVIOUR}/ForwardedValues", {"QueryString": True},
          holds.test_the_key_of_the_cache_holds_neither_cookie_nor_query),
    Break("Old TLS on an own domain", f"{CLOUDFRONT}/ViewerCertificate/Fn::If/1/MinimumProtocolVersion", "TLSv1",
          holds.test_an_own_domain_takes_no_old_tls),
    Break("A stranger's key in the key group", f"{KEYS}/+", "K2JCJMDEHXQW5F",
          holds.test_only_keys_of_this_stack_sign_links),
    Break("An empty slot taken for a key", f"{KEYS}/1", {"Ref": "LinkKeyB"}, holds.test_an_empty_slot_is_no_key),
    Break("Private key as a parameter of the stack", "template/Parameters/LinkPrivateKey", {"Type": "String"},
          holds.test_no_private_key_passes_through_the_template),
    Break("Stack without a key allowed", "template/Rules/SiteAlwaysHasAKey/Assertions/0/Assert", True,
          holds.test_the_stack_refuses_to_stand_without_a_key),
    Break("Other regions allowed", "template/Rules/OnlyUsEast1/Assertions/0/Assert", True,
          holds.test_the_stack_refuses_other_regions),
    Break("A domain without certificate", "template/Rules/DomainWithCertificate/Assertions/0/Assert", True,
          holds.test_an_own_domain_needs_its_certificate),
    Break("Security headers detached", f"{BEHAVIOUR}/ResponseHeadersPolicyId", REMOVED,
          holds.test_every_answer_carries_the_security_headers),
    Break("Page may be framed", f"{HEADERS}/SecurityHeadersConfig/FrameOptions/FrameOption", "SAMEORIGIN",
          holds.test_every_answer_carries_the_security_headers),
    Break("Address told to other sites", f"{HEADERS}/SecurityHeadersConfig/ReferrerPolicy/ReferrerPolicy", "unsafe-url",
          holds.test_a_page_never_tells_another_site_its_own_address),
    Break("Header policy blocks the page's scripts",
          f"{HEADERS}/SecurityHeadersConfig/ContentSecurityPolicy/ContentSecurityPolicy", "default-src 'none'",
          holds.test_the_header_policy_closes_what_a_page_cannot_and_leaves_it_its_own_scripts),
    Break("Browsers keep copies", f"{HEADERS}/CustomHeadersConfig/Items/0/Value", "max-age=31536000",
          holds.test_browsers_keep_no_copy_and_search_engines_no_entry),
    Break("Query string logged", "template/Resources/AccessLogDelivery/Properties/RecordFields/+", "cs-uri-query",
          holds.test_the_access_log_never_holds_a_link),
    Break("Referer logged", "template/Resources/AccessLogDelivery/Properties/RecordFields/+", "cs(Referer)",
          holds.test_the_access_log_never_holds_a_link),
    Break("Log kept for ever", "template/Resources/ReportLog/Properties/RetentionInDays", REMOVED,
          holds.test_every_log_is_deleted_after_a_while),
    Break("Topic without a policy", "template/Resources/ChatTopicPolicy", REMOVED,
          holds.test_every_topic_has_a_policy_of_its_own),
    Break("Topic open to everybody", f"{CHAT}/+", EVERYBODY,
          holds.test_only_services_of_this_account_publish_and_nobody_subscribes),
    Break("Topic open to services of other accounts", f"{ALARMS}/0/Condition/StringEquals", {},
          holds.test_only_services_of_this_account_publish_and_nobody_subscribes),
    Break("Services may also subscribe", f"{NOTIFY}/0/Action", ["sns:Publish", "sns:Subscribe"],
          holds.test_only_services_of_this_account_publish_and_nobody_subscribes),
    Break("Alarms of any account", f"{ALARMS}/0/Condition/ArnLike/aws:SourceArn", "arn:aws:cloudwatch:*",
          holds.test_alarms_come_from_alarms_of_this_account),
    Break("Budgets admitted though switched off", "template/Conditions/Budget", {"Fn::Equals": [1, 1]},
          holds.test_budgets_and_anomalies_are_admitted_only_when_switched_on),
    Break("Any alarm on the mail topic", f"{NOTIFY}/0/Condition/ArnLike/aws:SourceArn", "arn:aws:cloudwatch:*",
          holds.test_only_our_own_alarms_reach_the_mail_topic_directly),
    *[
        Break(f"{name} topic open without TLS", f"{statements}/{place}", REMOVED,
              holds.test_every_topic_is_closed_without_tls)
        for name, statements, place in (("Alarms", ALARMS, 3), ("Notify", NOTIFY, 1), ("Chat", CHAT, 0))
    ],
    Break("Mail about reports sent to the alarms topic", "template/Resources/Mail/Properties/TopicArn",
          {"Ref": "AlarmsTopic"}, holds.test_the_only_subscription_is_the_mail_address_on_the_mail_topic),
    Break("Cost alarm sent nowhere", f"{ALARM_OF.format('ChargesAlarm2')}/AlarmActions", [],
          holds.test_three_amounts_raise_alarms_that_are_explained),
    Break("Failure reported to the function that failed",
          f"{ALARM_OF.format('ExplanationFailed')}/AlarmActions", [{"Ref": "AlarmsTopic"}],
          holds.test_a_failing_function_is_reported_without_that_function),
    Break("Silence taken for health", f"{ALARM_OF.format('ReportMissing')}/TreatMissingData", "notBreaching",
          holds.test_a_monday_without_a_report_is_noticed),
    Break("The day ends before the run", f"{ALARM_OF.format('ReportMissing')}/EvaluationWindow", REMOVED,
          holds.test_a_day_ends_after_the_run_of_monday),
    Break("A day without a look taken for health", f"{ALARM_OF.format('WatchFailed')}/TreatMissingData", "notBreaching",
          holds.test_a_day_without_a_look_or_with_a_failed_one_is_noticed),
    Break("Undelivered alarms not noticed", f"{ALARM_OF.format('ExplanationMissing')}/AlarmActions", REMOVED,
          holds.test_an_alarm_that_does_not_reach_its_function_is_noticed),
    Break("A failure that nobody could be told of",
          f"{ALARM_OF.format('FailureUntold')}/Metrics/1/MetricStat/Metric/MetricName", "Errors",
          holds.test_a_failure_that_could_not_be_sent_on_is_noticed),
    Break("A mean taken for a sum", f"{ALARM_OF.format('ReportFailed')}/Statistic", "Average",
          holds.test_every_alarm_watches_the_statistic_that_its_metric_has),
    Break("The smallest charges taken for the charges", f"{ALARM_OF.format('ChargesAlarm1')}/Statistic", "Minimum",
          holds.test_every_alarm_watches_the_statistic_that_its_metric_has),
    Break("`s3:*` for the report function", f"{REPORT}/1/Action", "s3:*",
          holds.test_the_report_function_may_do_exactly_this),
    Break("Report function reads pages", f"{REPORT}/1/Action", ["s3:PutObject", "s3:GetObject"],
          holds.test_the_report_function_may_do_exactly_this),
    Break("Report function writes beyond the pages", f"{REPORT}/1/Resource",
          "arn:aws:s3:::cloud-cost-tracker-dev-site-${aws:PrincipalAccount}/*",
          holds.test_the_report_function_may_do_exactly_this),
    Break("One stage writes into every stage", f"{REPORT}/1/Resource",
          "arn:aws:s3:::cloud-cost-tracker-*-site-${aws:PrincipalAccount}/site/*",
          holds.test_the_report_function_may_do_exactly_this),
    Break("Report function publishes anywhere", f"{REPORT}/2/Resource", "*",
          holds.test_the_report_function_may_do_exactly_this),
    Break("Report function reads every parameter", f"{REPORT}/3/Resource", "*",
          holds.test_the_report_function_may_do_exactly_this),
    Break("Watching function reads every parameter", f"{WATCH}/2/Resource",
          "arn:aws:ssm:us-east-1:*:parameter/cloud-cost-tracker/dev/*",
          holds.test_the_watching_function_may_do_exactly_this),
    Break("Watching function switches alarms", f"{WATCH}/0/Action/+", "cloudwatch:DisableAlarmActions",
          holds.test_the_watching_function_may_do_exactly_this),
    Break("Alarm function answers on the topic it listens to", f"{EXPLAIN}/1/Resource/+",
          "arn:aws:sns:us-east-1:*:cloud-cost-tracker-dev-alarms", holds.test_the_alarm_function_may_do_exactly_this),
    Break("Alarm function writes pages", f"{EXPLAIN}/+",
          {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"},
          holds.test_the_alarm_function_may_do_exactly_this),
    Break("Publishing to topics of other accounts", f"{EXPLAIN}/1/Condition", REMOVED,
          holds.test_permissions_end_at_the_border_of_the_account),
    Break("Chalice writes the policies", "config/autogen_policy", True,
          holds.test_chalice_never_writes_a_policy_of_its_own),
    Break("A secret among the settings", "config/stages/dev/environment_variables/CCT_KEY", "-----BEGIN",
          holds.test_no_secret_and_no_account_is_in_the_configuration),
]  # fmt: skip


@pytest.mark.parametrize("each", BREAKS, ids=[each.what for each in BREAKS])
def test_a_broken_property_is_noticed(each: Break):
    project = load_project()
    each.noticed_by(project)
    with pytest.raises(
        (AssertionError, ValueError, KeyError)
    ):  # ValueError: one more or less than expected
        each.noticed_by(_broken(project, each))


def test_every_property_test_has_a_break_it_must_notice():
    unproved = {name for name in vars(holds) if name.startswith("test_")} - {
        each.noticed_by.__name__ for each in BREAKS
    }
    assert unproved == {
        "test_pages_come_fast_and_compressed",  # speed, not safety
        "test_the_alarms_of_a_stage_are_on_no_more_metrics_than_are_free",  # money, not safety
        "test_no_service_publishes_to_the_chat_topic",  # "topic open to everybody" covers it
    }


def test_the_table_in_the_document_is_this_list(request: pytest.FixtureRequest):
    text = SECURITY.read_text()
    updated = TABLE.sub(lambda _: _table(), text)
    if request.config.getoption("--update-golden", default=False):
        SECURITY.write_text(updated)
    assert SECURITY.read_text() == updated, "run: make golden"


def _table() -> str:
    rows = [f"| {each.what} | `{each.noticed_by.__name__}` |" for each in BREAKS]
    return "\n".join(["", "| Broken | Noticed by |", "| --- | --- |", *rows, "", ""])


def _broken(project: Project, each: Break) -> Project:
    broken = copy.deepcopy(project)
    *way, last = each.path.split("/")
    place: Any = vars(broken)
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if last == "+":
        place.append(each.value)
    elif each.value is REMOVED:
        del place[int(last) if isinstance(place, list) else last]
    else:
        place[int(last) if isinstance(place, list) else last] = each.value
    return broken
