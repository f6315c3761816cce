"""Answers of AWS's IAM and STS, recorded by LocalStack's authors (Apache-2.0), against Merlon's: codes, statuses, texts, members and fixed values.

Every recorded case is run or stands in DIFFERENT with the reason, which docs/divergences.md tells too.
"""
import json
import pathlib
import re
import urllib.parse
import uuid

import botocore.exceptions
import pytest

from conftest import ROOT, client

RECORDED = ROOT.parent / "shared" / "vectors" / "recorded"
ACCOUNT = "123456789012"
CASES = {"iam": 169, "sts": 5}

LINKED = "Merlon makes the service-linked role of Bedrock alone, and needs no managed policy for it"
CREDENTIALS = "service-specific credentials are those of Bedrock alone, which AWS answers in another shape"
DIFFERENT = {
    "test_service_role_lifecycle": LINKED,
    "test_service_role_lifecycle_custom_suffix": LINKED,
    "test_service_role_lifecycle_custom_suffix_not_allowed": LINKED,
    "test_service_role_already_exists": LINKED,
    "test_service_role_deletion": LINKED,
    "test_service_specific_credential_lifecycle[cassandra.amazonaws.com]": CREDENTIALS,
    "test_service_specific_credential_lifecycle[codecommit.amazonaws.com]": CREDENTIALS,
    "test_list_service_specific_credential_different_service": CREDENTIALS,
}
# Texts that Merlon words in another way: they say more, or quote the value as AWS does elsewhere.
OWN_WORDS = {"invalid-json", "update-wrong-id", "reset-wrong-id", "delete-wrong-id", "update-invalid-status"}
SERVICE = "bedrock.amazonaws.com"  # in place of codecommit, which Merlon has no credentials for


def recordings(service):
    file = RECORDED / service / f"test_{service}.json"
    if not file.exists():
        pytest.skip(f"{file} is not there; put the shared folder beside the repository")
    return {name.split("::")[-1]: case["recorded-content"] for name, case in json.loads(file.read_text()).items()}


class Case:
    """One recorded case: what was recorded, and what Merlon answers."""

    def __init__(self, steps, iam, sts):
        self.steps, self.iam, self.sts, self.compared, self.wrong = steps, iam, sts, 0, []
        self.tag = uuid.uuid4().hex[:8]

    def __call__(self, step, call, *, without=(), **parameters):
        """Makes a call and compares its answer with the step."""
        try:
            got = call(**parameters)
        except botocore.exceptions.ClientError as e:
            got = e.response
        want = self.steps[step]
        self.compared += 1
        status = want["ResponseMetadata"]["HTTPStatusCode"], got["ResponseMetadata"]["HTTPStatusCode"]
        if status[0] != status[1]:
            self.wrong.append(f"{step}: status {status[1]}, recorded {status[0]}: {got.get('Error')}")
            return got
        self.compare(step, {k: v for k, v in want.items() if k != "ResponseMetadata"}, {k: v for k, v in got.items() if k != "ResponseMetadata"}, without)
        return got

    def compare(self, path, want, got, without=()):
        if isinstance(want, dict) and isinstance(got, dict):
            for name in want.keys() | got.keys():
                if name in without or path.split(".")[0] in OWN_WORDS and name == "Message":
                    continue
                if name not in got or name not in want:
                    self.wrong.append(f"{path}.{name}: {'missing' if name in want else 'not recorded'}")
                else:
                    self.compare(f"{path}.{name}", want[name], got[name], without)
        elif isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
            for i, (a, b) in enumerate(zip(want, got)):
                self.compare(f"{path}[{i}]", a, b, without)
        elif isinstance(want, str):
            if not re.fullmatch(pattern(want), str(got), re.DOTALL):
                self.wrong.append(f"{path}: {got!r}, recorded {want!r}")
        elif want != got:
            self.wrong.append(f"{path}: {got!r}, recorded {want!r}")

    # What many cases begin with.

    def role(self, step, trust, path="/", name=None, **more):
        name = name or f"role-{self.tag}"
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        call = dict(RoleName=name, AssumeRolePolicyDocument=document, Path=path, **more)
        answer = self(step, self.iam.create_role, **call) if step else self.iam.create_role(**call)
        return name, answer["Role"]["Arn"]

    def user(self, step="create-user-response"):
        name = f"user-{self.tag}"
        self(step, self.iam.create_user, UserName=name)
        return name

    def credential(self, user):
        made = self.iam.create_service_specific_credential(UserName=user, ServiceName=SERVICE)
        return made["ServiceSpecificCredential"]["ServiceSpecificCredentialId"]


