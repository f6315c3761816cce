package app_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/provider/providertest"
	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// native is a body of the Messages form.
func native(prompt string) object {
	return object{"anthropic_version": "bedrock-2023-05-31", "max_tokens": 100, "messages": []any{object{"role": "user", "content": prompt}}}
}

func headers(guardrail string, more ...string) []string {
	return append([]string{"X-Amzn-Bedrock-GuardrailIdentifier", guardrail, "X-Amzn-Bedrock-GuardrailVersion", "DRAFT"}, more...)
}

func (w *world) invoke(body any, headers ...string) answer {
	w.Helper()
	return w.call(http.MethodPost, "/model/"+modelID+"/invoke", body, headers...)
}

// TestInvokeModel holds InvokeModel to the facts of spec/guardrails.md 16, by their numbers.
func TestInvokeModel(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hello"))
	words, masks := w.guardrail(wordPolicy), w.guardrail(maskPolicy)
	run := func(name string, reply providertest.Reply, test func(w *world)) {
		t.Run(name, func(t *testing.T) {
			w.upstream.Set(reply)
			test(&world{T: t, endpoint: w.endpoint, upstream: w.upstream, signer: w.signer})
		})
	}
	const action, tracing = "amazon-bedrock-guardrailAction", "amazon-bedrock-trace.guardrail."
	run("79 headers only", providertest.Says("hello"), func(w *world) {
		a := w.invoke(native("hi"), headers(words)...)
		w.want("passed", []any{a.at(action), a.at("content.0.text"), a.at("stop_reason")}, "[NONE hello end_turn]")
		a = w.invoke(native("Bluewhale"), headers(words)...)
		w.want("blocked", []any{a.at(action), a.at("content.0.text"), a.at("stop_reason")}, "[INTERVENED no prompt <nil>]")
	})
	run("80 half a guardrail", providertest.Says("hello"), func(w *world) {
		with := native("hi")
		with["amazon-bedrock-guardrailConfig"] = object{"tagSuffix": "x"}
		w.want("body field alone", w.invoke(with).code, "ValidationException")
		w.want("identifier alone", w.invoke(native("hi"), "X-Amzn-Bedrock-GuardrailIdentifier", words).code, "ValidationException")
		w.want("text/plain", w.invoke(native("hi"), headers(words, "Content-Type", "text/plain")...).code, "ValidationException")
		w.want("octets", w.invoke(native("hi"), headers(words, "Content-Type", "application/octet-stream")...).status, 200)
		w.want("no type", w.invoke(native("hi"), headers(words)...).status, 200)
		a := w.invoke([]byte("no JSON"), headers(words)...)
		w.want("no JSON", a.body["message"], "Guardrail was enabled but input is in incorrect format.")
	})
	run("81 no guardrail", providertest.Says("hello"), func(w *world) {
		if a := w.invoke(native("Bluewhale")); strings.Contains(a.raw, "amazon-bedrock") {
			w.Error(a.raw)
		}
	})
	run("82 blocked input", providertest.Says("hello"), func(w *world) {
		w.want("status", w.invoke(native("Bluewhale"), headers(words)...).status, 200)
		w.want("calls of the model", len(w.upstream.Bodies()), 0)
	})
	run("83 trace", providertest.Says("hello"), func(w *world) {
		a := w.invoke(native("Bluewhale"), headers(words, "X-Amzn-Bedrock-Trace", "ENABLED")...)
		w.want("enabled", a.at(tracing+"input."+words+".wordPolicy.customWords.0.action"), "BLOCKED")
		for _, off := range [][]string{headers(words), headers(words, "X-Amzn-Bedrock-Trace", "DISABLED")} {
			w.want("disabled", w.invoke(native("Bluewhale"), off...).at("amazon-bedrock-trace"), nil)
		}
		a = w.invoke(native("hi"), headers(masks, "X-Amzn-Bedrock-Trace", "ENABLED_FULL")...)
		w.want("full, input", a.at(tracing+"input."+masks+".sensitiveInformationPolicy.piiEntities.0.detected"), false)
		w.want("full, output", a.at(tracing+"outputs.0."+masks+".sensitiveInformationPolicy.piiEntities.0.detected"), false)
		w.upstream.Set(providertest.Says("Bluewhale it is"))
		a = w.invoke(native("hi"), headers(words, "X-Amzn-Bedrock-Trace", "ENABLED")...)
		var withheld object
		if err := json.Unmarshal([]byte(a.at(tracing+"modelOutput.0").(string)), &withheld); err != nil {
			w.Fatal(err)
		}
		w.want("withheld", answer{body: withheld}.at("content.0.text"), "Bluewhale it is")
	})
	run("84 87 tags", providertest.Says("hello"), func(w *world) {
		const open, end = "<amazon-bedrock-guardrails-guardContent_x1>", "</amazon-bedrock-guardrails-guardContent_x1>"
		for prompt, want := range map[string]string{
			"Bluewhale " + open + "clean" + end:                           "NONE",
			"clean " + open + "Bluewhale" + end:                           "INTERVENED",
			"Bluewhale " + strings.ReplaceAll(open, "x1", "x2") + "clean": "INTERVENED", // another suffix is text
		} {
			w.upstream.Set(providertest.Says("hello"))
			body := native(prompt)
			body["amazon-bedrock-guardrailConfig"] = object{"tagSuffix": "x1"}
			w.want(prompt, w.invoke(body, headers(words)...).at(action), want)
			if want == "NONE" {
				seen := w.upstream.Bodies()[0]
				w.want("the model saw", seen.Text(), "Bluewhale clean")
				w.want("the model's fields", seen.Raw["amazon-bedrock-guardrailConfig"], nil)
			}
		}
		nested := native(open + open + "x" + end + end)
		nested["amazon-bedrock-guardrailConfig"] = object{"tagSuffix": "x1"}
		w.want("nested", w.invoke(nested, headers(words)...).code, "ValidationException")
	})
	run("86 suffixes", providertest.Says("hello"), func(w *world) {
		for _, suffix := range []string{strings.Repeat("x", 21), "a-b", ""} {
			body := native("hi")
			body["amazon-bedrock-guardrailConfig"] = object{"tagSuffix": suffix}
			w.want(suffix, w.invoke(body, headers(words)...).code, "ValidationException")
		}
	})
	run("88 streams", providertest.Says("hel", "lo"), func(w *world) {
		types := func(events []event) string {
			var out []string
			for i, e := range events {
				out = append(out, e.body["type"].(string))
				if (e.body[action] != nil) != (i == len(events)-1) {
					w.Errorf("guardrailAction in chunk %d of %d: %v", i, len(events), e.body[action])
				}
			}
			return strings.Join(out, " ")
		}
		const order = "message_start content_block_start content_block_delta content_block_stop message_delta message_stop"
		path := "/model/" + modelID + "/invoke-with-response-stream"
		events := w.stream(path, native("Bluewhale"), headers(words)...)
		w.want("blocked input", types(events), order)
		w.want("its text", events[2].at("delta.text"), "no prompt")
		events = w.stream(path, native("hi"), headers(words)...)
		w.want("passed", types(events), order)
		w.want("its text", events[2].at("delta.text"), "hello")
	})
	run("105 no ApplyGuardrail", providertest.Says("hello"), func(w *world) {
		stranger := w.user(`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["bedrock:InvokeModel"],"Resource":"*"}}`)
		a := stranger.converse(conversation(words, "", message("user", text("hi"))))
		w.want("with a guardrail", a.code, "AccessDeniedException")
		if said, _ := a.body["message"].(string); !strings.Contains(said, "is not authorized to perform: bedrock:ApplyGuardrail on resource: arn:aws:bedrock:us-east-1:123456789012:guardrail/"+words) {
			w.Error(said)
		}
		w.want("without", stranger.converse(conversation("", "", message("user", text("hi")))).status, 200)
		events := stranger.stream("/model/"+modelID+"/converse-stream", conversation("", "", message("user", text("hi"))))
		w.want("stream", events[0].name, "AccessDeniedException")
		bound := w.user(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"bedrock:ApplyGuardrail","Resource":"*"},{"Effect":"Allow","Action":"bedrock:InvokeModel","Resource":"*",
			"Condition":{"StringEquals":{"bedrock:GuardrailIdentifier":"arn:aws:bedrock:us-east-1:123456789012:guardrail/` + words + `"}}}]}`)
		w.want("bound to a guardrail, with it", bound.converse(conversation(words, "", message("user", text("hi")))).status, 200)
		w.want("with another", bound.converse(conversation(masks, "", message("user", text("hi")))).status, 403)
		w.want("without", bound.converse(conversation("", "", message("user", text("hi")))).status, 403)
	})
}

// user makes an IAM user with a policy and gives the world as they see it.
func (w *world) user(policy string) *world {
	w.Helper()
	signer := &sigv4.Signer{Credentials: w.signer.Credentials, Region: "us-east-1", Service: "iam"}
	name := "u" + strings.ReplaceAll(time.Now().Format("150405.000000000"), ".", "")
	iam := func(action string, more ...string) []byte {
		form := url.Values{"Action": {action}, "Version": {"2010-05-08"}, "UserName": {name}}
		for i := 0; i < len(more); i += 2 {
			form.Set(more[i], more[i+1])
		}
		body := form.Encode()
		request, err := http.NewRequestWithContext(w.Context(), http.MethodPost, w.endpoint+"/", strings.NewReader(body))
		if err != nil {
			w.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		signer.Sign(request, sigv4.HashPayload([]byte(body)), time.Now())
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			w.Fatal(err)
		}
		defer response.Body.Close()
		data, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != 200 {
			w.Fatalf("%s: %s, %v", action, data, err)
		}
		return data
	}
	iam("CreateUser")
	iam("PutUserPolicy", "PolicyName", "p", "PolicyDocument", policy)
	var made struct {
		Key struct {
			ID     string `xml:"AccessKeyId"`
			Secret string `xml:"SecretAccessKey"`
		} `xml:"CreateAccessKeyResult>AccessKey"`
	}
	if err := xml.Unmarshal(iam("CreateAccessKey"), &made); err != nil || made.Key.ID == "" {
		w.Fatal(err)
	}
	credentials := sigv4.Credentials{AccessKeyID: made.Key.ID, Secret: secret.New(made.Key.Secret)}
	return &world{T: w.T, endpoint: w.endpoint, upstream: w.upstream, signer: &sigv4.Signer{Credentials: credentials, Region: "us-east-1", Service: "bedrock"}}
}

// TestFamilies takes every family of native bodies through a call and a stream, passed and blocked, and through a field that is unknown.
func TestFamilies(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hel", "lo"))
	words := w.guardrail(wordPolicy)
	for _, f := range []struct {
		model, body, text, delta string
		blocked                  string // why the answer ended, when its place was taken
		strict                   bool   // unknown fields are refused
	}{
		{modelID, `{"max_tokens":5,"system":"S","top_k":3,"messages":[{"role":"user","content":[{"type":"text","text":"PROMPT"}]}]}`, "content.0.text", "delta.text", "stop_reason <nil>", true},
		{"meta.test-v1:0", `{"prompt":"PROMPT","max_gen_len":5}`, "generation", "generation", "stop_reason <nil>", true},
		{"mistral.test-v1:0", `{"prompt":"PROMPT","max_tokens":5,"top_k":3}`, "outputs.0.text", "outputs.0.text", "outputs.0.stop_reason <nil>", true},
		{"mistral.test-v1:0", `{"messages":[{"role":"user","content":"PROMPT"}],"max_tokens":5}`, "choices.0.message.content", "choices.0.delta.content", "choices.0.finish_reason content_filter", false},
		{"amazon.titan-text-test", `{"inputText":"PROMPT","textGenerationConfig":{"maxTokenCount":5}}`, "results.0.outputText", "outputText", "results.0.completionReason CONTENT_FILTERED", true},
		{"amazon.nova-test-v1:0", `{"messages":[{"role":"user","content":[{"text":"PROMPT"}]}],"inferenceConfig":{"maxTokens":5}}`, "output.message.content.0.text", "contentBlockDelta.delta.text", "stopReason guardrail_intervened", false},
		{"openai.test-v1:0", `{"messages":[{"role":"system","content":"S"},{"role":"user","content":"PROMPT"}],"max_completion_tokens":5}`, "choices.0.message.content", "choices.0.delta.content", "choices.0.finish_reason content_filter", false},
		{"other.test", `{"prompt":"PROMPT","max_gen_len":5}`, "generation", "generation", "stop_reason <nil>", true},
	} {
		path, name := "/model/"+f.model, f.model+" "+f.text
		with := func(prompt string) []byte { return []byte(strings.Replace(f.body, "PROMPT", prompt, 1)) }
		w.upstream.Set(providertest.Says("hel", "lo"))
		a := w.call(http.MethodPost, path+"/invoke", with("hi"), headers(words)...)
		w.want(name, []any{a.at(f.text), a.at("amazon-bedrock-guardrailAction")}, "[hello NONE]")
		sent := w.upstream.Bodies()[0]
		w.want(name+": max_tokens", sent.Raw["max_tokens"], 5)
		w.want(name+": the user says", sent.Messages[len(sent.Messages)-1].Content, "hi")
		if strings.Contains(f.body, "top_k") {
			w.want(name+": top_k", sent.Raw["top_k"], 3)
		}
		var out strings.Builder
		events := w.stream(path+"/invoke-with-response-stream", with("hi"))
		for _, e := range events {
			if piece, ok := e.at(f.delta).(string); ok {
				out.WriteString(piece)
			}
		}
		w.want(name+": stream", out.String(), "hello")
		if strings.Contains(events[0].raw, "amazon-bedrock-guardrail") {
			t.Errorf("%s: %s", name, events[0].raw)
		}
		a = w.call(http.MethodPost, path+"/invoke", with("Bluewhale"), headers(words)...)
		member, want, _ := strings.Cut(f.blocked, " ")
		w.want(name+": blocked", []any{a.at(f.text), a.at("amazon-bedrock-guardrailAction"), a.at(member)}, "[no prompt INTERVENED "+want+"]")
		unknown := w.call(http.MethodPost, path+"/invoke", append([]byte(`{"surprise":1,`), with("hi")[1:]...))
		if f.strict {
			w.want(name+": unknown field", unknown.body["message"], "Malformed input request: extraneous key [surprise] is not permitted, please reformat your input and try again.")
		}
	}
	for _, body := range []string{`{}`, `[]`, `{"max_tokens":5}`, `{"inputs":"x"}`} {
		w.want(body, w.call(http.MethodPost, "/model/other.test/invoke", []byte(body)).code, "ValidationException")
	}
}
