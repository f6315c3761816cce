package openai_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/openai"
)

func TestCountTokens(t *testing.T) {
	t.Parallel()
	const (
		vllm  = `{"add_generation_prompt":true,"messages":[{"role":"user","content":"hi"}],"model":"upstream-model"}`
		laid  = `{"messages":[{"role":"user","content":"hi"}],"model":"upstream-model"}`
		llama = `{"add_special":true,"content":"[user]hi"}`
	)
	for _, test := range []struct {
		name    string
		way     openai.Tokenize
		answers map[string]string // by path and body
		want    int
		kind    fault.Kind
	}{
		{"vllm", openai.VLLMTokenize, map[string]string{"/tokenize " + vllm: `{"count":5,"tokens":[1]}`}, 5, ""},
		{"llama.cpp", openai.LlamaTokenize, map[string]string{"/apply-template " + laid: `{"prompt":"[user]hi"}`, "/tokenize " + llama: `{"tokens":[1,2,3]}`}, 3, ""},
		{"none", openai.NoTokenize, nil, 0, fault.Invalid},
		{"no count", openai.VLLMTokenize, map[string]string{"/tokenize " + vllm: `{}`}, 0, fault.Upstream},
		{"no prompt", openai.LlamaTokenize, map[string]string{"/apply-template " + laid: `{}`}, 0, fault.Upstream},
		{"not there", openai.VLLMTokenize, map[string]string{}, 0, fault.Unavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				answer, ok := test.answers[r.URL.Path+" "+string(body)]
				if err != nil || !ok {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				fmt.Fprint(w, answer)
			}))
			t.Cleanup(server.Close)
			p := open(t, openai.Config{BaseURL: server.URL + "/v1", Tokenize: test.way})
			n, err := p.CountTokens(t.Context(), model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: "hi"}}}}})
			if n != test.want || (err != nil) != (test.kind != "") || err != nil && !fault.Is(err, test.kind) {
				t.Errorf("%d, %v", n, err)
			}
		})
	}
}
