"""Converse, InvokeModel and their streams with boto3, in front of a fake model server. Numbers are the facts of the behaviour specification."""
import json

import botocore.exceptions
import pytest

from world import MODEL, PLAIN

def text(events):
    return "".join(e["contentBlockDelta"]["delta"].get("text", "") for e in events if "contentBlockDelta" in e)


def test_converse(world, upstreams):
    out = world.converse("hi", system=[{"text": "be brief"}], inferenceConfig={"maxTokens": 9, "temperature": 0.7, "stopSequences": ["X"]})
    assert out["output"]["message"] == {"role": "assistant", "content": [{"text": "hello"}]}
    assert out["stopReason"] == "end_turn" and out["usage"] == {"inputTokens": 7, "outputTokens": 11, "totalTokens": 18}
    assert "trace" not in out and out["metrics"]["latencyMs"] >= 0
    [sent] = upstreams.asked
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["stop"]) == ("up", 9, 0.7, ["X"])
    assert sent["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}]


def test_blocked_input(world, upstreams):  # 89
    out = world.converse("Bluewhale?", world.words)
    assert out["stopReason"] == "guardrail_intervened" and out["output"]["message"]["content"] == [{"text": "no prompt"}]
    assert out["usage"]["totalTokens"] == 0 and upstreams.asked == []
    [entry] = out["trace"]["guardrail"]["inputAssessment"][world.words]["wordPolicy"]["customWords"]
    assert entry == {"match": "Bluewhale", "action": "BLOCKED", "detected": True}


def test_masks(world, upstreams):  # 91, 92
    upstreams.say = ["ask dana@exam", "ple.com"]
    out = world.converse("I am bob@example.com", world.masks)
    assert out["output"]["message"]["content"] == [{"text": "ask {EMAIL}"}] and out["stopReason"] == "guardrail_intervened"
    assert out["trace"]["guardrail"]["actionReason"] == "Guardrail masked."
    assert upstreams.asked[0]["messages"][0]["content"] == "I am {EMAIL}"
    assert text(world.stream("hi", world.masks)) == "ask {EMAIL}"


def test_stream(world, upstreams):  # 99, 101
    upstreams.say = ["It is Blue", "whale."]
    events = world.stream("hi", world.words)
    assert [next(iter(e)) for e in events] == ["messageStart", "contentBlockDelta", "contentBlockStop", "messageStop", "metadata"]
    assert text(events) == "no answer" and events[3]["messageStop"]["stopReason"] == "guardrail_intervened"
    guardrail = events[4]["metadata"]["trace"]["guardrail"]
    assert guardrail["modelOutput"] == ["It is Bluewhale."] and guardrail["outputAssessments"][world.words][0]["wordPolicy"]
    assert text(world.stream("hi")) == "It is Bluewhale."


def test_tools(world, upstreams):
    upstreams.tool = ("weather", '{"city": "Köln"}')
    tools = {"tools": [{"toolSpec": {"name": "weather", "inputSchema": {"json": {"type": "object", "properties": {"city": {"type": "string"}}}}}}]}
    out = world.converse("weather?", world.words, toolConfig=tools)
    [block] = out["output"]["message"]["content"]
    assert block["toolUse"] == {"toolUseId": "call_1", "name": "weather", "input": {"city": "Köln"}} and out["stopReason"] == "tool_use"
    events = world.stream("weather?", world.words, toolConfig=tools)
    assert events[1]["contentBlockStart"]["start"]["toolUse"] == {"toolUseId": "call_1", "name": "weather"}
    assert json.loads(events[2]["contentBlockDelta"]["delta"]["toolUse"]["input"]) == {"city": "Köln"}
    upstreams.tool = None
    history = [{"role": "user", "content": [{"text": "weather?"}]}, out["output"]["message"],
               {"role": "user", "content": [{"toolResult": {"toolUseId": "call_1", "content": [{"json": {"sky": "Bluewhale"}}]}}]}]
    assert world.converse("", world.words, messages=history)["stopReason"] == "guardrail_intervened"
    assert world.converse("", messages=history)["stopReason"] == "end_turn"
    assert [m["role"] for m in upstreams.asked[-1]["messages"]] == ["user", "assistant", "tool"]


def test_invoke_model(world, upstreams):  # 79, 81, 88
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "messages": [{"role": "user", "content": "Bluewhale"}]})
    out = json.loads(world.runtime.invoke_model(modelId=MODEL, body=body)["body"].read())
    assert out["content"] == [{"type": "text", "text": "hello"}] and "amazon-bedrock-guardrailAction" not in out
    guarded = {"modelId": MODEL, "body": body, "guardrailIdentifier": world.words, "guardrailVersion": "DRAFT", "trace": "ENABLED"}
    out = json.loads(world.runtime.invoke_model(**guarded)["body"].read())
    assert out["amazon-bedrock-guardrailAction"] == "INTERVENED" and out["content"][0]["text"] == "no prompt"
    assert out["amazon-bedrock-trace"]["guardrail"]["input"][world.words]["wordPolicy"]
    chunks = [json.loads(e["chunk"]["bytes"]) for e in world.runtime.invoke_model_with_response_stream(**guarded)["body"]]
    assert [c["type"] for c in chunks] == ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop"]
    assert [c.get("amazon-bedrock-guardrailAction") for c in chunks] == [None] * 5 + ["INTERVENED"]


@pytest.mark.parametrize("status, code", [(429, "ThrottlingException"), (500, "ModelErrorException"), (503, "ServiceUnavailableException"), (504, "ModelTimeoutException")])
def test_faults(world, upstreams, status, code):
    upstreams.fail = status
    for call in (world.converse, world.stream):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call("hi")
        assert caught.value.response["Error"]["Code"] == code


def test_count_tokens(world, upstreams):
    messages = [{"role": "user", "content": [{"text": "How many?"}]}]
    counted = world.runtime.count_tokens(modelId=MODEL, input={"converse": {"messages": messages, "system": [{"text": "be brief"}]}})["inputTokens"]
    assert counted == len(json.dumps(upstreams.asked[-1]["messages"])) and [m["role"] for m in upstreams.asked[-1]["messages"]] == ["system", "user"]
    body = {"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "system": "be brief", "messages": [{"role": "user", "content": "How many?"}]}
    assert world.runtime.count_tokens(modelId=MODEL, input={"invokeModel": {"body": json.dumps(body)}})["inputTokens"] == counted
    for wrong, message in ((PLAIN, "doesn't support counting tokens"), ("nobody.knows-v1", "model identifier is invalid")):
        with pytest.raises(world.runtime.exceptions.ValidationException, match=message):
            world.runtime.count_tokens(modelId=wrong, input={"converse": {"messages": messages}})


def test_async_invoke(world):
    with pytest.raises(world.runtime.exceptions.ValidationException, match="asynchronous"):
        world.runtime.start_async_invoke(modelId=MODEL, modelInput={"a": 1}, outputDataConfig={"s3OutputDataConfig": {"s3Uri": "s3://bucket/x"}})
    assert world.runtime.list_async_invokes()["asyncInvokeSummaries"] == []
    with pytest.raises(world.runtime.exceptions.ValidationException, match="does not exist"):
        world.runtime.get_async_invoke(invocationArn="arn:aws:bedrock:us-east-1:123456789012:async-invoke/abcdefghij12")
