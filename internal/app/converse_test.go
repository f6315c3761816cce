package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/provider/providertest"
)

const said = "output.message.content.0.text"

// TestConverse holds Converse to the facts of spec/guardrails.md 16, by their numbers.
func TestConverse(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hello"))
	words, masks := w.guardrail(wordPolicy), w.guardrail(maskPolicy)
	run := func(name string, reply providertest.Reply, test func(w *world)) {
		t.Run(name, func(t *testing.T) {
			w.upstream.Set(reply)
			test(&world{T: t, endpoint: w.endpoint, upstream: w.upstream, signer: w.signer})
		})
	}
	ask := message("user", text("What about Bluewhale?"))
	run("89 blocked input", providertest.Says("hello"), func(w *world) {
		a := w.converse(conversation(words, "", ask))
		w.want("status", a.status, 200)
		w.want("text", a.at(said), "no prompt")
		w.want("role", a.at("output.message.role"), "assistant")
		w.want("stop", a.at("stopReason"), "guardrail_intervened")
		w.want("usage", a.at("usage"), "map[inputTokens:0 outputTokens:0 totalTokens:0]")
		w.want("calls of the model", len(w.upstream.Bodies()), 0)
	})
	run("90 blocked output", providertest.Says("Ask Bluewhale."), func(w *world) {
		a := w.converse(conversation(words, "enabled", message("user", text("hi"))))
		w.want("text", a.at(said), "no answer")
		w.want("stop", a.at("stopReason"), "guardrail_intervened")
		w.want("usage", a.at("usage.totalTokens"), 18)
		w.want("model output", a.at("trace.guardrail.modelOutput.0"), "Ask Bluewhale.")
		w.want("entry", a.at("trace.guardrail.outputAssessments."+words+".0.wordPolicy.customWords.0.match"), "Bluewhale")
		w.want("reason", a.at("trace.guardrail.actionReason"), "Guardrail blocked.")
	})
	run("91 masked output", providertest.Says("Write to dana@example.com."), func(w *world) {
		a := w.converse(conversation(masks, "enabled", message("user", text("hi"))))
		w.want("text", a.at(said), "Write to {EMAIL}.")
		w.want("stop", a.at("stopReason"), "guardrail_intervened")
		w.want("reason", a.at("trace.guardrail.actionReason"), "Guardrail masked.")
	})
	run("92 masked input", providertest.Says("fine"), func(w *world) {
		a := w.converse(conversation(masks, "", message("user", text("I am dana@example.com"))))
		w.want("stop", a.at("stopReason"), "end_turn")
		w.want("the model saw", w.upstream.Bodies()[0].Text(), "I am {EMAIL}")
	})
	run("93 nothing detected", providertest.Says("fine"), func(w *world) {
		a := w.converse(conversation(words, "enabled", message("user", text("hi"))))
		for _, side := range []string{"inputAssessment." + words, "outputAssessments." + words + ".0"} {
			entry, ok := a.at("trace.guardrail." + side).(object)
			if !ok || len(entry) != 2 || entry["invocationMetrics"] == nil || entry["appliedGuardrailDetails"] == nil {
				w.Errorf("%s: %v", side, entry)
			}
		}
		w.want("reason", a.at("trace.guardrail.actionReason"), "No action.")
	})
	run("94 no trace", providertest.Says("fine"), func(w *world) {
		for _, trace := range []string{"", "disabled"} {
			w.want("trace "+trace, w.converse(conversation(words, trace, ask)).at("trace"), nil)
		}
	})
	run("95 history", providertest.Says("fine"), func(w *world) {
		history := []any{message("user", text("hi")), message("assistant", text("Bluewhale is late")), message("user", text("go on"))}
		w.want("plain", w.converse(conversation(words, "", history...)).at("stopReason"), "guardrail_intervened")
		history[2] = message("user", guarded("go on"))
		w.want("guarded", w.converse(conversation(words, "", history...)).at("stopReason"), "end_turn")
	})
	run("96 system", providertest.Says("fine"), func(w *world) {
		body := conversation(words, "", message("user", text("hi")))
		body["system"] = []any{text("Bluewhale is secret")}
		w.want("plain", w.converse(body).at("stopReason"), "end_turn")
		body["system"] = []any{guarded("Bluewhale is secret")}
		w.want("guarded", w.converse(body).at("stopReason"), "guardrail_intervened")
	})
	run("97 grounding parts do not select", providertest.Says("fine"), func(w *world) {
		body := conversation(words, "", message("user", guarded("the source", "grounding_source"), guarded("a query", "query"), text("Bluewhale")))
		w.want("stop", w.converse(body).at("stopReason"), "guardrail_intervened")
	})
	run("99 split in a stream", providertest.Says("It is Blue", "whale, you know."), func(w *world) {
		events := w.stream("/model/"+modelID+"/converse-stream", conversation(words, "enabled", message("user", text("hi"))))
		w.want("text", deltas(events), "no answer")
		w.want("stop", named(events, "messageStop").at("stopReason"), "guardrail_intervened")
	})
	run("100 async", providertest.Says("It is Bluewhale. ", strings.Repeat("Write to dana@example.com. ", 40)), func(w *world) {
		for guard, want := range map[string]string{words: "guardrail_intervened", masks: "end_turn"} {
			body := conversation(guard, "", message("user", text("hi")))
			body["guardrailConfig"].(object)["streamProcessingMode"] = "async"
			events := w.stream("/model/"+modelID+"/converse-stream", body)
			if out := deltas(events); !strings.HasPrefix(out, "It is Bluewhale. ") || strings.Contains(out, "{EMAIL}") {
				w.Errorf("out %q", out)
			}
			w.want("stop", named(events, "messageStop").at("stopReason"), want)
		}
	})
	run("101 the metadata are last", providertest.Says("fi", "ne"), func(w *world) {
		events := w.stream("/model/"+modelID+"/converse-stream", conversation(words, "enabled", message("user", text("hi"))))
		w.want("events", names(events), "messageStart contentBlockDelta contentBlockStop messageStop metadata")
		last := events[len(events)-1]
		w.want("usage", last.at("usage.totalTokens"), 18)
		w.want("reason", last.at("trace.guardrail.actionReason"), "No action.")
		w.upstream.Set(providertest.Says("never"))
		events = w.stream("/model/"+modelID+"/converse-stream", conversation(words, "", ask))
		w.want("blocked input", names(events), "messageStart contentBlockDelta contentBlockStop messageStop metadata")
		w.want("its text", deltas(events), "no prompt")
		w.want("its usage", events[4].at("usage.totalTokens"), 0)
		w.want("calls of the model", len(w.upstream.Bodies()), 0)
	})
	run("102 unknown guardrail", providertest.Says("fine"), func(w *world) {
		a := w.converse(conversation("abcdefabcdef", "", message("user", text("hi"))))
		w.want("answer", []any{a.status, a.code, a.body["message"]}, "[400 ValidationException The guardrail identifier or version provided in the request does not exist.]")
		half := conversation(words, "", message("user", text("hi")))
		delete(half["guardrailConfig"].(object), "guardrailVersion")
		a = w.converse(half)
		w.want("without a version", []any{a.status, a.code}, "[400 ValidationException]")
		w.want("calls of the model", len(w.upstream.Bodies()), 0)
	})
	run("103 104 enforced", providertest.Says("fine"), func(w *world) {
		version := w.call(http.MethodPost, "/guardrails/"+words, object{}).body["version"]
		put := func(config object) {
			config["guardrailIdentifier"], config["guardrailVersion"] = words, version
			if a := w.call(http.MethodPut, "/enforcedGuardrailsConfiguration", object{"guardrailInferenceConfig": config}); a.status != 200 {
				w.Fatalf("enforce: %s", a.raw)
			}
		}
		put(object{})
		body := conversation(masks, "enabled", ask)
		a := w.converse(body)
		w.want("stop", a.at("stopReason"), "guardrail_intervened")
		w.want("origin", a.at("trace.guardrail.inputAssessment."+words+".appliedGuardrailDetails.guardrailOrigin"), "[ACCOUNT_ENFORCED]")
		w.want("origin of the caller's", a.at("trace.guardrail.inputAssessment."+masks+".appliedGuardrailDetails.guardrailOrigin"), "[REQUEST]")
		w.want("without a guardrail of the caller's", w.converse(conversation("", "", ask)).at("stopReason"), "guardrail_intervened")
		native := w.call(http.MethodPost, "/model/"+modelID+"/invoke", object{"max_tokens": 9, "messages": []any{object{"role": "user", "content": "Bluewhale"}}})
		w.want("native", native.at("amazon-bedrock-guardrailAction"), "INTERVENED")
		marked := conversation("", "", message("user", guarded("clean"), text("Bluewhale")))
		w.want("comprehensive", w.converse(marked).at("stopReason"), "guardrail_intervened")
		put(object{"selectiveContentGuarding": object{"messages": "SELECTIVE", "system": "SELECTIVE"}})
		w.want("selective", w.converse(marked).at("stopReason"), "end_turn")
		put(object{"modelEnforcement": object{"includedModels": []any{"ALL"}, "excludedModels": []any{modelID}}})
		w.want("excluded", w.converse(conversation("", "", ask)).at("stopReason"), "end_turn")
		configs := w.call(http.MethodGet, "/enforcedGuardrailsConfiguration", object{})
		w.call(http.MethodDelete, "/enforcedGuardrailsConfiguration/"+configs.at("guardrailsConfig.0.configId").(string), object{})
	})
}

