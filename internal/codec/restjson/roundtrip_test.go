package restjson_test

import (
	"fmt"
	"net/http/httptest"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

// TestGeneratedRoundTrip fills every member of every generated input and output, lets the generated code read and write it, and
// wants the same value back.
func TestGeneratedRoundTrip(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, service := range []*codec.Service{bedrock.Service, bedrockruntime.Service} {
		for _, op := range service.Operations {
			if op.NewInput == nil {
				continue
			}
			for variant := range 8 {
				ran++
				roundTripInput(t, op, variant)
				roundTripOutput(t, op, variant)
			}
		}
	}
	if ran < 16*8 {
		t.Errorf("ran %d round trips", ran)
	}
}

func roundTripInput(t *testing.T, op *codec.Operation, variant int) {
	t.Helper()
	want := codectest.Full(op.NewInput().Schema(), variant)
	generated := op.NewInput()
	if err := decodeInput(t, op, want, generated); err != nil {
		t.Errorf("%s: read: %v", op.Name, err)
		return
	}
	got := codectest.NewDynamic(generated.Schema())
	if err := decodeInput(t, op, generated, got); err != nil {
		t.Errorf("%s: read again: %v", op.Name, err)
	}
	sameShape(t, op, got, want)
}

func roundTripOutput(t *testing.T, op *codec.Operation, variant int) {
	t.Helper()
	want := codectest.Full(op.NewOutput().Schema(), variant)
	generated := op.NewOutput()
	decodeOutput(t, op, want, generated)
	got := codectest.NewDynamic(generated.Schema())
	decodeOutput(t, op, generated, got)
	sameShape(t, op, got, want)
}

func decodeOutput(t *testing.T, op *codec.Operation, from, into codec.Shape) {
	t.Helper()
	w := httptest.NewRecorder()
	if err := (restjson.Protocol{}).EncodeResponse(w, op, from); err != nil {
		t.Fatal(err)
	}
	if err := (restjson.Client{}).DecodeResponse(w.Code, w.Header(), w.Body.Bytes(), into); err != nil {
		t.Errorf("%s: %v", op.Name, err)
	}
}

// sameShape compares the texts, since the structures inside a dynamic shape are generated ones. The members outside the body
// are in the values of both.
func sameShape(t *testing.T, op *codec.Operation, got, want *codectest.Dynamic) {
	t.Helper()
	text := func(v *codectest.Dynamic) string {
		e := jsontext.NewEncoder(nil, codec.Epoch)
		e.Encode(v)
		all := string(e.Bytes())
		for _, m := range v.Schema().Members {
			if m.Location != codec.Body {
				all += fmt.Sprint(" ", m.Name, ": ", v.Values[m.Name])
			}
		}
		return all
	}
	if g, w := text(got), text(want); g != w {
		t.Errorf("%s: got  %s\nwant %s", op.Name, g, w)
	}
}
