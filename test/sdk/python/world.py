"""A server in front of a fake model server, and guardrails for it."""
import json
import subprocess

from conftest import MESSAGES, ROOT, client

MODEL = "anthropic.claude-test-v1:0"
PLAIN = "meta.llama-test-v1:0"  # whose server counts no tokens
EMAIL = {"piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE", "inputAction": "ANONYMIZE", "inputEnabled": True}]}


class World:
    """A server of its own, with two models."""

    def __init__(self, folder, upstream):
        (folder / "merlon.yaml").write_text(json.dumps({"models": [
            {"id": MODEL, "provider": "openai", "base_url": upstream.url, "upstream_model": "up", "attempts": 1, "tokenize": "vllm"},
            {"id": PLAIN, "provider": "openai", "base_url": upstream.url, "attempts": 1}]}))
        self.server = subprocess.Popen(
            [ROOT / "bin" / "merlon", "serve", "--dev", "--config", folder / "merlon.yaml", "--listen", "127.0.0.1:0", "--data", folder / "data"],
            stdout=subprocess.PIPE, text=True)
        line = self.server.stdout.readline().split()
        assert line[:2] == ["merlon", "ready"]
        self.endpoint = line[2]
        self.bedrock, self.runtime = client("bedrock", line[2]), client("bedrock-runtime", line[2])
        make = lambda name, **policy: self.bedrock.create_guardrail(name=name, **MESSAGES, **policy)["guardrailId"]
        self.words = make("words", wordPolicyConfig={"wordsConfig": [{"text": "Bluewhale"}]})
        self.masks = make("masks", sensitiveInformationPolicyConfig=EMAIL)

    def converse(self, text, guardrail=None, **more):
        return self.runtime.converse(**self.request(text, guardrail, more))

    def stream(self, text, guardrail=None, **more):
        return list(self.runtime.converse_stream(**self.request(text, guardrail, more))["stream"])

    def request(self, text, guardrail, more):
        request = {"modelId": MODEL, "messages": [{"role": "user", "content": [{"text": text}]}]} | more
        if guardrail:
            request["guardrailConfig"] = {"guardrailIdentifier": guardrail, "guardrailVersion": "DRAFT", "trace": "enabled"}
        return request
