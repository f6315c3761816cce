// Model calls with the AWS SDK for JavaScript v3, whose client for bedrock-runtime speaks HTTP/2, in front of a fake model server.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import * as control from "@aws-sdk/client-bedrock";
import * as data from "@aws-sdk/client-bedrock-runtime";

const binary = new URL("../../../bin/merlon", import.meta.url).pathname;
const modelId = "anthropic.test-v1:0";
let upstream, say, server, folder, runtime, guardrailIdentifier;

before(async () => {
  upstream = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const event = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
      if (!JSON.parse(body).stream) {
        const choices = [{ message: { content: say.join("") }, finish_reason: "stop" }];
        return response.end(JSON.stringify({ choices, usage: { prompt_tokens: 7, completion_tokens: 11 } }));
      }
      for (const content of say) event({ choices: [{ delta: { content }, finish_reason: null }] });
      event({ choices: [{ delta: {}, finish_reason: "stop" }] });
      event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 11 } });
      response.end("data: [DONE]\n\n");
    });
  });
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  folder = await mkdtemp(join(tmpdir(), "merlon-"));
  const models = [{ id: modelId, provider: "openai", base_url: `http://127.0.0.1:${upstream.address().port}/v1` }];
  await writeFile(join(folder, "merlon.yaml"), JSON.stringify({ models }));
  const args = ["serve", "--dev", "--config", join(folder, "merlon.yaml"), "--listen", "127.0.0.1:0", "--data", join(folder, "data")];
  server = spawn(binary, args, { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  const options = { endpoint: line.split(" ")[2], region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
  runtime = new data.BedrockRuntimeClient(options);
  const made = await new control.BedrockClient(options).send(
    new control.CreateGuardrailCommand({
      name: "js", blockedInputMessaging: "no prompt", blockedOutputsMessaging: "no answer", wordPolicyConfig: { wordsConfig: [{ text: "Bluewhale" }] },
    }),
  );
  guardrailIdentifier = made.guardrailId;
});

after(async () => {
  runtime.destroy();
  upstream.close();
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  assert.equal(await ended, 0);
  await rm(folder, { recursive: true });
});

const request = (text) => ({
  modelId, messages: [{ role: "user", content: [{ text }] }], guardrailConfig: { guardrailIdentifier, guardrailVersion: "DRAFT", trace: "enabled" },
});

test("Converse", async () => {
  say = ["hello"];
  const passed = await runtime.send(new data.ConverseCommand(request("hi")));
  assert.deepEqual([passed.output.message.content[0].text, passed.stopReason, passed.usage.totalTokens], ["hello", "end_turn", 18]);
  const blocked = await runtime.send(new data.ConverseCommand(request("Bluewhale")));
  assert.deepEqual([blocked.output.message.content[0].text, blocked.stopReason], ["no prompt", "guardrail_intervened"]);
});

test("ConverseStream", async () => {
  say = ["It is Blue", "whale."];
  const { stream } = await runtime.send(new data.ConverseStreamCommand(request("hi")));
  let text = "";
  let stop, metadata;
  for await (const event of stream) {
    text += event.contentBlockDelta?.delta.text ?? "";
    stop ??= event.messageStop?.stopReason;
    metadata = event.metadata;
  }
  assert.deepEqual([text, stop, metadata.trace.guardrail.actionReason], ["no answer", "guardrail_intervened", "Guardrail blocked."]);
});

test("InvokeModelWithResponseStream", async () => {
  say = ["hel", "lo"];
  const body = JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: [{ role: "user", content: "hi" }] });
  const more = { modelId, body, contentType: "application/json", guardrailIdentifier, guardrailVersion: "DRAFT" };
  const answer = await runtime.send(new data.InvokeModelWithResponseStreamCommand(more));
  const chunks = [];
  for await (const event of answer.body) chunks.push(JSON.parse(new TextDecoder().decode(event.chunk.bytes)));
  assert.equal(chunks.map((chunk) => chunk.delta?.text ?? "").join(""), "hello");
  assert.equal(chunks.at(-1)["amazon-bedrock-guardrailAction"], "NONE");
});
