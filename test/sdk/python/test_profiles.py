"""Inference profiles with boto3: made, listed, tagged, called through, and what IAM says of them."""
import json

import botocore.exceptions
import pytest

from conftest import client
from test_identity import allow
from world import MODEL, PLAIN

REGION, ACCOUNT = "us-east-1", "123456789012"
MODEL_ARN = f"arn:aws:bedrock:{REGION}::foundation-model/{MODEL}"


def ask(runtime, model, **more):
    return runtime.converse(modelId=model, messages=[{"role": "user", "content": [{"text": "hi"}]}], **more)["output"]["message"]["content"][0]["text"]


def everything(bedrock, **filters):
    return [p for page in bedrock.get_paginator("list_inference_profiles").paginate(**filters) for p in page["inferenceProfileSummaries"]]


def test_lifecycle(world):
    b = world.bedrock
    make = lambda **more: b.create_inference_profile(
        inferenceProfileName="team a", description="for a", clientRequestToken="t1", modelSource={"copyFrom": MODEL_ARN}, **more)
    made = make(tags=[{"key": "team", "value": "a"}])
    arn = made["inferenceProfileArn"]
    assert made["status"] == "ACTIVE" and arn.startswith(f"arn:aws:bedrock:{REGION}:{ACCOUNT}:application-inference-profile/")
    assert make()["inferenceProfileArn"] == arn  # the same token
    with pytest.raises(b.exceptions.ConflictException):
        b.create_inference_profile(inferenceProfileName="b", clientRequestToken="t1", modelSource={"copyFrom": MODEL_ARN})
    shown = b.get_inference_profile(inferenceProfileIdentifier=arn)
    assert (shown["inferenceProfileName"], shown["description"], shown["type"], shown["models"]) == ("team a", "for a", "APPLICATION", [{"modelArn": MODEL_ARN}])
    assert b.get_inference_profile(inferenceProfileIdentifier=shown["inferenceProfileId"])["inferenceProfileArn"] == arn
    assert [p["inferenceProfileArn"] for p in everything(b, typeEquals="APPLICATION")] == [arn]
    paged = everything(b, PaginationConfig={"PageSize": 1})
    assert len(paged) == len({p["inferenceProfileArn"] for p in paged}) == 7  # us and global of two models and of merlon.small-lm-v1, and this one
    b.tag_resource(resourceARN=arn, tags=[{"key": "cost", "value": "1"}])
    assert {t["key"] for t in b.list_tags_for_resource(resourceARN=arn)["tags"]} == {"team", "cost"}
    b.untag_resource(resourceARN=arn, tagKeys=["cost"])
    assert b.list_tags_for_resource(resourceARN=arn)["tags"] == [{"key": "team", "value": "a"}]
    assert ask(world.runtime, arn) == "hello"
    b.delete_inference_profile(inferenceProfileIdentifier=arn)
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        b.get_inference_profile(inferenceProfileIdentifier=arn)
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        b.delete_inference_profile(inferenceProfileIdentifier=arn)
    with pytest.raises(botocore.exceptions.ClientError) as gone:
        ask(world.runtime, arn)
    assert gone.value.response["Error"]["Code"] == "ResourceNotFoundException"


def test_of_the_system(world, upstreams):
    b = world.bedrock
    ids = {p["inferenceProfileId"] for p in everything(b, typeEquals="SYSTEM_DEFINED")}
    assert ids == {f"{g}.{m}" for g in ("us", "global") for m in (MODEL, PLAIN, "merlon.small-lm-v1")}
    shown = b.get_inference_profile(inferenceProfileIdentifier="us." + MODEL)
    assert shown["inferenceProfileArn"] == f"arn:aws:bedrock:{REGION}:{ACCOUNT}:inference-profile/us.{MODEL}" and shown["type"] == "SYSTEM_DEFINED"
    for name in ("us." + MODEL, "global." + MODEL, shown["inferenceProfileArn"]):
        assert ask(world.runtime, name) == "hello" and upstreams.asked[-1]["model"] == "up"
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}
    out = json.loads(world.runtime.invoke_model(modelId="us." + MODEL, body=json.dumps(body))["body"].read())
    assert out["content"] == [{"type": "text", "text": "hello"}]
    copy = b.create_inference_profile(inferenceProfileName="c", modelSource={"copyFrom": shown["inferenceProfileArn"]})["inferenceProfileArn"]
    out = json.loads(world.runtime.invoke_model(modelId=copy, body=json.dumps(body))["body"].read())
    assert out["content"] == [{"type": "text", "text": "hello"}]
    b.delete_inference_profile(inferenceProfileIdentifier=copy)
    with pytest.raises(b.exceptions.ValidationException):
        b.delete_inference_profile(inferenceProfileIdentifier="us." + MODEL)
    with pytest.raises(b.exceptions.ResourceNotFoundException):
        b.get_inference_profile(inferenceProfileIdentifier="eu." + MODEL)
    with pytest.raises(world.runtime.exceptions.ValidationException):
        ask(world.runtime, "eu." + MODEL)


def test_rights(world):
    iam = client("iam", world.endpoint)
    iam.create_user(UserName="profiled")
    key = iam.create_access_key(UserName="profiled")["AccessKey"]
    import boto3
    runtime = boto3.client("bedrock-runtime", endpoint_url=world.endpoint, region_name=REGION, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    arn = world.bedrock.create_inference_profile(inferenceProfileName="d", modelSource={"copyFrom": MODEL_ARN}, tags=[{"key": "team", "value": "d"}])["inferenceProfileArn"]

    def may(*statements):
        document = {"Version": "2012-10-17", "Statement": [s for text in statements for s in json.loads(text)["Statement"]]}
        iam.put_user_policy(UserName="profiled", PolicyName="p", PolicyDocument=json.dumps(document))

    def refused(model):
        with pytest.raises(runtime.exceptions.AccessDeniedException) as denied:
            ask(runtime, model)
        return denied.value.response["Error"]["Message"]

    may(allow("bedrock:InvokeModel", resource=arn))
    assert MODEL_ARN in refused(arn)  # the profile alone does not do
    only = {"StringLike": {"bedrock:InferenceProfileArn": arn}}
    may(allow("bedrock:InvokeModel", resource=arn), allow("bedrock:InvokeModel", resource=MODEL_ARN, Condition=only))
    assert ask(runtime, arn) == "hello"
    assert MODEL_ARN in refused(MODEL) and "inference-profile/us." in refused("us." + MODEL)
    may(allow("bedrock:InvokeModel", resource=MODEL_ARN), allow("bedrock:InvokeModel", Condition={"StringEquals": {"aws:ResourceTag/team": "d"}}))
    assert ask(runtime, arn) == "hello"
    may(allow("bedrock:InvokeModel", resource=MODEL_ARN), allow("bedrock:InvokeModel", Condition={"StringEquals": {"aws:ResourceTag/team": "e"}}))
    assert arn in refused(arn)
    world.bedrock.delete_inference_profile(inferenceProfileIdentifier=arn)
