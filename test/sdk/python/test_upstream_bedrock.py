"""One server in front of another: the first calls the second as it would call Amazon Bedrock. boto3 talks to the first."""
import json
import os
import subprocess

import botocore.exceptions
import pytest

from conftest import MESSAGES, ROOT, client
from test_identity import short_term
from world import EMAIL, MODEL

OTHERS = {"key": "anthropic.by-api-key-v1:0", "wrong": "anthropic.wrong-secret-v1:0", "unknown": "anthropic.unknown-upstream-v1:0"}


@pytest.fixture(scope="module")
def front(tmp_path_factory, worlds):
    """A server whose models are those of worlds, reached with credentials from the environment, from a file and with an API key."""
    folder = tmp_path_factory.mktemp("front")
    def secret(name, text):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
        return str(folder / name)
    there = {"provider": "bedrock", "region": "us-east-1", "base_url": worlds.endpoint, "upstream_model": MODEL, "attempts": 1}
    wrong = "[default]\naws_access_key_id = test\naws_secret_access_key = wrong\n"
    (folder / "merlon.yaml").write_text(json.dumps({"models": [
        there | {"id": MODEL, "credentials_env": "UP"},
        there | {"id": OTHERS["key"], "api_key_file": secret("key", short_term("test", "test"))},
        there | {"id": OTHERS["wrong"], "credentials_file": secret("credentials", wrong)},
        there | {"id": OTHERS["unknown"], "credentials_env": "UP", "upstream_model": "nobody.knows-v1"}]}))
    server = subprocess.Popen(
        [ROOT / "bin" / "merlon", "serve", "--dev", "--config", folder / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", folder / "data"],
        stdout=subprocess.PIPE, text=True, env=os.environ | {"UP_ACCESS_KEY_ID": "test", "UP_SECRET_ACCESS_KEY": "test"})
    line = server.stdout.readline().split()
    assert line[:2] == ["merlon", "ready"]
    yield client("bedrock-runtime", line[2]), client("bedrock", line[2]).create_guardrail(name="masks", **MESSAGES, sensitiveInformationPolicyConfig=EMAIL)["guardrailId"]
    server.terminate()
    assert server.wait(10) == 0


def asked(text, **more):
    return {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": text}]}]} | more


def test_conversation(front, world, upstreams):
    runtime, masks = front
    out = runtime.converse(**asked("hi", system=[{"text": "be brief"}], inferenceConfig={"maxTokens": 9, "temperature": 0.7, "topP": 0.5, "stopSequences": ["X"]}))
    assert out["output"]["message"] == {"role": "assistant", "content": [{"text": "hello"}]}
    assert out["stopReason"] == "end_turn" and out["usage"] == {"inputTokens": 7, "outputTokens": 11, "totalTokens": 18}
    [sent] = upstreams.asked
    assert (sent["max_tokens"], sent["temperature"], sent["top_p"], sent["stop"]) == (9, 0.7, 0.5, ["X"])
    assert sent["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}]
    upstreams.say = ["ask dana@exam", "ple.com"]
    guarded = asked("I am bob@example.com", guardrailConfig={"guardrailIdentifier": masks, "guardrailVersion": "DRAFT", "trace": "enabled"})
    out = runtime.converse(**guarded)
    assert out["output"]["message"]["content"] == [{"text": "ask {EMAIL}"}] and out["stopReason"] == "guardrail_intervened"
    assert upstreams.asked[-1]["messages"][0]["content"] == "I am {EMAIL}"
    events = list(runtime.converse_stream(**guarded)["stream"])
    assert "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e) == "ask {EMAIL}"
    assert events[-1]["metadata"]["usage"]["totalTokens"] == 18


def test_tools_and_images(front, world, upstreams):
    runtime, _ = front
    upstreams.tool = ("weather", '{"city": "Köln", "days": 3}')
    tools = {"tools": [{"toolSpec": {"name": "weather", "description": "tells it", "inputSchema": {"json": {"type": "object"}}}}], "toolChoice": {"tool": {"name": "weather"}}}
    out = runtime.converse(**asked("weather?", toolConfig=tools))
    [block] = out["output"]["message"]["content"]
    assert block["toolUse"] == {"toolUseId": "call_1", "name": "weather", "input": {"city": "Köln", "days": 3}} and out["stopReason"] == "tool_use"
    assert upstreams.asked[-1]["tool_choice"] == {"type": "function", "function": {"name": "weather"}}
    events = list(runtime.converse_stream(**asked("weather?", toolConfig=tools))["stream"])
    assert events[1]["contentBlockStart"]["start"]["toolUse"] == {"toolUseId": "call_1", "name": "weather"}
    assert json.loads("".join(e["contentBlockDelta"]["delta"]["toolUse"]["input"] for e in events if "contentBlockDelta" in e))["days"] == 3
    upstreams.tool = None
    history = [{"role": "user", "content": [{"text": "weather?"}, {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}]}, out["output"]["message"],
               {"role": "user", "content": [{"toolResult": {"toolUseId": "call_1", "content": [{"json": {"sky": "blue"}}], "status": "success"}}]}]
    assert runtime.converse(**asked("", messages=history, toolConfig={"tools": tools["tools"]}))["stopReason"] == "end_turn"
    sent = upstreams.asked[-1]["messages"]
    assert [m["role"] for m in sent] == ["user", "assistant", "tool"] and json.loads(sent[2]["content"]) == {"sky": "blue"}
    assert sent[0]["content"][1]["image_url"]["url"] == "data:image/png;base64,iVBORw=="


def test_native_and_tokens(front, world, upstreams):
    runtime, _ = front
    body = json.dumps({"anthropic_version": "bedrock-2023-05-31", "max_tokens": 9, "top_k": 4, "messages": [{"role": "user", "content": "hi"}]})
    out = json.loads(runtime.invoke_model(modelId=MODEL, body=body)["body"].read())
    assert out["content"] == [{"type": "text", "text": "hello"}] and upstreams.asked[-1]["top_k"] == 4
    messages = [{"role": "user", "content": [{"text": "How many?"}]}]
    assert runtime.count_tokens(modelId=MODEL, input={"converse": {"messages": messages}}) \
        ["inputTokens"] == world.runtime.count_tokens(modelId=MODEL, input={"converse": {"messages": messages}})["inputTokens"]


def test_credentials(front, world, upstreams):
    runtime, _ = front
    assert runtime.converse(**asked("hi", modelId=OTHERS["key"]))["stopReason"] == "end_turn"
    for name in ("wrong", "unknown"):  # which is the operator's to mend: the caller learns nothing of the account over there
        for call in (runtime.converse, runtime.converse_stream):
            with pytest.raises(runtime.exceptions.ServiceUnavailableException, match="not set up correctly"):
                call(**asked("hi", modelId=OTHERS[name]))
    assert len(upstreams.asked) == 1


@pytest.mark.parametrize("status, code", [(429, "ThrottlingException"), (500, "ModelErrorException"), (503, "ServiceUnavailableException"), (504, "ModelTimeoutException"), (400, "ValidationException")])
def test_faults(front, world, upstreams, status, code):
    upstreams.fail = status
    for call in (front[0].converse, front[0].converse_stream):
        with pytest.raises(botocore.exceptions.ClientError) as caught:
            call(**asked("hi"))
        assert caught.value.response["Error"]["Code"] == code
