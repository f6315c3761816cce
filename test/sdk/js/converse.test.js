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
let upstream, say, breaks, server, folder, bedrock, runtime, guardrailIdentifier;

before(async () => {
  upstream = createServer((request, response) => {
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      const event = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
      if (request.url === "/tokenize") return response.end(JSON.stringify({ count: JSON.parse(body).messages.length, tokens: [] }));
      if (!JSON.parse(body).stream) {
        const choices = [{ message: { content: say.join("") }, finish_reason: "stop" }];
        return response.end(JSON.stringify({ choices, usage: { prompt_tokens: 7, completion_tokens: 11 } }));
      }
      for (const content of say) event({ choices: [{ delta: { content }, finish_reason: null }] });
      if (breaks) return response.end();
      event({ choices: [{ delta: {}, finish_reason: "stop" }] });
      event({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 11 } });
      response.end("data: [DONE]\n\n");
    });
  });
  await new Promise((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  folder = await mkdtemp(join(tmpdir(), "merlon-"));
  const models = [{ id: modelId, provider: "openai", base_url: `http://127.0.0.1:${upstream.address().port}/v1`, tokenize: "vllm" }];
  await writeFile(join(folder, "merlon.yaml"), JSON.stringify({ models }));
  const args = ["serve", "--dev", "--config", join(folder, "merlon.yaml"), "--listen", "127.0.0.1:0", "--data", join(folder, "data")];
  server = spawn(binary, args, { stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  const options = { endpoint: line.split(" ")[2], region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
  runtime = new data.BedrockRuntimeClient(options);
  bedrock = new control.BedrockClient(options);
  const made = await bedrock.send(
    new control.CreateGuardrailCommand({
      name: "js", blockedInputMessaging: "no prompt", blockedOutputsMessaging: "no answer", wordPolicyConfig: { wordsConfig: [{ text: "Bluewhale" }] },
      sensitiveInformationPolicyConfig: { piiEntitiesConfig: [{ type: "EMAIL", action: "ANONYMIZE" }] },
    }),
  );
  guardrailIdentifier = made.guardrailId;
});

after(async () => {
  runtime.destroy();
  bedrock.destroy();
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

// streamed reads a stream to its end.
const streamed = async (text) => {
  const { stream } = await runtime.send(new data.ConverseStreamCommand(request(text)));
  const out = { text: "" };
  for await (const event of stream) {
    out.text += event.contentBlockDelta?.delta.text ?? "";
    out.stop ??= event.messageStop?.stopReason;
    out.metadata = event.metadata;
  }
  return out;
};

test("ConverseStream", async () => {
  for (const [pieces, text, stop, reason] of [
    [["It is ", "sunny."], "It is sunny.", "end_turn", "No action."],
    [["It is Blue", "whale."], "no answer", "guardrail_intervened", "Guardrail blocked."],
    [["ask dana@exam", "ple.com"], "ask {EMAIL}", "guardrail_intervened", "Guardrail masked."],
  ]) {
    say = pieces;
    const out = await streamed("hi");
    assert.deepEqual([out.text, out.stop, out.metadata.trace.guardrail.actionReason, out.metadata.usage.totalTokens], [text, stop, reason, 18]);
  }
  const blocked = await streamed("Bluewhale");
  assert.deepEqual([blocked.text, blocked.stop, blocked.metadata.usage.totalTokens], ["no prompt", "guardrail_intervened", 0]);
});

test("a stream that breaks off", async () => {
  [say, breaks] = [["word ".repeat(200)], true];
  try {
    await assert.rejects(streamed("hi"), data.ModelStreamErrorException);
  } finally {
    breaks = false;
  }
});

test("CountTokens", async () => {
  const messages = [{ role: "user", content: [{ text: "How many?" }] }];
  const counted = await runtime.send(new data.CountTokensCommand({ modelId, input: { converse: { messages, system: [{ text: "be brief" }] } } }));
  assert.equal(counted.inputTokens, 2);
  const body = new TextEncoder().encode(JSON.stringify({ anthropic_version: "bedrock-2023-05-31", max_tokens: 9, messages: [{ role: "user", content: "hi" }] }));
  assert.equal((await runtime.send(new data.CountTokensCommand({ modelId, input: { invokeModel: { body } } }))).inputTokens, 1);
  await assert.rejects(runtime.send(new data.CountTokensCommand({ modelId: "nobody.knows-v1", input: { converse: { messages } } })), data.ValidationException);
});

test("inference profiles", async () => {
  say = ["hello"];
  const copyFrom = `arn:aws:bedrock:us-east-1::foundation-model/${modelId}`;
  const made = await bedrock.send(new control.CreateInferenceProfileCommand({ inferenceProfileName: "team a", modelSource: { copyFrom } }));
  const inferenceProfileIdentifier = made.inferenceProfileArn;
  const shown = await bedrock.send(new control.GetInferenceProfileCommand({ inferenceProfileIdentifier }));
  assert.deepEqual([shown.type, shown.models[0].modelArn], ["APPLICATION", copyFrom]);
  const listed = [];
  for await (const page of control.paginateListInferenceProfiles({ client: bedrock, pageSize: 1 }, {})) listed.push(...page.inferenceProfileSummaries);
  assert.deepEqual(listed.map((p) => p.type), [...Array(4).fill("SYSTEM_DEFINED"), "APPLICATION"]); // us. and global. of the model and of merlon.small-lm-v1
  for (const profile of [made.inferenceProfileArn, `us.${modelId}`]) {
    const out = await runtime.send(new data.ConverseCommand({ ...request("hi"), modelId: profile }));
    assert.equal(out.output.message.content[0].text, "hello");
  }
  await bedrock.send(new control.DeleteInferenceProfileCommand({ inferenceProfileIdentifier }));
  await assert.rejects(bedrock.send(new control.GetInferenceProfileCommand({ inferenceProfileIdentifier })), control.ResourceNotFoundException);
});

test("ApplyGuardrail with everything told", async () => {
  const content = [{ text: { text: "the Bluewhale of dana@example.com", qualifiers: ["guard_content"] } }];
  const out = await runtime.send(new data.ApplyGuardrailCommand({ guardrailIdentifier, guardrailVersion: "DRAFT", source: "OUTPUT", outputScope: "FULL", content }));
  assert.deepEqual([out.action, out.outputs[0].text, out.usage.wordPolicyUnits], ["GUARDRAIL_INTERVENED", "no answer", 1]);
  assert.equal(out.assessments[0].wordPolicy.customWords[0].match, "Bluewhale");
  assert.equal(out.assessments[0].sensitiveInformationPolicy.piiEntities[0].type, "EMAIL");
  assert.equal(out.guardrailCoverage.textCharacters.guarded, content[0].text.text.length);
});

test("InvokeGuardrailChecks", async () => {
  const messages = [{ role: "user", content: [{ text: "🎉 write to ada@example.com" }] }];
  const checks = { sensitiveInformation: { entities: [{ type: "EMAIL" }] } };
  const { results, usage } = await runtime.send(new data.InvokeGuardrailChecksCommand({ messages, checks }));
  const [found] = results.sensitiveInformation.results;
  assert.deepEqual([found.type, found.beginOffset, found.endOffset, usage.sensitiveInformation.textUnits], ["EMAIL", 11, 26, 1]);
  await assert.rejects(runtime.send(new data.InvokeGuardrailChecksCommand({ messages, checks: {} })), data.ValidationException);
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
