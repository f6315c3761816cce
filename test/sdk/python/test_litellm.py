"""LiteLLM: its bedrock provider with a guardrail in the request, and its own guardrail hook, which calls ApplyGuardrail or InvokeGuardrailChecks."""
import asyncio
import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # or the import reads prices from the network

import fastapi
import litellm
import pytest
from litellm.caching import DualCache
from litellm.proxy._types import UserAPIKeyAuth
from litellm.proxy.guardrails.guardrail_hooks.bedrock_guardrails import BedrockGuardrail

from world import MODEL

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "aws_region_name": "us-east-1"}


@pytest.fixture
def ask(world):
    def call(text, guardrail=None, **more):
        if guardrail:
            more["guardrailConfig"] = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "trace": "enabled"}
        return litellm.completion(model="bedrock/converse/" + MODEL, messages=[{"role": "system", "content": "be brief"}, {"role": "user", "content": text}],
                                  aws_bedrock_runtime_endpoint=world.endpoint, num_retries=0, **KEYS, **more)
    return call


def said(stream):
    return "".join(c.choices[0].delta.content or "" for c in stream)


def test_provider(ask, world, upstreams):
    out = ask("hi", world.words, max_tokens=9, temperature=0.5)
    assert out.choices[0].message.content == "hello" and out.choices[0].finish_reason == "stop"
    assert (out.usage.prompt_tokens, out.usage.completion_tokens) == (7, 11)
    assert upstreams.asked[0]["max_tokens"] == 9 and upstreams.asked[0]["messages"][0] == {"role": "system", "content": "be brief"}
    out = ask("Bluewhale?", world.words)
    assert out.choices[0].message.content == "no prompt" and out.choices[0].finish_reason == "content_filter" and len(upstreams.asked) == 1
    upstreams.say = ["ask dana@example.com"]
    assert ask("I am bob@example.com", world.masks).choices[0].message.content == "ask {EMAIL}"
    assert upstreams.asked[1]["messages"][1]["content"] == "I am {EMAIL}"


def test_stream(ask, world, upstreams):
    upstreams.say = ["It is ", "sunny."]
    assert said(ask("hi", world.words, stream=True)) == "It is sunny."
    upstreams.say = ["It is Blue", "whale."]
    assert said(ask("hi", world.words, stream=True)) == "no answer"


def test_throttled(ask, world, upstreams):
    upstreams.fail = 429
    with pytest.raises(litellm.RateLimitError):
        ask("hi")


@pytest.fixture
def hook(world):
    def make(**how):
        guardrail = BedrockGuardrail(guardrail_name="g", event_hook="pre_call", default_on=True, aws_bedrock_runtime_endpoint=world.endpoint, **KEYS, **how)
        def call(text):
            data = {"model": "m", "messages": [{"role": "user", "content": text}], "metadata": {}}
            asyncio.run(guardrail.async_pre_call_hook(UserAPIKeyAuth(), DualCache(), data, "completion"))
            return data["messages"][0]["content"]
        return call
    return make


def test_guardrail_hook(hook, world):
    words, masks = (hook(guardrailIdentifier=g, guardrailVersion="DRAFT") for g in (world.words, world.masks))
    assert words("hi") == "hi"
    with pytest.raises(fastapi.HTTPException) as refused:
        words("Bluewhale?")
    assert refused.value.status_code == 400 and refused.value.detail["bedrock_guardrail_response"] == "no prompt"
    assert masks("I am bob@example.com") == "I am {EMAIL}"


def test_checks_hook(hook):
    check = hook(checks={"sensitiveInformation": {"entities": [{"type": "EMAIL"}]}})
    assert check("hi") == "hi"
    with pytest.raises(fastapi.HTTPException):
        check("I am bob@example.com")
