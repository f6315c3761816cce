"""strands-agents: an agent on a BedrockModel with a guardrail, in front of a fake model server."""
import boto3
import pytest
from strands import Agent, tool
from strands.models import BedrockModel

from world import MODEL


@pytest.fixture
def agent(world):
    def make(guardrail, tools=(), **more):
        session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
        model = BedrockModel(boto_session=session, endpoint_url=world.endpoint, model_id=MODEL, guardrail_id=guardrail,
                             guardrail_version="DRAFT", guardrail_trace="enabled", **more)
        return Agent(model=model, tools=list(tools), callback_handler=None)
    return make


@pytest.mark.parametrize("streaming", [True, False])
def test_turn(agent, world, upstreams, streaming):
    upstreams.say = ["It is ", "sunny."]
    result = agent(world.words, streaming=streaming)("How is the weather?")
    assert result.stop_reason == "end_turn" and str(result).strip() == "It is sunny."
    assert result.metrics.accumulated_usage["totalTokens"] == 18


@pytest.mark.parametrize("streaming", [True, False])
def test_blocked_turn(agent, world, upstreams, streaming):
    guarded = agent(world.words, streaming=streaming)
    result = guarded("Bluewhale?")
    assert result.stop_reason == "guardrail_intervened" and str(result).strip() == "no prompt" and upstreams.asked == []
    assert "Bluewhale" not in str(guarded.messages)  # the agent takes what was blocked out of its history, so that it can go on
    assert guarded("hi").stop_reason == "end_turn"
    upstreams.say = ["It is Bluewhale."]
    assert str(agent(world.words, streaming=streaming)("hi")).strip() == "no answer"


def test_masked_turn(agent, world, upstreams):
    upstreams.say = ["ask dana@exam", "ple.com"]
    assert str(agent(world.masks)("hi")).strip() == "ask {EMAIL}"


def test_tool(agent, world, upstreams):
    asked = []

    @tool
    def weather(city: str) -> str:
        """Tells the weather.

        Args:
            city: where
        """
        asked.append(city)
        upstreams.tool = None  # the model answers once it knows
        return "sun"

    upstreams.say, upstreams.tool = ["Sun."], ("weather", '{"city": "Köln"}')
    assert str(agent(world.words, [weather])("weather?")).strip() == "Sun." and asked == ["Köln"]
