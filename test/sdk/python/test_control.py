"""Control plane with boto3: each operation's success, validation fault, not found, pagination, replay. Numbers are the facts of the
behaviour specification."""
import json
import re
import uuid

import pytest
from botocore.exceptions import ClientError

from conftest import MESSAGES, client

WORDS = {"wordPolicyConfig": {"wordsConfig": [{"text": "Bluewhale"}]}}


def refused(code, status, call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), response
    assert re.fullmatch(r"[0-9a-f-]{36}", response["ResponseMetadata"]["RequestId"])
    return response["Error"]["Message"]


def test_create_needs_a_policy(bedrock, name):  # 1
    assert refused("ValidationException", 400, bedrock.create_guardrail, name=name, **MESSAGES) == "Guardrail must have at least one policy"


def test_create_and_get(bedrock, make, name):  # 2, 15, 16
    made = make(description="d", contentPolicyConfig={"filtersConfig": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "LOW"}]},
                topicPolicyConfig={"topicsConfig": [{"name": "T", "definition": "D", "examples": ["E"], "type": "DENY"}]},
                sensitiveInformationPolicyConfig={"piiEntitiesConfig": [{"type": "EMAIL", "action": "BLOCK"}],
                                                  "regexesConfig": [{"name": "r", "pattern": "a+", "action": "NONE"}]},
                contextualGroundingPolicyConfig={"filtersConfig": [{"type": "GROUNDING", "threshold": 0.5}]},
                tags=[{"key": "team", "value": "blue"}], **WORDS)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 202 and made["version"] == "DRAFT"
    assert re.fullmatch("[a-z0-9]{12}", made["guardrailId"])
    assert made["guardrailArn"] == f"arn:aws:bedrock:us-east-1:123456789012:guardrail/{made['guardrailId']}"
    for identifier in (made["guardrailId"], made["guardrailArn"]):  # 18
        got = bedrock.get_guardrail(guardrailIdentifier=identifier)
        assert (got["name"], got["description"], got["version"], got["status"]) == (name, "d", "DRAFT", "READY")
        assert got["createdAt"] == made["createdAt"]
        assert got["topicPolicy"] == {"topics": [{"name": "T", "definition": "D", "examples": ["E"], "type": "DENY"}], "tier": {"tierName": "CLASSIC"}}
        assert got["contentPolicy"] == {"filters": [{"type": "HATE", "inputStrength": "HIGH", "outputStrength": "LOW"}], "tier": {"tierName": "CLASSIC"}}
        assert got["wordPolicy"]["words"] == [{"text": "Bluewhale"}]
        assert got["sensitiveInformationPolicy"] == {"piiEntities": [{"type": "EMAIL", "action": "BLOCK"}], "regexes": [{"name": "r", "pattern": "a+", "action": "NONE"}]}
        assert got["contextualGroundingPolicy"]["filters"] == [{"type": "GROUNDING", "threshold": 0.5}]
        assert not [member for member in got if member.endswith("Config")]


@pytest.mark.parametrize("change,field", [
    ({"name": "x" * 51}, "name"), ({"name": "a b"}, "name"),  # 4
    ({"topicPolicyConfig": {"topicsConfig": [{"name": f"t{i}", "definition": "d", "type": "DENY"} for i in range(31)]}}, "topicsConfig"),  # 7
    ({"topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d", "type": "DENY", "examples": ["e"] * 6}]}}, "examples"),
    ({"topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d", "type": "DENY", "examples": ["e" * 101]}]}}, "examples"),
    ({"topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d" * 201, "type": "DENY"}]}}, "definition"),
    ({"topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d", "type": "ALLOW"}]}}, "type"),  # 9
    ({"contentPolicyConfig": {"filtersConfig": [{"type": "PROMPT_ATTACK", "inputStrength": "HIGH", "outputStrength": "HIGH"}]}}, "PROMPT_ATTACK"),  # 10
    ({"sensitiveInformationPolicyConfig": {"regexesConfig": [{"name": "r", "pattern": "a" * 501, "action": "BLOCK"}]}}, "pattern"),
    ({"sensitiveInformationPolicyConfig": {"regexesConfig": [{"name": "r", "pattern": "(?=x)", "action": "BLOCK"}]}}, "look"),
    ({"contextualGroundingPolicyConfig": {"filtersConfig": [{"type": "GROUNDING", "threshold": 1.0}]}}, "threshold"),  # 12
    ({"wordPolicyConfig": {"wordsConfig": [{"text": "w"}] * 10001}}, "wordsConfig"),  # 13
    ({"wordPolicyConfig": {"wordsConfig": [{"text": "w" * 101}]}}, "text"),
    ({"topicPolicyConfig": {"topicsConfig": [{"name": "t", "definition": "d", "type": "DENY"}], "tierConfig": {"tierName": "STANDARD"}}}, ""),  # 8
])
def test_create_refuses(bedrock, name, change, field):
    message = refused("ValidationException", 400, bedrock.create_guardrail, **({"name": name} | MESSAGES | WORDS | change))
    assert field.lower() in message.lower()