// TestModelFaults holds the faults of a model to their exceptions, before and within a stream.
func TestModelFaults(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hello"))
	body := conversation("", "", message("user", text("hi")))
	for _, test := range []struct {
		name  string
		reply providertest.Reply
		want  string
	}{
		{"busy", providertest.Status(429, "{}"), "429 ThrottlingException"},
		{"failed", providertest.Status(500, "{}"), "424 ModelErrorException"},
		{"away", providertest.Status(503, "{}"), "503 ServiceUnavailableException"},
		{"late", providertest.Status(504, "{}"), "408 ModelTimeoutException"},
		{"too long", providertest.Status(400, `{"error":{"code":"context_length_exceeded"}}`), "400 ValidationException"},
	} {
		w.upstream.Set(test.reply)
		a := w.converse(body)
		w.want(test.name, fmt.Sprintf("%d %s", a.status, a.code), test.want)
		events := w.stream("/model/"+modelID+"/converse-stream", body)
		if len(events) != 1 || events[0].kind != "refused" || events[0].name != test.want[4:] || events[0].status != a.status {
			t.Errorf("%s: stream %+v", test.name, events)
		}
	}
	for _, test := range []struct {
		name string
		then func(http.ResponseWriter, *http.Request)
		want string
	}{
		{"reset", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "modelStreamErrorException"},
		{"malformed", func(w http.ResponseWriter, _ *http.Request) { providertest.Raw(w, "data: {\n\n") }, "modelStreamErrorException"},
		{"ended early", func(http.ResponseWriter, *http.Request) {}, "modelStreamErrorException"},
		{"stall", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "internalServerException modelTimeoutException"},
	} {
		w.upstream.Set(func(out http.ResponseWriter, r *http.Request, _ providertest.Body, _ int) {
			providertest.Chunk(out, object{"content": "half"}, "")
			test.then(out, r)
		})
		for path, request := range map[string]any{
			"/model/" + modelID + "/converse-stream":             body,
			"/model/" + modelID + "/invoke-with-response-stream": object{"max_tokens": 9, "messages": []any{object{"role": "user", "content": "hi"}}},
		} {
			events := w.stream(path, request)
			last := events[len(events)-1]
			if last.kind != "exception" || !strings.Contains(test.want, last.name) || strings.Contains(names(events), "messageStop") {
				t.Errorf("%s: %s: %s", test.name, path, names(events))
			}
		}
	}
	a := w.call(http.MethodPost, "/model/unknown.model/converse", body)
	w.want("unknown model", []any{a.status, a.code}, "[400 ValidationException]")
}