def pattern(want):
    """A recorded text as an expression: what stands in <> differs between recordings."""
    parts = re.split(r"(<[^<>]*>)", want.replace("111111111111", ACCOUNT))
    return "".join(".+" if p.startswith("<") else re.escape(p) for p in parts)


def services(name, action="sts:AssumeRole", **more):
    return {"Action": action, "Principal": {"Service": name}, "Effect": "Allow", **more}


def list_roles(path):
    return {"PathPrefix": path}


def update_assume_role_policy(c, _):
    trust = services(["ec2.amazonaws.com"], ["sts:AssumeRole"])
    name, _ = c.role("created_role", trust)
    c("updated_policy", c.iam.update_assume_role_policy, RoleName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))


def malformed_trust(c, _):
    c("invalid-json", c.iam.create_role, RoleName=f"role-{c.tag}", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": []})[:-1])


def describe_role(created, listed, got=None):
    def run(c, _):
        name, _ = c.role(created, services("ec2.amazonaws.com"), path=f"/{c.tag}/")
        if got:
            c(got, c.iam.get_role, RoleName=name)
        c(listed, c.iam.list_roles, **list_roles(f"/{c.tag}/"))
    return run


def attach(kind):
    def run(c, _):
        name = f"{kind}-{c.tag}"
        if kind == "role":
            c.role(None, services("lambda.amazonaws.com"), name=name)
            attached, who = c.iam.attach_role_policy, {"RoleName": name}
        else:
            c.iam.create_user(UserName=name)
            attached, who = c.iam.attach_user_policy, {"UserName": name}
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["lambda:ListFunctions"], "Resource": ["*"]}]}
        made = c("create_policy_response", c.iam.create_policy, PolicyName=f"policy-{c.tag}", PolicyDocument=json.dumps(policy))
        arn = made["Policy"]["Arn"]
        c("non_existent_malformed_policy_arn", attached, PolicyArn="longpolicynamebutnoarn", **who)
        c("existing_policy_name_provided", attached, PolicyArn=f"policy-{c.tag}-with-a-long-name", **who)
        c("valid_arn_not_existent", attached, PolicyArn=arn + "123", **who)
        c("valid_policy_arn", attached, PolicyArn=arn, **who)
    return run


def role_with_path(c, _):
    name, _ = c.role("create-role-response", services("lambda.amazonaws.com"), path=f"/{c.tag}/")
    c("get-role-response", c.iam.get_role, RoleName=name)
    c("delete-role-response", c.iam.delete_role, RoleName=name)


def encoded():
    target = urllib.parse.quote_plus("arn:aws:apigateway:us-east-1::/restapis/aaeeieije")
    return target, json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["apigatway:PUT"], "Resource": [f"arn:aws:apigateway:us-east-1::/tags/{target}"]}]})


def user_policy_encoding(c, _):
    name = f"user-{c.tag}"
    c.iam.create_user(UserName=name)
    c.iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=encoded()[1])
    c("get-policy-response", c.iam.get_user_policy, UserName=name, PolicyName="p")


def group_policy_encoding(c, _):
    name = f"group-{c.tag}"
    c.iam.create_group(GroupName=name)
    c.iam.put_group_policy(GroupName=name, PolicyName="p", PolicyDocument=encoded()[1])
    c("get-policy-response", c.iam.get_group_policy, GroupName=name, PolicyName="p")


def role_policy_encoding(c, _):
    target, document = encoded()
    trust = services("lambda.amazonaws.com", Condition={"StringEquals": {"aws:SourceArn": target}})
    name, _ = c.role("create-role-response", trust, path=f"/{c.tag}/")
    c.iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    c("get-policy-response", c.iam.get_role_policy, RoleName=name, PolicyName="p")
    c("get-role-response", c.iam.get_role, RoleName=name)
    c("list-roles-response", c.iam.list_roles, **list_roles(f"/{c.tag}/"))


