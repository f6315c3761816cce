package restjson_test

import (
	"io"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

// decodeInput sends an input through a request, as a client and a server would.
func decodeInput(t *testing.T, op *codec.Operation, from, into codec.Shape) error {
	t.Helper()
	r, err := restjson.Client{}.EncodeRequest(op, from)
	if err != nil {
		t.Fatal(err)
	}
	var body []byte
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			t.Fatal(err)
		}
	}
	return restjson.Protocol{}.DecodeRequest(op, r, labels(t, op.URI, r.URL.EscapedPath()), body, into)
}

// read is decodeInput and the check after it.
func read(t *testing.T, op *codec.Operation, in codec.Shape) error {
	t.Helper()
	got := op.NewInput()
	if err := decodeInput(t, op, in, got); err != nil {
		return err
	}
	return codec.Check(got)
}

func TestBadInputs(t *testing.T) {
	t.Parallel()
	operations, inputs := 0, 0
	for _, service := range []*codec.Service{bedrock.Service, bedrockruntime.Service} {
		for _, op := range service.Operations {
			if op.NewInput == nil {
				continue
			}
			operations++
			good, err := codectest.Minimal(op)
			if err != nil {
				t.Errorf("%s: %v", op.Name, err)
				continue
			}
			if err := read(t, op, good); err != nil {
				t.Errorf("%s: minimal input %v: %v", op.Name, good, err)
			}
			bad, err := codectest.BadInputs(op)
			if err != nil {
				t.Errorf("%s: %v", op.Name, err)
			}
			inputs += len(bad)
			for _, b := range bad {
				checkBadInput(t, op, b)
			}
		}
	}
	if operations < 16 || inputs < 515 {
		t.Errorf("ran %d operations with %d bad inputs", operations, inputs)
	}
	t.Logf("%d bad inputs", inputs)
}

func checkBadInput(t *testing.T, op *codec.Operation, b codectest.BadInput) {
	t.Helper()
	err := read(t, op, b.Value)
	if b.Malformed {
		if !fault.Is(err, fault.Malformed) || !strings.Contains(err.Error(), "'"+b.Path+"'") {
			t.Errorf("%s: %s: got %v, want a malformed request that names it", op.Name, b.Name, err)
		}
		return
	}
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("%s: %s: got %v, want an invalid request", op.Name, b.Name, err)
		return
	}
	message := err.Error()
	if !strings.HasPrefix(message, "1 validation error detected: Value") || !strings.HasSuffix(message, " at '"+b.Path+"' failed to satisfy constraint: "+b.Constraint) {
		t.Errorf("%s: %s: got %.2000q, want %q", op.Name, b.Name, message, b.Constraint)
	}
	if b.Sensitive && strings.Contains(message, "Value '") {
		t.Errorf("%s: %s: the message holds a sensitive value: %.2000q", op.Name, b.Name, message)
	}
}
