"""merlon.small-lm-v1, the model that every server has, with boto3 and OpenAI's client: offline, and without a line of configuration."""
import json

import openai
import pytest

from conftest import MESSAGES
from test_identity import short_term

MODEL = "merlon.small-lm-v1"
CONTACT = "How can I contact Dana?"  # its answer is known by heart: an address and a number
GREEDY = {"maxTokens": 64, "temperature": 0}


@pytest.fixture
def masks(bedrock, name):
    return bedrock.create_guardrail(name=name, **MESSAGES, wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]}, sensitiveInformationPolicyConfig={
        "piiEntitiesConfig": [{"type": t, "action": "ANONYMIZE"} for t in ("EMAIL", "PHONE")]})["guardrailId"]


def ask(text, guardrail=None, **more):
    request = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": text}]}], "inferenceConfig": GREEDY} | more
    if guardrail:
        request["guardrailConfig"] = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "trace": "enabled"}
    return request


def said(answer):
    return answer["output"]["message"]["content"][0]["text"]


def streamed(events):
    return "".join(e["contentBlockDelta"]["delta"]["text"] for e in events if "contentBlockDelta" in e)


def test_listed(bedrock):
    [found] = [m for m in bedrock.list_foundation_models(byProvider="merlon")["modelSummaries"] if m["modelId"] == MODEL]
    assert found["modelArn"].endswith("::foundation-model/" + MODEL) and found["inferenceTypesSupported"] == ["ON_DEMAND"]
    assert bedrock.get_foundation_model(modelIdentifier=MODEL)["modelDetails"]["responseStreamingSupported"]


def test_converse_and_stream_say_the_same(runtime):
    whole = runtime.converse(**ask(CONTACT))
    assert "dana@example.com" in said(whole) and whole["stopReason"] == "end_turn"
    assert 0 < whole["usage"]["outputTokens"] < 64 and whole["usage"]["inputTokens"] == runtime.count_tokens(
        modelId=MODEL, input={"converse": {"messages": ask(CONTACT)["messages"]}})["inputTokens"]
    events = list(runtime.converse_stream(**ask(CONTACT))["stream"])
    assert streamed(events) == said(whole) and len([e for e in events if "contentBlockDelta" in e]) > 1
    cut = runtime.converse(**ask(CONTACT, inferenceConfig={"maxTokens": 3, "temperature": 0}))
    assert cut["stopReason"] == "max_tokens" and said(whole).startswith(said(cut))


def test_a_seed_makes_sampling_repeatable(runtime):
    more = {"inferenceConfig": {"maxTokens": 24, "temperature": 1.0, "topP": 0.95}}
    seeded = [said(runtime.converse(**ask("Tell me a story", additionalModelRequestFields={"seed": seed}, **more))) for seed in (5, 5, 6)]
    assert seeded[0] == seeded[1] != seeded[2]


def test_korean(runtime):
    answer = said(runtime.converse(**ask("안녕하세요")))
    assert any("가" <= c <= "힣" for c in answer)


def test_guardrail_around_it(runtime, masks):
    out = runtime.converse(**ask(CONTACT, masks))
    assert "{EMAIL}" in said(out) and "example.com" not in said(out) and out["stopReason"] == "guardrail_intervened"
    assert streamed(runtime.converse_stream(**ask(CONTACT, masks))["stream"]) == said(out)
    blocked = runtime.converse(**ask("What about Bluewhale?", masks))
    assert said(blocked) == "no prompt" and blocked["usage"]["totalTokens"] == 0
    # What the guardrail masked in a prompt never reaches the model, so that it cannot say it again.
    assert "lena" not in said(runtime.converse(**ask("Repeat: lena@example.com", masks)))


def test_invoke_model(runtime):
    out = runtime.invoke_model(modelId=MODEL, body=json.dumps({"prompt": "Hello", "max_tokens": 8, "temperature": 0}))
    assert json.loads(out["body"].read())


def test_openai_route(endpoint):
    chat = openai.OpenAI(base_url=endpoint + "/openai/v1", api_key=short_term("test", "test"), max_retries=0).chat.completions
    request = {"model": MODEL, "messages": [{"role": "user", "content": CONTACT}], "temperature": 0, "max_completion_tokens": 64}
    whole = chat.create(**request).choices[0].message.content
    assert "dana@example.com" in whole
    assert "".join(c.choices[0].delta.content or "" for c in chat.create(**request, stream=True) if c.choices) == whole
