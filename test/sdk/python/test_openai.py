"""OpenAI's client against /openai/v1 with a Bedrock API key. It knows nothing of Merlon but its base URL."""
import json
import urllib.error
import urllib.request

import openai
import pytest

from conftest import client
from test_identity import allow, short_term
from world import MODEL


@pytest.fixture
def chat(world):
    made = openai.OpenAI(base_url=world.endpoint + "/openai/v1", api_key=short_term("test", "test"), max_retries=0)
    def call(text, guardrail=None, **more):
        headers = {}
        if guardrail:
            headers = {"X-Amzn-Bedrock-GuardrailIdentifier": guardrail, "X-Amzn-Bedrock-GuardrailVersion": "DRAFT", "X-Amzn-Bedrock-Trace": "ENABLED"}
        messages = more.pop("messages", [{"role": "system", "content": "be brief"}, {"role": "user", "content": text}])
        return made.chat.completions.create(model=more.pop("model", MODEL), messages=messages, extra_headers=headers, **more)
    return call


def joined(stream):
    chunks = list(stream)
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    return text, [c.choices[0].finish_reason for c in chunks if c.choices][-1], chunks


def test_chat(chat, upstreams):
    out = chat("hi", max_completion_tokens=9, temperature=0.5, stop="X", seed=3, n=1)
    assert out.choices[0].message.content == "hello" and out.choices[0].finish_reason == "stop"
    assert (out.usage.prompt_tokens, out.usage.completion_tokens, out.model, out.object) == (7, 11, MODEL, "chat.completion")
    assert out.created > 1_700_000_000
    [sent] = upstreams.asked
    assert (sent["model"], sent["max_tokens"], sent["temperature"], sent["stop"], sent["seed"]) == ("up", 9, 0.5, ["X"], 3)
    assert sent["messages"] == [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hi"}]


def test_stream(chat, world, upstreams):
    upstreams.say = ["It is ", "sunny."]
    text, finish, chunks = joined(chat("hi", stream=True, stream_options={"include_usage": True}))
    assert (text, finish) == ("It is sunny.", "stop") and chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 18
    assert [c.choices[0].delta.role for c in chunks if c.choices] == ["assistant"] + [None] * (len(chunks) - 2)
    text, finish, chunks = joined(chat("hi", stream=True))
    assert text == "It is sunny." and all(c.usage is None for c in chunks)
    upstreams.say = ["It is Blue", "whale."]
    text, finish, chunks = joined(chat("hi", world.words, stream=True))
    assert (text, finish) == ("no answer", "content_filter")
    assert chunks[-1].model_extra["amazon-bedrock-guardrailAction"] == "INTERVENED"


def test_guardrail(chat, world, upstreams):
    out = chat("Bluewhale?", world.words)
    assert out.choices[0].message.content == "no prompt" and upstreams.asked == []
    assert out.model_extra["amazon-bedrock-guardrailAction"] == "INTERVENED"
    assert out.model_extra["amazon-bedrock-trace"]["guardrail"]["input"][world.words]["wordPolicy"]
    upstreams.say = ["ask dana@example.com"]
    assert chat("hi", world.masks).choices[0].message.content == "ask {EMAIL}"
    # With tags only what is inside them is judged, and the model sees none.
    tagged = "Bluewhale <amazon-bedrock-guardrails-guardContent_abc>fine</amazon-bedrock-guardrails-guardContent_abc>"
    config = {"extra_body": {"amazon-bedrock-guardrailConfig": {"tagSuffix": "abc"}}}
    assert chat(tagged, world.words, **config).model_extra["amazon-bedrock-guardrailAction"] == "NONE"
    assert upstreams.asked[-1]["messages"][1]["content"] == "Bluewhale fine"
    with pytest.raises(openai.BadRequestError, match="names no guardrail"):
        chat("hi", **config)


def test_tools(chat, world, upstreams):
    upstreams.tool = ("weather", '{"city": "Köln"}')
    tools = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]
    message = chat("weather?", world.words, tools=tools).choices[0].message
    [call] = message.tool_calls
    assert call.function.name == "weather" and json.loads(call.function.arguments) == {"city": "Köln"} and message.content is None
    chat("weather?", tools=tools, tool_choice="none")
    assert upstreams.asked[-1]["tool_choice"] == "none" and upstreams.asked[-1]["tools"]
    calls = [c.choices[0].delta.tool_calls[0] for c in chat("weather?", tools=tools, stream=True) if c.choices and c.choices[0].delta.tool_calls]
    assert calls[0].function.name == "weather" and json.loads("".join(c.function.arguments for c in calls)) == {"city": "Köln"}
    upstreams.tool = None
    history = [{"role": "user", "content": "weather?"}, message, {"role": "tool", "tool_call_id": call.id, "content": "sun"}]
    assert chat("", messages=history).choices[0].finish_reason == "stop"
    assert [m["role"] for m in upstreams.asked[-1]["messages"]] == ["user", "assistant", "tool"]


def test_errors(chat, world, upstreams):
    with pytest.raises(openai.BadRequestError) as refused:
        chat("hi", model="nobody.knows-v1")
    assert refused.value.type == "invalid_request_error" and refused.value.code == "ValidationException"
    with pytest.raises(openai.BadRequestError, match="n: one answer"):
        chat("hi", n=2)
    upstreams.fail = 429
    for stream in (False, True):
        with pytest.raises(openai.RateLimitError):
            chat("hi", stream=stream)
    wrong = openai.OpenAI(base_url=world.endpoint + "/openai/v1", api_key="ABSKwrong", max_retries=0)
    with pytest.raises(openai.PermissionDeniedError) as refused:
        wrong.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}])
    assert refused.value.type == "permission_error"


@pytest.mark.parametrize("credentials, status, kind", [
    (None, 403, "permission_error"), ("Bearer ", 403, "permission_error"), ("Bearer nonsense", 403, "permission_error"),
    ("Basic x", 400, "invalid_request_error"), ("AWS4-HMAC-SHA256 nonsense", 400, "invalid_request_error")])
def test_refused_credentials(world, credentials, status, kind):
    headers = {"Content-Type": "application/json"} | ({"Authorization": credentials} if credentials else {})
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(world.endpoint + "/openai/v1/chat/completions", json.dumps(body).encode(), headers))
    error = json.load(refused.value)["error"]
    assert refused.value.code == status and error["type"] == kind and error["code"] and error["message"]


def test_rights(world, upstreams):
    iam = client("iam", world.endpoint)
    iam.create_user(UserName="chatter")
    key = iam.create_access_key(UserName="chatter")["AccessKey"]
    api = openai.OpenAI(base_url=world.endpoint + "/openai/v1", api_key=short_term(key["AccessKeyId"], key["SecretAccessKey"]), max_retries=0)
    ask = lambda **more: api.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "hi"}], **more)
    iam.put_user_policy(UserName="chatter", PolicyName="p", PolicyDocument=allow("bedrock:CallWithBearerToken"))
    with pytest.raises(openai.PermissionDeniedError, match="bedrock:InvokeModel on resource"):
        ask()
    iam.put_user_policy(UserName="chatter", PolicyName="p", PolicyDocument=allow("bedrock:CallWithBearerToken", "bedrock:InvokeModel"))
    assert ask().choices[0].message.content == "hello"
    with pytest.raises(openai.PermissionDeniedError, match="bedrock:InvokeModelWithResponseStream"):
        ask(stream=True)
