"""Groups of users: their policies count for everybody in them, at once and only while they are in."""
import json

import pytest

from test_identity import ACCOUNT, allow, deny, iam, refused, user  # noqa: F401 (fixtures)

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.fixture
def group(iam, name):  # noqa: F811
    iam.create_group(GroupName="Group-" + name)
    return "Group-" + name


def test_life_of_a_group(iam, name):  # noqa: F811
    made = iam.create_group(GroupName="Ops-" + name, Path="/a/b/")["Group"]
    assert made["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/a/b/Ops-{name}" and made["GroupId"].startswith("AGPA") and made["Path"] == "/a/b/"
    refused(iam.create_group, "EntityAlreadyExists", f"Group with name OPS-{name} already exists.", GroupName="OPS-" + name)
    refused(iam.create_group, "ValidationError", GroupName="no/slash")
    got = iam.get_group(GroupName="ops-" + name)
    assert got["Group"] == made and got["Users"] == []
    assert made in iam.list_groups(PathPrefix="/a/")["Groups"] and made not in iam.list_groups(PathPrefix="/b/")["Groups"]
    iam.update_group(GroupName="ops-" + name, NewGroupName="Other-" + name, NewPath="/c/")
    moved = iam.get_group(GroupName="Other-" + name)["Group"]
    assert moved["GroupId"] == made["GroupId"] and moved["Arn"] == f"arn:aws:iam::{ACCOUNT}:group/c/Other-{name}"
    refused(iam.get_group, "NoSuchEntity", f"The group with name ops-{name} cannot be found.", GroupName="ops-" + name)
    iam.delete_group(GroupName="Other-" + name)
    refused(iam.delete_group, "NoSuchEntity", GroupName="Other-" + name)


def test_members(iam, name, group):  # noqa: F811
    users = [f"{name}-{i}" for i in (1, 2, 3)]
    for u in users:
        iam.create_user(UserName=u)
        iam.add_user_to_group(GroupName=group, UserName=u)
    iam.add_user_to_group(GroupName=group, UserName=users[0])  # once more is no error
    assert [u["UserName"] for u in iam.get_group(GroupName=group)["Users"]] == users
    pages = list(iam.get_paginator("get_group").paginate(GroupName=group, PaginationConfig={"PageSize": 2}))
    assert [u["UserName"] for p in pages for u in p["Users"]] == users and len(pages) == 2
    assert [g["GroupName"] for g in iam.list_groups_for_user(UserName=users[0])["Groups"]] == [group]
    refused(iam.add_user_to_group, "NoSuchEntity", "The user with name nobody cannot be found.", GroupName=group, UserName="nobody")
    refused(iam.add_user_to_group, "NoSuchEntity", "The group with name none cannot be found.", GroupName="none", UserName=users[0])
    refused(iam.list_groups_for_user, "NoSuchEntity", UserName="nobody")

    first = "Cannot delete entity, must remove users from group first."
    refused(iam.delete_user, "DeleteConflict", first, UserName=users[0])
    refused(iam.delete_group, "DeleteConflict", first, GroupName=group)
    for u in users:
        iam.remove_user_from_group(GroupName=group, UserName=u)
        iam.remove_user_from_group(GroupName=group, UserName=u)  # once more is no error
        iam.delete_user(UserName=u)
    iam.delete_group(GroupName=group)


def test_quota_of_memberships(iam, user, name):  # noqa: F811
    for i in range(11):
        iam.create_group(GroupName=f"{name}-{i}")
    for i in range(10):
        iam.add_user_to_group(GroupName=f"{name}-{i}", UserName=user.name)
    refused(iam.add_user_to_group, "LimitExceeded", "Cannot exceed quota for GroupsPerUser: 10", GroupName=f"{name}-10", UserName=user.name)
    assert len(iam.list_groups_for_user(UserName=user.name)["Groups"]) == 10


def test_policies_of_a_group(iam, group):  # noqa: F811
    iam.put_group_policy(GroupName=group, PolicyName="b", PolicyDocument=allow("s3:GetObject"))
    iam.put_group_policy(GroupName=group, PolicyName="a", PolicyDocument=allow("s3:*"))
    assert iam.get_group_policy(GroupName=group, PolicyName="b")["PolicyDocument"] == json.loads(allow("s3:GetObject"))
    assert iam.list_group_policies(GroupName=group)["PolicyNames"] == ["a", "b"]
    refused(iam.put_group_policy, "MalformedPolicyDocument", GroupName=group, PolicyName="c", PolicyDocument="{}")
    refused(iam.get_group_policy, "NoSuchEntity", "The group policy with name c cannot be found.", GroupName=group, PolicyName="c")
    refused(iam.put_group_policy, "LimitExceeded", "Maximum policy size of 5120 bytes exceeded for group " + group,
            GroupName=group, PolicyName="c", PolicyDocument=allow(*[f"s3:Get{'x' * 50}{i}" for i in range(90)]))
    iam.attach_group_policy(GroupName=group, PolicyArn=ADMINISTRATOR)
    assert [p["PolicyArn"] for p in iam.list_attached_group_policies(GroupName=group)["AttachedPolicies"]] == [ADMINISTRATOR]
    assert group in [g["GroupName"] for g in iam.list_entities_for_policy(PolicyArn=ADMINISTRATOR, EntityFilter="Group")["PolicyGroups"]]
    refused(iam.attach_group_policy, "NoSuchEntity", GroupName=group, PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/none")
    refused(iam.delete_group, "DeleteConflict", "must delete policies first", GroupName=group)
    for p in "ab":
        iam.delete_group_policy(GroupName=group, PolicyName=p)
    refused(iam.delete_group, "DeleteConflict", "must detach all policies first", GroupName=group)
    iam.detach_group_policy(GroupName=group, PolicyArn=ADMINISTRATOR)
    refused(iam.detach_group_policy, "NoSuchEntity", GroupName=group, PolicyArn=ADMINISTRATOR)
    refused(iam.delete_group_policy, "NoSuchEntity", GroupName=group, PolicyName="a")
    iam.delete_group(GroupName=group)


def test_they_count_at_once(iam, user, group):  # noqa: F811
    bedrock = user("bedrock")
    nothing = "because no identity-based policy allows the bedrock:ListGuardrails action"
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=allow("bedrock:List*"))
    refused(bedrock.list_guardrails, "AccessDeniedException", nothing)
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    bedrock.list_guardrails()
    iam.put_group_policy(GroupName=group, PolicyName="no", PolicyDocument=deny("bedrock:ListGuardrails"))
    iam.attach_user_policy(UserName=user.name, PolicyArn=ADMINISTRATOR)
    refused(bedrock.list_guardrails, "AccessDeniedException", "with an explicit deny in an identity-based policy")
    iam.detach_user_policy(UserName=user.name, PolicyArn=ADMINISTRATOR)
    iam.delete_group_policy(GroupName=group, PolicyName="no")
    bedrock.list_guardrails()
    iam.remove_user_from_group(GroupName=group, UserName=user.name)
    refused(bedrock.list_guardrails, "AccessDeniedException", nothing)
    # A managed policy of a group, bounded by the user's own boundary.
    iam.attach_group_policy(GroupName=group, PolicyArn=ADMINISTRATOR)
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    bedrock.list_guardrails()
    bound = iam.create_policy(PolicyName=user.name, PolicyDocument=allow("iam:*"))["Policy"]["Arn"]
    iam.put_user_permissions_boundary(UserName=user.name, PermissionsBoundary=bound)
    refused(bedrock.list_guardrails, "AccessDeniedException", "because no permissions boundary allows")
    user("iam").list_groups()


def test_who_may_change_groups(iam, user, group):  # noqa: F811
    mine = user("iam")
    refused(mine.add_user_to_group, "AccessDenied", f"iam:AddUserToGroup on resource: arn:aws:iam::{ACCOUNT}:group/{group} because", GroupName=group, UserName=user.name)
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow(
        "iam:AddUserToGroup", resource=f"arn:aws:iam::{ACCOUNT}:group/{group}"))
    mine.add_user_to_group(GroupName=group, UserName=user.name)
    refused(mine.get_group, "AccessDenied", GroupName=group)
    only = {"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonBedrockReadOnly"}}
    iam.put_user_policy(UserName=user.name, PolicyName="p", PolicyDocument=allow("iam:AttachGroupPolicy", Condition=only))
    refused(mine.attach_group_policy, "AccessDenied", GroupName=group, PolicyArn=ADMINISTRATOR)


