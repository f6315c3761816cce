// The AWS SDK for JavaScript v3 against the built server: every operation's success, and a typed error of each kind.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import * as control from "@aws-sdk/client-bedrock";
import * as data from "@aws-sdk/client-bedrock-runtime";

const binary = new URL("../../../bin/merlon", import.meta.url).pathname;
const messages = { blockedInputMessaging: "no prompt", blockedOutputsMessaging: "no answer" };
const words = { wordPolicyConfig: { wordsConfig: [{ text: "Bluewhale" }] } };
let server, folder, bedrock, runtime;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "merlon-"));
  const env = { ...process.env };
  for (const quota of ["GUARDRAILS", "APPLY_REQUESTS", "WORD_UNITS", "SENSITIVE_UNITS"]) env[`MERLON_QUOTAS__${quota}`] = "0";
  server = spawn(binary, ["serve", "--dev", "--listen", "127.0.0.1:0", "--data", join(folder, "data")], { env, stdio: ["ignore", "pipe", "ignore"] });
  const line = await new Promise((resolve) => createInterface({ input: server.stdout }).once("line", resolve));
  const options = { endpoint: line.split(" ")[2], region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" }, maxAttempts: 1 };
  bedrock = new control.BedrockClient(options);
  runtime = new data.BedrockRuntimeClient(options);
});

after(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGTERM");
  assert.equal(await ended, 0);
  await rm(folder, { recursive: true });
});

const make = (more = words) => bedrock.send(new control.CreateGuardrailCommand({ name: `js-${randomUUID().slice(0, 8)}`, ...messages, ...more }));
const apply = (guardrailIdentifier, text, more = {}) =>
  runtime.send(new data.ApplyGuardrailCommand({ guardrailIdentifier, guardrailVersion: "DRAFT", source: "INPUT", content: [{ text: { text } }], ...more }));

test("a guardrail's life", async () => {
  const made = await make({ ...words, tags: [{ key: "a", value: "1" }] });
  assert.ok(made.createdAt instanceof Date);
  const guardrailIdentifier = made.guardrailArn;
  assert.equal((await bedrock.send(new control.CreateGuardrailVersionCommand({ guardrailIdentifier }))).version, "1");
  const got = await bedrock.send(new control.GetGuardrailCommand({ guardrailIdentifier, guardrailVersion: "1" }));
  assert.deepEqual(got.wordPolicy.words, [{ text: "Bluewhale" }]);
  await bedrock.send(new control.UpdateGuardrailCommand({ guardrailIdentifier, name: got.name, ...messages, ...words, description: "new" }));
  assert.equal((await bedrock.send(new control.GetGuardrailCommand({ guardrailIdentifier }))).description, "new");
  const listed = [];
  for await (const page of control.paginateListGuardrails({ client: bedrock, pageSize: 1 }, {})) listed.push(...page.guardrails);
  assert.ok(listed.some((g) => g.id === made.guardrailId));
  await bedrock.send(new control.TagResourceCommand({ resourceARN: made.guardrailArn, tags: [{ key: "b", value: "2" }] }));
  await bedrock.send(new control.UntagResourceCommand({ resourceARN: made.guardrailArn, tagKeys: ["a"] }));
  assert.deepEqual((await bedrock.send(new control.ListTagsForResourceCommand({ resourceARN: made.guardrailArn }))).tags, [{ key: "b", value: "2" }]);
  const statement = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::210987654321:root" }, Action: "bedrock:ApplyGuardrail", Resource: made.guardrailArn };
  const resourcePolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await bedrock.send(new control.PutResourcePolicyCommand({ resourceArn: made.guardrailArn, resourcePolicy }));
  assert.deepEqual(JSON.parse((await bedrock.send(new control.GetResourcePolicyCommand({ resourceArn: made.guardrailArn }))).resourcePolicy), JSON.parse(resourcePolicy));
  await bedrock.send(new control.DeleteResourcePolicyCommand({ resourceArn: made.guardrailArn }));
  const guardrailInferenceConfig = { guardrailIdentifier: made.guardrailId, guardrailVersion: "1" };
  const { configId } = await bedrock.send(new control.PutEnforcedGuardrailConfigurationCommand({ guardrailInferenceConfig }));
  assert.equal((await bedrock.send(new control.ListEnforcedGuardrailsConfigurationCommand({}))).guardrailsConfig[0].configId, configId);
  await assert.rejects(bedrock.send(new control.DeleteGuardrailCommand({ guardrailIdentifier })), control.ResourceInUseException);
  await bedrock.send(new control.DeleteEnforcedGuardrailConfigurationCommand({ configId }));
  await bedrock.send(new control.DeleteGuardrailCommand({ guardrailIdentifier }));
  await assert.rejects(bedrock.send(new control.GetGuardrailCommand({ guardrailIdentifier })), control.ResourceNotFoundException);
});

test("decisions", async () => {
  const { guardrailId } = await make({ ...words, sensitiveInformationPolicyConfig: { piiEntitiesConfig: [{ type: "EMAIL", action: "ANONYMIZE" }] } });
  const passed = await apply(guardrailId, "fine");
  assert.deepEqual([passed.action, passed.outputs], ["NONE", []]);
  const blocked = await apply(guardrailId, "the Bluewhale");
  assert.deepEqual([blocked.action, blocked.outputs], ["GUARDRAIL_INTERVENED", [{ text: "no prompt" }]]);
  const masked = await apply(guardrailId, "mail 🐳@ or a@example.com", { source: "OUTPUT" });
  assert.deepEqual(masked.outputs, [{ text: "mail 🐳@ or {EMAIL}" }]);
});

test("typed errors", async () => {
  await assert.rejects(make({}), (error) => error instanceof control.ValidationException && error.$metadata.httpStatusCode === 400);
  await assert.rejects(apply("abcdefabcdef", "x"), data.ValidationException);
  const { guardrailId } = await make();
  const name = (await bedrock.send(new control.GetGuardrailCommand({ guardrailIdentifier: guardrailId }))).name;
  await assert.rejects(make({ ...words, name }), control.ConflictException);
  await assert.rejects(bedrock.send(new control.ListPromptRoutersCommand({})), { name: "UnknownOperationException" });
});
