"""IAM, STS and API keys: who may do what, seen by boto3 and the AWS CLI."""
import base64
import json
import os
import pathlib
import subprocess
import sys
import time
import urllib.request

import boto3
import botocore.auth
import botocore.awsrequest
import botocore.config
import botocore.credentials
import botocore.exceptions
import pytest

from conftest import client

ACCOUNT = "123456789012"


def allow(*actions, resource="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}]})


def deny(*actions, resource="*", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": list(actions), "Resource": resource, **more}]})


def trust(principal, action="sts:AssumeRole", **more):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": principal, "Action": action, **more}]})


@pytest.fixture(scope="session")
def iam(endpoint):
    return client("iam", endpoint)


@pytest.fixture(scope="session")
def sts(endpoint):
    return client("sts", endpoint)


def using(endpoint, service, key, secret, token=None):
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret,
                        aws_session_token=token, config=botocore.config.Config(retries={"max_attempts": 1}))


def as_session(endpoint, service, credentials):
    return using(endpoint, service, credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"])


@pytest.fixture
def user(iam, endpoint, name):
    """A user with a key, and clients that are it."""
    iam.create_user(UserName=name, Tags=[{"Key": "team", "Value": "red"}])
    key = iam.create_access_key(UserName=name)["AccessKey"]

    def be(service):
        return using(endpoint, service, key["AccessKeyId"], key["SecretAccessKey"])
    be.name, be.key = name, key
    return be


def refused(call, code, *parts, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as e:
        call(**arguments)
    error = e.value.response["Error"]
    assert error["Code"] == code, error
    for part in parts:
        assert part in error["Message"], error
    return e.value.response


def test_who_am_i(sts, user):
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:root"
    me = user("sts").get_caller_identity()
    assert me["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/{user.name}" and me["UserId"].startswith("AIDA") and me["Account"] == ACCOUNT
    assert sts.get_access_key_info(AccessKeyId=user.key["AccessKeyId"])["Account"] == ACCOUNT


def test_policies_count_at_once(iam, user):
    bedrock = user("bedrock")
    refused(bedrock.list_guardrails, "AccessDeniedException", f"User: arn:aws:iam::{ACCOUNT}:user/{user.name} is not authorized to perform: bedrock:ListGuardrails",
            "because no identity-based policy allows the bedrock:ListGuardrails action")
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("bedrock:List*"))
    bedrock.list_guardrails()
    iam.put_user_policy(UserName=user.name, PolicyName="no", PolicyDocument=deny("bedrock:ListGuardrails"))
    refused(bedrock.list_guardrails, "AccessDeniedException", "with an explicit deny in an identity-based policy")
    iam.delete_user_policy(UserName=user.name, PolicyName="no")
    bedrock.list_guardrails()
    iam.update_access_key(UserName=user.name, AccessKeyId=user.key["AccessKeyId"], Status="Inactive")
    refused(bedrock.list_guardrails, "UnrecognizedClientException")
    refused(user("sts").get_caller_identity, "InvalidClientTokenId")
    iam.update_access_key(UserName=user.name, AccessKeyId=user.key["AccessKeyId"], Status="Active")
    bedrock.list_guardrails()
    iam.delete_access_key(UserName=user.name, AccessKeyId=user.key["AccessKeyId"])
    refused(bedrock.list_guardrails, "UnrecognizedClientException")


def test_boundary(iam, user):
    iam.attach_user_policy(UserName=user.name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    user("bedrock").list_guardrails()
    user("iam").list_users()
    arn = iam.create_policy(PolicyName=user.name, PolicyDocument=allow("iam:*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=arn)
    refused(user("bedrock").list_guardrails, "AccessDeniedException", "because no permissions boundary allows")
    user("iam").list_users()
    assert iam.get_user(UserName=user.name)["User"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    refused(iam.delete_policy, "DeleteConflict", PolicyArn=arn)


def test_conditions(iam, user, make, bedrock):
    arn = make(tags=[{"key": "team", "value": "red"}])["guardrailArn"]
    other = make(name=user.name + "-o", tags=[{"key": "team", "value": "blue"}])["guardrailArn"]
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow(
        "bedrock:GetGuardrail", Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}, "IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}))
    mine = user("bedrock")
    mine.get_guardrail(guardrailIdentifier=arn)
    refused(mine.get_guardrail, "AccessDeniedException", guardrailIdentifier=other)
    bedrock.tag_resource(resourceARN=other, tags=[{"key": "team", "value": "red"}])
    mine.get_guardrail(guardrailIdentifier=other)
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow(
        "bedrock:CreateGuardrail", "bedrock:TagResource", Condition={"StringEquals": {"aws:RequestTag/team": "red"}}))
    body = {"blockedInputMessaging": "no", "blockedOutputsMessaging": "no", "wordPolicyConfig": {"wordsConfig": [{"text": "x"}]}}
    refused(mine.create_guardrail, "AccessDeniedException", name=user.name + "-a", **body)
    refused(mine.create_guardrail, "AccessDeniedException", name=user.name + "-a", tags=[{"key": "team", "value": "blue"}], **body)
    mine.create_guardrail(name=user.name + "-a", tags=[{"key": "team", "value": "red"}], **body)


def test_assume_role(iam, sts, user, endpoint, name):
    role = iam.create_role(RoleName=name + "-r", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}, Condition={"StringEquals": {"sts:ExternalId": "x1"}}))["Role"]
    iam.put_role_policy(RoleName=name + "-r", PolicyName="p", PolicyDocument=allow("bedrock:*"))
    me = user("sts")
    ask = {"RoleArn": role["Arn"], "RoleSessionName": "s1", "ExternalId": "x1"}
    missing = refused(me.assume_role, "AccessDenied", "is not authorized to perform: sts:AssumeRole on resource: " + role["Arn"], **ask)
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("sts:AssumeRole"))
    absent = refused(me.assume_role, "AccessDenied", **{**ask, "RoleArn": role["Arn"] + "x"})
    assert absent["Error"]["Message"] == missing["Error"]["Message"].replace(role["Arn"], role["Arn"] + "x")
    made = me.assume_role(**ask)
    assert made["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}-r/s1"
    assert made["AssumedRoleUser"]["AssumedRoleId"] == role["RoleId"] + ":s1"
    refused(me.assume_role, "AccessDenied", **{**ask, "ExternalId": "x2"})
    refused(me.assume_role, "ValidationError", **ask, DurationSeconds=7200)
    session = as_session(endpoint, "bedrock", made["Credentials"])
    session.list_guardrails()
    refused(as_session(endpoint, "iam", made["Credentials"]).list_users, "AccessDenied", f"assumed-role/{name}-r/s1")
    limited = me.assume_role(**ask, Policy=allow("bedrock:GetGuardrail"))
    refused(as_session(endpoint, "bedrock", limited["Credentials"]).list_guardrails, "AccessDeniedException", "because no session policy allows")
    tampered = dict(made["Credentials"], SessionToken=limited["Credentials"]["SessionToken"])
    refused(as_session(endpoint, "bedrock", tampered).list_guardrails, "UnrecognizedClientException")
    token = made["Credentials"]["SessionToken"]
    flipped = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
    refused(as_session(endpoint, "bedrock", dict(made["Credentials"], SessionToken=flipped)).list_guardrails, "UnrecognizedClientException")
    # Revoked by age, as the console's button does it.
    iam.put_role_policy(RoleName=name + "-r", PolicyName="AWSRevokeOlderSessions", PolicyDocument=deny(
        "*", Condition={"DateLessThan": {"aws:TokenIssueTime": "2099-01-01T00:00:00Z"}}))
    refused(session.list_guardrails, "AccessDeniedException", "explicit deny")
    iam.delete_role_policy(RoleName=name + "-r", PolicyName="AWSRevokeOlderSessions")
    session.list_guardrails()
    iam.delete_role_policy(RoleName=name + "-r", PolicyName="p")
    iam.delete_role(RoleName=name + "-r")
    refused(session.list_guardrails, "UnrecognizedClientException")
    again = iam.create_role(RoleName=name + "-r", AssumeRolePolicyDocument=trust({"AWS": ACCOUNT}))["Role"]
    assert again["Arn"] == role["Arn"] and again["RoleId"] != role["RoleId"]
    refused(session.list_guardrails, "UnrecognizedClientException")


def test_chain_and_tags(iam, user, endpoint, name):
    both = ["sts:AssumeRole", "sts:TagSession"]
    first = iam.create_role(RoleName=name + "-1", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user.name}"}, both))["Role"]["Arn"]
    second = iam.create_role(RoleName=name + "-2", MaxSessionDuration=43200, AssumeRolePolicyDocument=trust(
        {"AWS": first}, both, Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}}))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name + "-1", PolicyName="p", PolicyDocument=allow("sts:*"))
    me = user("sts")
    refused(me.assume_role, "InvalidParameterValue", "transitive tag key must be included", RoleArn=first, RoleSessionName="s1", TransitiveTagKeys=["team"])
    one = me.assume_role(RoleArn=first, RoleSessionName="s1", Tags=[{"Key": "team", "Value": "red"}], TransitiveTagKeys=["team"])
    assert one["PackedPolicySize"] >= 1
    plain = me.assume_role(RoleArn=first, RoleSessionName="s1")
    ask = {"RoleArn": second, "RoleSessionName": "s2"}
    refused(as_session(endpoint, "sts", plain["Credentials"]).assume_role, "AccessDenied", **ask)
    chained = as_session(endpoint, "sts", one["Credentials"])
    refused(chained.assume_role, "ValidationError", "role chaining", **ask, DurationSeconds=7200)
    refused(chained.assume_role, "InvalidParameterValue", "conflicts with a transitive tag key", **ask, Tags=[{"Key": "Team", "Value": "blue"}])
    two = chained.assume_role(**ask)
    assert as_session(endpoint, "sts", two["Credentials"]).get_caller_identity()["Arn"].endswith(f"assumed-role/{name}-2/s2")


def test_own_sessions(iam, user, endpoint):
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("bedrock:*", "sts:GetFederationToken", "iam:*"))
    token = user("sts").get_session_token()["Credentials"]
    as_session(endpoint, "bedrock", token).list_guardrails()
    refused(as_session(endpoint, "iam", token).list_users, "AccessDenied")
    refused(as_session(endpoint, "sts", token).get_session_token, "AccessDenied")
    nothing = user("sts").get_federation_token(Name="fred")
    assert nothing["FederatedUser"] == {"FederatedUserId": f"{ACCOUNT}:fred", "Arn": f"arn:aws:sts::{ACCOUNT}:federated-user/fred"}
    refused(as_session(endpoint, "bedrock", nothing["Credentials"]).list_guardrails, "AccessDeniedException")
    some = user("sts").get_federation_token(Name="fred", Policy=allow("bedrock:List*"))["Credentials"]
    as_session(endpoint, "bedrock", some).list_guardrails()
    refused(as_session(endpoint, "bedrock", some).get_guardrail, "AccessDeniedException", guardrailIdentifier="abc")
    iam.update_access_key(UserName=user.name, AccessKeyId=user.key["AccessKeyId"], Status="Inactive")
    refused(as_session(endpoint, "bedrock", token).list_guardrails, "UnrecognizedClientException")
    refused(as_session(endpoint, "bedrock", some).list_guardrails, "UnrecognizedClientException")


