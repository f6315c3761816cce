package wire

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

// TestBadInputs sends every operation one request for each constraint of its model that breaks just that: each is refused with the
// modelled error that names the place, none with a 5xx, and the server lives.
func TestBadInputs(t *testing.T) {
	t.Parallel()
	s := start(t)
	operations, requests := 0, 0
	for _, service := range []*codec.Service{bedrock.Service, bedrockruntime.Service} {
		for _, op := range service.Operations {
			if op.NewInput == nil {
				continue
			}
			operations++
			bad, err := codectest.BadInputs(op)
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range bad {
				requests++
				t.Run(op.Name+"/"+b.Name, func(t *testing.T) { s.refuses(t, op, b) })
			}
		}
	}
	t.Logf("%d operations, %d bad requests", operations, requests)
	if operations < 16 || requests < 500 {
		t.Errorf("%d operations and %d requests were tried, want 16 and 500 at least", operations, requests)
	}
	if got := s.call(t, bedrock.ListGuardrails, &bedrock.ListGuardrailsRequest{}, nil); got.status != http.StatusOK {
		t.Errorf("the server answers %d afterwards", got.status)
	}
}

func (s *server) refuses(t *testing.T, op *codec.Operation, b codectest.BadInput) {
	t.Helper()
	r, err := restjson.Client{}.EncodeRequest(op, b.Value)
	if err != nil {
		t.Fatal(err)
	}
	got := s.send(t, r)
	code := restjson.Client{}.ErrorCode(got.header, got.body)
	want := "ValidationException"
	if b.Malformed {
		want = "SerializationException"
	}
	if got.status != http.StatusBadRequest || code != want || got.header.Get("x-amzn-RequestId") == "" {
		t.Fatalf("answered %d %s %s, want 400 %s", got.status, code, got.body, want)
	}
	var told struct{ Message string }
	if err := json.Unmarshal(got.body, &told); err != nil {
		t.Fatal(err)
	}
	// What runtime calls say in words of their own: an identifier or version that cannot be one (behaviour specification, 13.2), and one
	// without the other.
	worded := []string{
		"Guardrail was enabled but input is in incorrect format.",
		"The guardrail identifier and the guardrail version must be given together.",
	}
	if !strings.Contains(told.Message, b.Path) && !slices.Contains(worded, told.Message) {
		t.Errorf("message %q does not name %s", told.Message, b.Path)
	}
}