def delete_no_policy(c, _):
    c("delete-non-existent-policy-exc", c.iam.delete_policy, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/non-existent-policy")


def credential_of_nobody(c, _):
    c("invalid-user-name-exception", c.iam.create_service_specific_credential, UserName="non-existent-user", ServiceName="codecommit.amazonaws.com")
    c("invalid-user-and-service-exception", c.iam.create_service_specific_credential, UserName="non-existent-user", ServiceName="nonexistentservice.amazonaws.com")


def credential_of_no_service(c, _):
    user = c.user()
    for step, name in (("invalid-service-exception", "nonexistentservice.amazonaws.com"), ("invalid-service-completely-malformed-exception", "o3on3n3onosneo"),
                       ("invalid-service-existing-but-unsupported-exception", "lambda.amazonaws.com")):
        c(step, c.iam.create_service_specific_credential, UserName=user, ServiceName=name)


def delete_user_with_credential(c, _):
    user = c.user()
    c.credential(user)
    c("delete-user-existing-credential", c.iam.delete_user, UserName=user)


def wrong_credential(user_name=None):
    def run(c, parameter):
        user = c.user()
        known = c.credential(user)
        who = {"UserName": user_name or user, "ServiceSpecificCredentialId": known if user_name else parameter}
        suffix = "user-name" if user_name else "id"
        c(f"update-wrong-{suffix}", c.iam.update_service_specific_credential, Status="Inactive", **who)
        c(f"reset-wrong-{suffix}", c.iam.reset_service_specific_credential, **who)
        c(f"delete-wrong-{suffix}", c.iam.delete_service_specific_credential, **who)
    return run


def invalid_update(c, _):
    user = c.user()
    c("update-invalid-status", c.iam.update_service_specific_credential, UserName=user, ServiceSpecificCredentialId=c.credential(user), Status="Invalid")


def simulate(c, kind):
    document = json.dumps({"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}})
    arn = c.iam.create_policy(PolicyName=f"policy-{c.tag}", PolicyDocument=document)["Policy"]["Arn"]
    if kind == "role":
        name, source = c.role(None, services("apigateway.amazonaws.com"))
        c.iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    elif kind == "group":
        name = f"group-{c.tag}"
        source = c.iam.create_group(GroupName=name)["Group"]["Arn"]
        c.iam.attach_group_policy(GroupName=name, PolicyArn=arn)
    else:
        name = f"user-{c.tag}"
        source = c.iam.create_user(UserName=name)["User"]["Arn"]
        c.iam.attach_user_policy(UserName=name, PolicyArn=arn)
    # OrganizationsDecisionDetail is told of accounts in an organization.
    c("response", c.iam.simulate_principal_policy, PolicySourceArn=source, ActionNames=["s3:PutObject", "s3:GetObjectVersion"],
      ResourceArns=["arn:aws:s3:::bucket"], without=("OrganizationsDecisionDetail",))


def role_with_tags(c, _):
    path = "/role-with-tags/"
    name, _ = c.role("create-role-response", services("ec2.amazonaws.com"), path=path, Tags=[{"Key": "test", "Value": "value"}])
    c("get-role-response", c.iam.get_role, RoleName=name)
    c("list-role-response", c.iam.list_roles, **list_roles(path))


def federation_token(c, _):
    c("get-federation-token", c.sts.get_federation_token, Name=f"user-{c.tag}", DurationSeconds=900)


def tagging_role(c, step, name):
    return c.role(step, {"Action": ["sts:AssumeRole", "sts:TagSession"], "Effect": "Allow", "Principal": {"AWS": ACCOUNT}}, name=name)


def assume_role(c, _):
    _, arn = c.role("create-role", {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}})
    c("assume-role", c.sts.assume_role, RoleArn=arn, RoleSessionName="session")


def assume_role_tags(c, _):
    _, arn = tagging_role(c, "role-1", f"role-{c.tag}")
    call = dict(RoleArn=arn, RoleSessionName="session")
    c("invalid-transitive-tag-keys", c.sts.assume_role, Tags=[{"Key": "A", "Value": "1"}], TransitiveTagKeys=["B"], **call)
    c("duplicate-tag-keys-different-casing", c.sts.assume_role, Tags=[{"Key": "A", "Value": "1"}, {"Key": "a", "Value": "2"}], TransitiveTagKeys=["A"], **call)


def chained_tags(c, _):
    _, first = tagging_role(c, "role-1", f"role-{c.tag}-1")
    _, second = tagging_role(c, "role-2", f"role-{c.tag}-2")
    c.iam.put_role_policy(RoleName=f"role-{c.tag}-1", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": second}]}))
    keys = c.sts.assume_role(RoleArn=first, RoleSessionName="first", Tags=[{"Key": "Team", "Value": "1"}], TransitiveTagKeys=["Team"])["Credentials"]
    chained = client("sts", c.sts.meta.endpoint_url, keys=keys)
    call = dict(RoleArn=second, RoleSessionName="second")
    c("override-transitive-tag-error", chained.assume_role, Tags=[{"Key": "Team", "Value": "2"}], **call)
    c("override-transitive-tag-case-ignore-error", chained.assume_role, Tags=[{"Key": "TEAM", "Value": "2"}], **call)


def invalid_arns(c, _):
    for step, arn in (("malformed-arn", "nothing-valid-in-here"), ("no-partition", "arn::b:::something/test-role"), ("no-service", "arn:a::::something/test-role"),
                      ("not-enough-colons", "arn:a:::something/test-role"), ("no-resource", "arn:a:a::aaaaaaaaaa:")):
        c(step, c.sts.assume_role, RoleArn=arn, RoleSessionName="Session1")
    _, arn = c.role(None, {"Action": "sts:AssumeRole", "Effect": "Allow", "Principal": {"AWS": ACCOUNT}})
    c("invalid-session-name", c.sts.assume_role, RoleArn=arn, RoleSessionName="Session1:2")


SCENARIOS = {
    "test_update_assume_role_policy": update_assume_role_policy,
    "test_create_role_with_malformed_assume_role_policy_document": malformed_trust,
    "test_list_roles_with_permission_boundary": describe_role("created_role", "list_roles_result"),
    "test_create_describe_role": describe_role("create_role_result", "list_roles_result", "get_role_result"),
    "test_role_attach_policy": attach("role"),
    "test_user_attach_policy": attach("user"),
    "test_role_with_path_lifecycle": role_with_path,
    "test_put_user_policy_encoding": user_policy_encoding,
    "test_put_group_policy_encoding": group_policy_encoding,
    "test_put_role_policy_encoding": role_policy_encoding,
    "test_delete_non_existent_policy_returns_no_such_entity": delete_no_policy,
    "test_create_service_specific_credential_invalid_user": credential_of_nobody,
    "test_create_service_specific_credential_invalid_service": credential_of_no_service,
    "test_delete_user_after_service_credential_created": delete_user_with_credential,
    "test_user_match_id_mismatch": wrong_credential(),
    "test_id_match_user_mismatch": wrong_credential("wrong-user-name"),
    "test_invalid_update_parameters": invalid_update,
    "test_simulate_principle_policy": simulate,
    "test_role_with_tags": role_with_tags,
    "test_get_federation_token": federation_token,
    "test_assume_role": assume_role,
    "test_assume_role_tag_validation": assume_role_tags,
    "test_iam_role_chaining_override_transitive_tags": chained_tags,
    "test_sts_invalid_parameters": invalid_arns,
}


def administrator(iam):
    """Keys of a user who may do everything: the root of an account may not assume roles."""
    name = "administrator-" + uuid.uuid4().hex[:8]
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
    return iam.create_access_key(UserName=name)["AccessKey"]


@pytest.mark.parametrize("service", CASES)
def test_recorded(service, endpoint):
    iam = client("iam", endpoint, parameter_validation=False)
    sts = client("sts", endpoint, keys=administrator(iam), parameter_validation=False)
    cases = recordings(service)
    assert len(cases) == CASES[service], "the recordings have changed"
    ran = compared = differ = 0
    wrong = []
    for name, steps in cases.items():
        base, _, parameter = name.removesuffix("]").partition("[")
        if name in DIFFERENT or base in DIFFERENT:
            differ += 1
            continue
        case = Case(steps, iam, sts)
        if base not in SCENARIOS:
            wrong.append(f"{name}: no scenario")
            continue
        SCENARIOS[base](case, parameter)
        ran, compared = ran + 1, compared + case.compared
        if not case.compared:
            wrong.append(f"{name}: nothing was compared")
        wrong += [f"{name}: {w}" for w in case.wrong]
    print(f"{service}: {ran} cases and {compared} answers compared, {differ} cases differ")
    assert not wrong, "\n".join(wrong)
