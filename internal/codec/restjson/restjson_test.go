package restjson_test

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

func TestApplyGuardrail(t *testing.T) {
	t.Parallel()
	body := `{"source":"INPUT","unknown":[1,{"a":null}],"content":[{"text":{"text":"caf\u00e9 \ud83d\ude00","qualifiers":["query"]}},{"image":{"format":"png","source":{"bytes":"aGk="}}}]}`
	r := httptest.NewRequest("POST", "/guardrail/abc/version/1/apply", strings.NewReader(body))
	in := new(bedrockruntime.ApplyGuardrailRequest)
	labels := []string{"arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aguardrail%2Fabc", "1"}
	if err := (restjson.Protocol{}).DecodeRequest(bedrockruntime.ApplyGuardrail, r, labels, []byte(body), in); err != nil {
		t.Fatal(err)
	}
	want := &bedrockruntime.ApplyGuardrailRequest{
		GuardrailIdentifier: new("arn:aws:bedrock:us-east-1:123456789012:guardrail/abc"),
		GuardrailVersion:    new("1"),
		Source:              new(bedrockruntime.GuardrailContentSourceInput),
		Content: []bedrockruntime.GuardrailContentBlock{
			{Text: &bedrockruntime.GuardrailTextBlock{
				Text:       new("café 😀"),
				Qualifiers: []bedrockruntime.GuardrailContentQualifier{bedrockruntime.GuardrailContentQualifierQuery},
			}},
			{Image: &bedrockruntime.GuardrailImageBlock{
				Format: new(bedrockruntime.GuardrailImageFormatPng),
				Source: &bedrockruntime.GuardrailImageSource{Bytes: []byte("hi")},
			}},
		},
	}
	if diff := cmp.Diff(want, in); diff != "" {
		t.Error(diff)
	}
	if err := codec.Check(in); err != nil {
		t.Error(err)
	}

	w := httptest.NewRecorder()
	out := &bedrockruntime.ApplyGuardrailResponse{Action: new(bedrockruntime.GuardrailActionNone), Usage: new(bedrockruntime.GuardrailUsage)}
	if err := (restjson.Protocol{}).EncodeResponse(w, bedrockruntime.ApplyGuardrail, out); err != nil {
		t.Fatal(err)
	}
	if got, want := w.Body.String(), `{"usage":{},"action":"NONE","outputs":[],"assessments":[]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