def test_create_accepts_the_limits(bedrock, make, name):  # 7, 11, 12
    made = make(topicPolicyConfig={"topicsConfig": [{"name": f"t{i}", "definition": "d" * 200, "type": "DENY", "examples": ["e" * 99 + str(j) for j in range(5)]} for i in range(30)]},
                sensitiveInformationPolicyConfig={"regexesConfig": [{"name": f"r{i}", "pattern": "a" * 500, "action": "BLOCK"} for i in range(10)]},
                contextualGroundingPolicyConfig={"filtersConfig": [{"type": "GROUNDING", "threshold": 0}, {"type": "RELEVANCE", "threshold": 0.99}]})
    assert len(bedrock.get_guardrail(guardrailIdentifier=made["guardrailId"])["topicPolicy"]["topics"]) == 30


def test_regex_quota(bedrock, name):  # 11
    regexes = [{"name": f"r{i}", "pattern": "a", "action": "BLOCK"} for i in range(11)]
    message = refused("ServiceQuotaExceededException", 400, bedrock.create_guardrail, name=name, **MESSAGES, sensitiveInformationPolicyConfig={"regexesConfig": regexes})
    assert "10" in message


def test_name_is_taken(bedrock, make, name):  # 5
    make()
    message = refused("ConflictException", 400, bedrock.create_guardrail, name=name, **MESSAGES, **WORDS)
    assert message == "Another guardrail in your account already has this name."


def test_create_is_idempotent(bedrock, name):  # 6
    request = {"name": name, "clientRequestToken": uuid.uuid4().hex} | MESSAGES | WORDS
    first, again = bedrock.create_guardrail(**request), bedrock.create_guardrail(**request)
    assert first["guardrailId"] == again["guardrailId"] and first["createdAt"] == again["createdAt"]
    refused("ConflictException", 400, bedrock.create_guardrail, **request | {"description": "other"})


def test_update_replaces_the_draft(bedrock, make, name):  # 21, 22, 23
    made = make(topicPolicyConfig={"topicsConfig": [{"name": "T", "definition": "D", "type": "DENY"}]})
    version = bedrock.create_guardrail_version(guardrailIdentifier=made["guardrailId"])["version"]
    updated = bedrock.update_guardrail(guardrailIdentifier=made["guardrailId"], name=name, **MESSAGES, **WORDS)
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 202 and updated["version"] == "DRAFT" and updated["updatedAt"] > made["createdAt"]
    assert "topicPolicy" not in bedrock.get_guardrail(guardrailIdentifier=made["guardrailId"])
    assert "topicPolicy" in bedrock.get_guardrail(guardrailIdentifier=made["guardrailId"], guardrailVersion=version)
    refused("ValidationException", 400, bedrock.update_guardrail, guardrailIdentifier=made["guardrailId"], name=name, **MESSAGES)
    refused("ResourceNotFoundException", 404, bedrock.update_guardrail, guardrailIdentifier="nothere", name=name, **MESSAGES, **WORDS)


