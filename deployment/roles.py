"""The functions' roles, made before Chalice looks for them: it knows neither boundaries nor tags for them.

What a role may do is still Chalice's to write, from the policy files.
"""

import json
from typing import TYPE_CHECKING

from chalicelib.settings import Settings
from deployment.account import Account, function_names, stack_tags

if TYPE_CHECKING:
    from types_boto3_iam.client import IAMClient
    from types_boto3_iam.type_defs import RoleTypeDef

NO_BOUNDARY = "none"
LAMBDA_ASSUMES = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "",
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def make_roles(account: Account, settings: Settings, boundary: str | None = None) -> None:
    """Make the roles that are missing, and give all of them their tags and boundary.

    A boundary that is not given stays as it is, and a new role gets the one that its sisters have.
    """
    iam = account.session.client("iam")
    there = {name: role for name in function_names(settings) if (role := _role(iam, name))}
    wanted = boundary or next(filter(None, map(_boundary, there.values())), NO_BOUNDARY)
    tags = [{"Key": key, "Value": value} for key, value in stack_tags(settings).items()]
    for name in function_names(settings):
        if name in there:
            iam.tag_role(RoleName=name, Tags=tags)  # type: ignore[arg-type]
            _bound(iam, there[name], wanted)
        else:
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=json.dumps(LAMBDA_ASSUMES),
                Tags=tags,  # type: ignore[arg-type]
                **({} if wanted == NO_BOUNDARY else {"PermissionsBoundary": wanted}),  # type: ignore[arg-type]
            )


def _bound(iam: "IAMClient", role: "RoleTypeDef", wanted: str) -> None:
    if (_boundary(role) or NO_BOUNDARY) == wanted:
        return
    if wanted == NO_BOUNDARY:
        iam.delete_role_permissions_boundary(RoleName=role["RoleName"])
    else:
        iam.put_role_permissions_boundary(RoleName=role["RoleName"], PermissionsBoundary=wanted)


def _role(iam: "IAMClient", name: str) -> "RoleTypeDef | None":
    try:
        return iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _boundary(role: "RoleTypeDef") -> str | None:
    return role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