def list_with_key(endpoint, key):
    request = urllib.request.Request(endpoint + "/guardrails", headers={"Authorization": "Bearer " + key})
    try:
        return urllib.request.urlopen(request).status, ""
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()


def short_term(key, secret, token=None, region="us-east-1", expires=3600):
    """A short-term key as AWS's generator makes it."""
    request = botocore.awsrequest.AWSRequest(method="POST", url="https://bedrock.amazonaws.com/", headers={"host": "bedrock.amazonaws.com"},
                                             params={"Action": "CallWithBearerToken"})
    botocore.auth.SigV4QueryAuth(botocore.credentials.Credentials(key, secret, token), "bedrock", region, expires).add_auth(request)
    text = request.url.replace("https://", "") + "&Version=1"
    return "bedrock-api-key-" + base64.b64encode(text.encode()).decode()


def test_long_term_api_key(iam, user, endpoint):
    made = iam.create_service_specific_credential(UserName=user.name, ServiceName="bedrock.amazonaws.com", CredentialAgeDays=1)["ServiceSpecificCredential"]
    key = made["ServiceCredentialSecret"]
    assert key.startswith("ABSK") and made["ServiceCredentialAlias"] == f"{user.name}-at-{ACCOUNT}"
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("bedrock:ListGuardrails"))
    status, body = list_with_key(endpoint, key)
    assert status == 403 and "bedrock:CallWithBearerToken" in body
    iam.attach_user_policy(UserName=user.name, PolicyArn="arn:aws:iam::aws:policy/AmazonBedrockLimitedAccess")
    assert list_with_key(endpoint, key)[0] == 200
    os.environ["AWS_BEARER_TOKEN_BEDROCK"] = key
    try:
        with pytest.raises(botocore.exceptions.InvalidEndpointConfigurationError):  # boto3 keeps a key off plain HTTP since 1.44: see test_tls.py
            boto3.session.Session().client("bedrock", endpoint_url=endpoint, region_name="us-east-1").list_guardrails()
    finally:
        del os.environ["AWS_BEARER_TOKEN_BEDROCK"]
    assert list_with_key(endpoint, key[:-8] + "AAAAAAA=")[0] == 403
    iam.put_user_policy(UserName=user.name, PolicyName="no", PolicyDocument=deny(
        "bedrock:CallWithBearerToken", Condition={"StringEquals": {"bedrock:BearerTokenType": "LONG_TERM"}}))
    assert list_with_key(endpoint, key)[0] == 403
    assert list_with_key(endpoint, short_term(user.key["AccessKeyId"], user.key["SecretAccessKey"]))[0] == 200
    iam.delete_user_policy(UserName=user.name, PolicyName="no")
    other = iam.reset_service_specific_credential(UserName=user.name, ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"])
    assert list_with_key(endpoint, key)[0] == 403
    key = other["ServiceSpecificCredential"]["ServiceCredentialSecret"]
    assert list_with_key(endpoint, key)[0] == 200
    iam.update_service_specific_credential(UserName=user.name, ServiceSpecificCredentialId=made["ServiceSpecificCredentialId"], Status="Inactive")
    assert list_with_key(endpoint, key)[0] == 403


def test_short_term_api_key(iam, sts, user, endpoint, name):
    iam.attach_user_policy(UserName=user.name, PolicyArn="arn:aws:iam::aws:policy/AmazonBedrockLimitedAccess")
    key, secret = user.key["AccessKeyId"], user.key["SecretAccessKey"]
    assert list_with_key(endpoint, short_term(key, secret))[0] == 200
    assert list_with_key(endpoint, short_term("test", "test"))[0] == 200
    assert list_with_key(endpoint, short_term(key, "wrong"))[0] == 403
    assert list_with_key(endpoint, short_term(key, secret)[:-20])[0] == 403
    assert list_with_key(endpoint, "nonsense")[0] == 403
    old = short_term(key, secret, expires=1)
    time.sleep(2.1)
    status, body = list_with_key(endpoint, old)
    assert status == 403 and "expired" in body
    role = iam.create_role(RoleName=name + "-r", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user.name}"}))["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name + "-r", PolicyArn="arn:aws:iam::aws:policy/AmazonBedrockFullAccess")
    c = user("sts").assume_role(RoleArn=role, RoleSessionName="s1")["Credentials"]
    assert list_with_key(endpoint, short_term(c["AccessKeyId"], c["SecretAccessKey"], c["SessionToken"]))[0] == 200
    # An API key is no signature for other services.
    request = urllib.request.Request(endpoint + "/", data=b"Action=ListUsers&Version=2010-05-08", headers={
        "Authorization": "Bearer " + short_term("test", "test"), "Content-Type": "application/x-www-form-urlencoded"})
    with pytest.raises(urllib.error.HTTPError) as e:
        urllib.request.urlopen(request)
    assert e.value.code in (403, 404)