def test_versions(bedrock, make):  # 19, 20, 26
    identifier = make(description="of the draft")["guardrailId"]
    token = uuid.uuid4().hex
    create = bedrock.create_guardrail_version
    assert [create(guardrailIdentifier=identifier, description="one", clientRequestToken=token)["version"] for _ in range(2)] == ["1", "1"]
    assert create(guardrailIdentifier=identifier)["version"] == "2"
    assert bedrock.get_guardrail(guardrailIdentifier=identifier, guardrailVersion="1")["description"] == "one"
    assert bedrock.get_guardrail(guardrailIdentifier=identifier)["description"] == "of the draft"
    bedrock.delete_guardrail(guardrailIdentifier=identifier, guardrailVersion="2")
    assert create(guardrailIdentifier=identifier)["version"] == "3"
    refused("ResourceNotFoundException", 404, bedrock.get_guardrail, guardrailIdentifier=identifier, guardrailVersion="2")
    refused("ValidationException", 400, bedrock.delete_guardrail, guardrailIdentifier=identifier, guardrailVersion="DRAFT")
    refused("ResourceNotFoundException", 404, create, guardrailIdentifier="nothere")
    rows = bedrock.list_guardrails(guardrailIdentifier=identifier)["guardrails"]
    assert sorted(row["version"] for row in rows) == ["1", "3", "DRAFT"]  # 24
    assert bedrock.delete_guardrail(guardrailIdentifier=identifier)["ResponseMetadata"]["HTTPStatusCode"] == 202
    refused("ResourceNotFoundException", 404, bedrock.get_guardrail, guardrailIdentifier=identifier, guardrailVersion="1")
    refused("ResourceNotFoundException", 404, bedrock.delete_guardrail, guardrailIdentifier=identifier)


def test_list_pages(bedrock, make, name):  # 25
    mine = {make(name=f"{name}-{i}")["guardrailId"] for i in range(3)}
    pages = list(bedrock.get_paginator("list_guardrails").paginate(PaginationConfig={"PageSize": 1}))
    seen = [row["id"] for page in pages for row in page["guardrails"]]
    assert mine <= set(seen) and len(seen) == len(set(seen))
    assert all(len(page["guardrails"]) == 1 for page in pages) and "nextToken" not in pages[-1]
    for limit in (0, 1001):
        with pytest.raises(Exception):
            bedrock.list_guardrails(maxResults=limit)
    token = pages[0]["nextToken"]
    refused("ValidationException", 400, bedrock.list_guardrails, nextToken=token[:-2] + ("AA" if token[-2:] != "AA" else "BB"), maxResults=1)
    refused("ValidationException", 400, bedrock.list_guardrails, nextToken="nonsense")
    refused("ResourceNotFoundException", 404, bedrock.list_guardrails, guardrailIdentifier="nothere")


def test_tags(bedrock, make):  # 29
    arn = make(tags=[{"key": "a", "value": "1"}])["guardrailArn"]
    bedrock.tag_resource(resourceARN=arn, tags=[{"key": "b", "value": ""}, {"key": "a", "value": "2"}])
    bedrock.untag_resource(resourceARN=arn, tagKeys=["b", "none"])
    assert bedrock.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "a", "value": "2"}]
    refused("TooManyTagsException", 400, bedrock.tag_resource, resourceARN=arn, tags=[{"key": f"k{i}", "value": "v"} for i in range(51)])
    refused("ValidationException", 400, bedrock.tag_resource, resourceARN=arn, tags=[{"key": "aws:x", "value": "v"}])
    for call, more in ((bedrock.tag_resource, {"tags": []}), (bedrock.untag_resource, {"tagKeys": []}), (bedrock.list_tags_for_resource, {})):
        refused("ResourceNotFoundException", 404, call, resourceARN=arn[:-12] + "nothere", **more)
        refused("ValidationException", 400, call, resourceARN="arn:aws:x" * 3, **more)


def test_resource_policy(bedrock, make):  # 30
    arn = make()["guardrailArn"]
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::210987654321:root"}, "Action": ["bedrock:ApplyGuardrail"], "Resource": arn}]}
    put = bedrock.put_resource_policy(resourceArn=arn, resourcePolicy=json.dumps(document))
    assert put["ResponseMetadata"]["HTTPStatusCode"] == 201 and put["resourceArn"] == arn
    assert json.loads(bedrock.get_resource_policy(resourceArn=arn)["resourcePolicy"]) == document
    open_to_all = json.dumps({**document, "Statement": [{**document["Statement"][0], "Principal": "*"}]})
    refused("ValidationException", 400, bedrock.put_resource_policy, resourceArn=arn, resourcePolicy=open_to_all)
    refused("ValidationException", 400, bedrock.put_resource_policy, resourceArn=arn, resourcePolicy="{")
    bedrock.delete_resource_policy(resourceArn=arn)
    for call in (bedrock.get_resource_policy, bedrock.delete_resource_policy):
        refused("ResourceNotFoundException", 404, call, resourceArn=arn)


