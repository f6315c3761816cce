"""langchain-aws: ChatBedrockConverse with a guardrail, in front of a fake model server."""
import pytest
from langchain_aws import ChatBedrockConverse
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_core.tools import tool

from world import MODEL


@pytest.fixture
def chat(world):
    def make(guardrail=None, **more):
        if guardrail:
            more["guardrail_config"] = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "trace": "enabled"}
        return ChatBedrockConverse(model=MODEL, region_name="us-east-1", endpoint_url=world.endpoint, aws_access_key_id="test", aws_secret_access_key="test", **more)
    return make


def test_passed(chat, world, upstreams):
    out = chat(world.words, temperature=0.5, max_tokens=9).invoke([SystemMessage("be brief"), HumanMessage("hi")])
    assert out.content == "hello" and out.response_metadata["stopReason"] == "end_turn"
    assert out.usage_metadata["input_tokens"] == 7 and out.usage_metadata["output_tokens"] == 11
    assert out.response_metadata["trace"]["guardrail"]["actionReason"] == "No action."
    assert upstreams.asked[0]["temperature"] == 0.5 and upstreams.asked[0]["messages"][0] == {"role": "system", "content": "be brief"}


def test_blocked(chat, world, upstreams):
    out = chat(world.words).invoke("Bluewhale?")
    assert out.content == "no prompt" and out.response_metadata["stopReason"] == "guardrail_intervened" and upstreams.asked == []
    upstreams.say = ["It is Bluewhale."]
    assert chat(world.words).invoke("hi").content == "no answer"


def test_masked(chat, world, upstreams):
    upstreams.say = ["ask dana@example.com"]
    out = chat(world.masks).invoke("I am bob@example.com")
    assert out.content == "ask {EMAIL}" and upstreams.asked[0]["messages"][0]["content"] == "I am {EMAIL}"


def test_stream(chat, world, upstreams):
    def joined(chunks):
        whole = None
        for chunk in chunks:
            whole = chunk if whole is None else whole + chunk
        return whole
    upstreams.say = ["It is ", "sunny."]
    whole = joined(chat(world.words).stream("hi"))
    assert whole.text == "It is sunny." and whole.response_metadata["stopReason"] == "end_turn" and whole.usage_metadata["total_tokens"] == 18
    upstreams.say = ["It is Blue", "whale."]
    whole = joined(chat(world.words).stream("hi"))
    assert whole.text == "no answer" and whole.response_metadata["stopReason"] == "guardrail_intervened"


def test_tools(chat, world, upstreams):
    @tool
    def weather(city: str) -> str:
        """Tells the weather."""
        return city

    upstreams.tool = ("weather", '{"city": "Köln"}')
    out = chat(world.words).bind_tools([weather]).invoke("weather?")
    [call] = out.tool_calls
    assert call["name"] == "weather" and call["args"] == {"city": "Köln"}