def test_simulation_and_details(iam, user, group):  # noqa: F811
    iam.put_group_policy(GroupName=group, PolicyName="p", PolicyDocument=allow("s3:PutObject"))
    iam.add_user_to_group(GroupName=group, UserName=user.name)
    decided = {}
    for source in (f"arn:aws:iam::{ACCOUNT}:user/{user.name}", f"arn:aws:iam::{ACCOUNT}:group/{group}"):
        answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=["s3:PutObject", "s3:GetObject"])
        decided[source] = [r["EvalDecision"] for r in answer["EvaluationResults"]]
        assert answer["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == f"group_{group}_p"
    assert list(decided.values()) == [["allowed", "implicitDeny"]] * 2, decided
    refused(iam.simulate_principal_policy, "NoSuchEntity", PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:group/none", ActionNames=["s3:PutObject"])
    refused(iam.simulate_principal_policy, "AccessDenied", PolicySourceArn=f"arn:aws:iam::999999999999:group/{group}", ActionNames=["s3:PutObject"])

    found = list(iam.get_paginator("get_account_authorization_details").paginate(Filter=["User", "Group"], PaginationConfig={"PageSize": 3}))
    mine = [u for p in found for u in p["UserDetailList"] if u["UserName"] == user.name]
    assert [u["GroupList"] for u in mine] == [[group]]
    detail, = [g for p in found for g in p["GroupDetailList"] if g["GroupName"] == group]
    assert [p["PolicyName"] for p in detail["GroupPolicyList"]] == ["p"] and detail["AttachedManagedPolicies"] == []
    assert not [r for p in found for r in p["RoleDetailList"]]