def test_policy_versions_and_pages(iam, name):
    arn = iam.create_policy(PolicyName=name, PolicyDocument=allow("s3:Get*"), Path="/a/")["Policy"]["Arn"]
    assert arn == f"arn:aws:iam::{ACCOUNT}:policy/a/{name}"
    for n in range(2, 6):
        made = iam.create_policy_version(PolicyArn=arn, PolicyDocument=allow(f"s3:V{n}"), SetAsDefault=n == 3)
        assert made["PolicyVersion"]["VersionId"] == f"v{n}"
    refused(iam.create_policy_version, "LimitExceeded", PolicyArn=arn, PolicyDocument=allow("s3:x"))
    assert iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v3"
    assert iam.get_policy_version(PolicyArn=arn, VersionId="v3")["PolicyVersion"]["Document"]["Statement"][0]["Action"] == ["s3:V3"]
    seen = [v["VersionId"] for page in iam.get_paginator("list_policy_versions").paginate(PolicyArn=arn, PaginationConfig={"PageSize": 2}) for v in page["Versions"]]
    assert seen == ["v5", "v4", "v3", "v2", "v1"]
    refused(iam.delete_policy_version, "DeleteConflict", PolicyArn=arn, VersionId="v3")
    refused(iam.delete_policy, "DeleteConflict", PolicyArn=arn)
    for n in (1, 2, 4, 5):
        iam.delete_policy_version(PolicyArn=arn, VersionId=f"v{n}")
    names = [f"{name}-{i}" for i in range(5)]
    for n in names:
        iam.create_role(RoleName=n, Path="/p/" + name + "/", AssumeRolePolicyDocument=trust({"Service": "bedrock.amazonaws.com"}))
    pages = list(iam.get_paginator("list_roles").paginate(PathPrefix="/p/" + name + "/", PaginationConfig={"PageSize": 2}))
    assert [len(p["Roles"]) for p in pages] == [2, 2, 1]
    assert [r["RoleName"] for p in pages for r in p["Roles"]] == names
    iam.attach_role_policy(RoleName=names[0], PolicyArn=arn)
    assert [r["RoleName"] for r in iam.list_entities_for_policy(PolicyArn=arn)["PolicyRoles"]] == [names[0]]
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    mine = next(d for d in details if d["RoleName"] == names[0])
    assert mine["AttachedManagedPolicies"] == [{"PolicyName": name, "PolicyArn": arn}]
    assert mine["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"Service": "bedrock.amazonaws.com"}


def test_simulate(iam, user):
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("bedrock:Get*", Condition={"StringEquals": {"aws:RequestedRegion": "us-east-1"}}))
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user.name}"
    out = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["bedrock:GetGuardrail", "bedrock:DeleteGuardrail"])["EvaluationResults"]
    assert [r["EvalDecision"] for r in out] == ["implicitDeny", "implicitDeny"] and out[0]["MissingContextValues"] == ["aws:RequestedRegion"]
    out = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["bedrock:GetGuardrail"], ContextEntries=[
        {"ContextKeyName": "aws:RequestedRegion", "ContextKeyValues": ["us-east-1"], "ContextKeyType": "string"}])["EvaluationResults"][0]
    assert out["EvalDecision"] == "allowed" and out["MatchedStatements"][0]["SourcePolicyId"] == f"user_{user.name}_p"
    out = iam.simulate_custom_policy(PolicyInputList=[allow("s3:*"), deny("s3:Put*")], ActionNames=["s3:PutObject"], ResourceArns=["arn:aws:s3:::b/x"])
    assert out["EvaluationResults"][0]["EvalDecision"] == "explicitDeny"