def test_enforced_configuration(bedrock, make):  # 28, 31
    made = make()
    identifier = made["guardrailId"]
    version = bedrock.create_guardrail_version(guardrailIdentifier=identifier)["version"]
    inference = {"guardrailIdentifier": identifier, "guardrailVersion": version, "modelEnforcement": {"includedModels": ["ALL"], "excludedModels": []}}
    put = bedrock.put_enforced_guardrail_configuration(guardrailInferenceConfig=inference)
    try:
        rows = bedrock.list_enforced_guardrails_configuration()["guardrailsConfig"]
        assert [(row["configId"], row["guardrailArn"], row["guardrailVersion"], row["owner"]) for row in rows] == [(put["configId"], made["guardrailArn"], version, "ACCOUNT")]
        assert len(list(bedrock.get_paginator("list_enforced_guardrails_configuration").paginate())) == 1
        for more in ({}, {"guardrailVersion": version}):
            refused("ResourceInUseException", 400, bedrock.delete_guardrail, guardrailIdentifier=identifier, **more)
        assert bedrock.get_guardrail(guardrailIdentifier=identifier)["status"] == "READY"
        refused("ValidationException", 400, bedrock.put_enforced_guardrail_configuration, guardrailInferenceConfig=inference | {"guardrailVersion": "DRAFT"})
        refused("ResourceNotFoundException", 404, bedrock.put_enforced_guardrail_configuration, guardrailInferenceConfig=inference | {"guardrailVersion": "99"})
    finally:
        bedrock.delete_enforced_guardrail_configuration(configId=put["configId"])
    refused("ResourceNotFoundException", 404, bedrock.delete_enforced_guardrail_configuration, configId=put["configId"])
    assert bedrock.list_enforced_guardrails_configuration()["guardrailsConfig"] == []
    bedrock.delete_guardrail(guardrailIdentifier=identifier)


def test_key_reads_back_as_arn(bedrock, endpoint, make, name):  # 17
    kms = client("kms", endpoint)
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/" + name, TargetKeyId=key["KeyId"])
    for form in ("alias/" + name, key["KeyId"], key["Arn"]):
        made = make(name=f"{name}-{len(form)}", kmsKeyId=form)
        assert bedrock.get_guardrail(guardrailIdentifier=made["guardrailId"])["kmsKeyArn"] == key["Arn"]
    message = refused("ValidationException", 400, bedrock.create_guardrail, name=name, kmsKeyId="alias/nobody-has-this", **MESSAGES, **WORDS)
    assert "kmsKeyId" in message


def test_standard_tier(bedrock, make):  # 8
    definition = {"tierConfig": {"tierName": "STANDARD"}, "topicsConfig": [{"name": "t", "definition": "d" * 1000, "type": "DENY"}]}
    made = make(topicPolicyConfig=definition, crossRegionConfig={"guardrailProfileIdentifier": "us.guardrail.v1:0"})
    got = bedrock.get_guardrail(guardrailIdentifier=made["guardrailId"])
    assert got["topicPolicy"]["tier"] == {"tierName": "STANDARD"} and got["crossRegionDetails"]["guardrailProfileId"] == "us.guardrail.v1:0"


def test_operations_that_are_not_served(bedrock):
    refused("UnknownOperationException", 404, bedrock.list_prompt_routers)
    refused("UnknownOperationException", 404, bedrock.create_model_customization_job, jobName="j", customModelName="m", roleArn="arn:aws:iam::123456789012:role/r",
            baseModelIdentifier="b", trainingDataConfig={"s3Uri": "s3://b/k"}, outputDataConfig={"s3Uri": "s3://b/o"})