// TestEvaluationsAreRecorded is fact 108: each evaluation inside a call of a model is an ApplyGuardrail of the audit journal.
func TestEvaluationsAreRecorded(t *testing.T) {
	t.Parallel()
	w := setup(t, providertest.Says("hello"))
	words := w.guardrail(wordPolicy)
	passed, blocked := conversation(words, "", message("user", text("hi"))), conversation(words, "", message("user", text("Bluewhale")))
	w.converse(passed)                                                      // input and output
	w.converse(blocked)                                                     // input
	w.stream("/model/"+modelID+"/converse-stream", passed)                  // input and output
	w.invoke(native("hi"), headers(words)...)                               // input and output
	w.converse(conversation("", "", message("user", text("no guardrail")))) // none
	found := 0
	err := filepath.WalkDir(filepath.Join(w.data, "audit"), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		found += bytes.Count(data, []byte(`"eventName":"ApplyGuardrail"`))
		return err
	})
	if err != nil || found != 7 {
		t.Errorf("%d records of ApplyGuardrail, want 7, %v", found, err)
	}
}

// TestClientLeaves frees the model when the client of a stream goes away.
func TestClientLeaves(t *testing.T) {
	t.Parallel()
	w := setup(t, func(out http.ResponseWriter, r *http.Request, _ providertest.Body, _ int) {
		providertest.Chunk(out, object{"content": "half"}, "")
		<-r.Context().Done()
	})
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.endpoint+"/model/"+modelID+"/converse-stream", strings.NewReader(`{"messages":[{"role":"user","content":[{"text":"hi"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	w.sign(request)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	response.Body.Close()
	if !w.upstream.Left(1) {
		t.Error("the model still answers")
	}
}

// deltas joins the text of a Converse stream.
func deltas(events []event) string {
	var out strings.Builder
	for _, e := range events {
		if text, ok := e.at("delta.text").(string); ok {
			out.WriteString(text)
		}
	}
	return out.String()
}

func names(events []event) string {
	var out []string
	for _, e := range events {
		out = append(out, e.name)
	}
	return strings.Join(out, " ")
}

// named gives the last event of a name.
func named(events []event, name string) (found event) {
	for _, e := range events {
		if e.name == name {
			found = e
		}
	}
	return found
}