def test_errors(iam, user, name):
    refused(iam.create_user, "EntityAlreadyExists", UserName=user.name.upper())
    refused(iam.get_user, "NoSuchEntity", "cannot be found", UserName="nobody")
    refused(iam.delete_user, "DeleteConflict", "must delete access keys first", UserName=user.name)
    refused(iam.put_user_policy, "MalformedPolicyDocument", UserName=user.name, PolicyName="p", PolicyDocument='{"Version":"2012-10-17"')
    refused(iam.create_role, "MalformedPolicyDocument", RoleName=name + "-r", AssumeRolePolicyDocument=allow("sts:AssumeRole"))
    refused(iam.attach_user_policy, "NoSuchEntity", "does not exist or is not attachable", UserName=user.name, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/none")
    iam.create_access_key(UserName=user.name)
    refused(iam.create_access_key, "LimitExceeded", UserName=user.name)
    last = iam.get_access_key_last_used(AccessKeyId=user.key["AccessKeyId"])
    assert last["UserName"] == user.name and last["AccessKeyLastUsed"]["ServiceName"] == "N/A"
    user("sts").get_caller_identity()
    assert iam.get_access_key_last_used(AccessKeyId=user.key["AccessKeyId"])["AccessKeyLastUsed"]["ServiceName"] == "sts"


def test_cli_profile_with_role(iam, user, endpoint, name, tmp_path):
    role = iam.create_role(RoleName=name + "-r", AssumeRolePolicyDocument=trust({"AWS": f"arn:aws:iam::{ACCOUNT}:user/{user.name}"}))["Role"]["Arn"]
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "credentials").write_text(f"[base]\naws_access_key_id = {user.key['AccessKeyId']}\naws_secret_access_key = {user.key['SecretAccessKey']}\n")
    (folder / "config").write_text(f"[profile base]\nregion = us-east-1\n[profile worker]\nregion = us-east-1\nrole_arn = {role}\nsource_profile = base\nrole_session_name = cli\n")
    cli = pathlib.Path(sys.executable).with_name("aws")
    done = subprocess.run([cli, "sts", "get-caller-identity", "--profile", "worker", "--output", "json"], capture_output=True, text=True,
                          env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "AWS_ENDPOINT_URL": endpoint})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}-r/cli"
