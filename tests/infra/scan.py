"""Scan the template with checkov and every policy with parliament; runs in `.venv-scan`, without network.

Both have pins that clash with ours, so this file imports nothing of the project but the template reader.
"""

import json
import os
import subprocess
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.infra.stack import ROOT, load_project

CHECKOV = [
    str(Path(sys.executable).with_name("checkov")),
    *("--file", "infra/template.yaml", "infra/focus.yaml", "--framework", "cloudformation"),
    *("--skip-download", "--compact", "--quiet"),
]


OFFLINE = {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "True"}


def main() -> int:
    """0 when neither scanner has anything to say."""
    findings = [f"{name}: {finding}" for name, policy in _policies() for finding in _scan(policy)]
    print(*findings or ["parliament: nothing found"], sep="\n")  # noqa: T201  this is a command
    checkov = subprocess.run(CHECKOV, cwd=ROOT, env=os.environ | OFFLINE, check=False)
    return 1 if findings else checkov.returncode


def _policies() -> list[tuple[str, dict[str, object]]]:
    of_functions = [
        (str(path.relative_to(ROOT)), json.loads(path.read_text()))
        for path in sorted((ROOT / ".chalice/policies").rglob("*.json"))
    ]
    resources = load_project().resources()
    in_template = [
        (name, resource["Properties"]["PolicyDocument"])
        for name, resource in resources.items()
        if "PolicyDocument" in resource["Properties"]
    ]
    return [*of_functions, *in_template]


def _scan(policy: dict[str, object]) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it loads its data through an old interface
        from parliament import analyze_policy_string
    text = json.dumps(policy, default=str)
    for reference, arn in _REFERENCES.items():
        text = text.replace(reference, arn)
    return [str(finding) for finding in analyze_policy_string(text).findings]


_TOPIC = '"arn:aws:sns:us-east-1:123456789012:topic"'
_REFERENCES = {
    '{"Ref": "AlarmsTopic"}': _TOPIC,
    '{"Ref": "NotifyTopic"}': _TOPIC,
    '{"Ref": "ChatTopic"}': _TOPIC,
    '{"Fn::GetAtt": ["Bucket", "Arn"]}': '"arn:aws:s3:::site"',
    "${Bucket.Arn}": "arn:aws:s3:::site",
}

if __name__ == "__main__":
    sys.exit(main())
