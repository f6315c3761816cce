package awsquery_test

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/awsquery"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/iam"
	"merlon.dev/merlon/internal/wire/sts"
)

// operations gives the generated operations of the services that speak the protocol.
func operations() (list []*codec.Operation) {
	for _, service := range []*codec.Service{iam.Service, sts.Service} {
		for _, op := range service.Operations {
			if op.NewInput != nil {
				list = append(list, op)
			}
		}
	}
	return list
}

func decodeInput(t *testing.T, op *codec.Operation, from, into codec.Shape) error {
	t.Helper()
	r, err := awsquery.Client{}.EncodeRequest(op, from)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return awsquery.Protocol{}.DecodeRequest(op, r, nil, body, into)
}

func decodeOutput(t *testing.T, op *codec.Operation, from, into codec.Shape) error {
	t.Helper()
	w := httptest.NewRecorder()
	if err := (awsquery.Protocol{}).EncodeResponse(w, op, from); err != nil {
		t.Fatal(err)
	}
	return awsquery.Client{}.DecodeResponse(op, w.Body.Bytes(), into)
}

// TestGeneratedRoundTrip fills every member of every generated input and output, lets the generated code read and write it, and
// wants the same value back.
func TestGeneratedRoundTrip(t *testing.T) {
	t.Parallel()
	ran := 0
	for _, op := range operations() {
		for variant := range 4 {
			ran++
			roundTrip(t, op, variant, op.NewInput, decodeInput)
			roundTrip(t, op, variant, op.NewOutput, decodeOutput)
		}
	}
	if ran != 85*4 {
		t.Errorf("ran %d round trips", ran)
	}
}

func roundTrip(t *testing.T, op *codec.Operation, variant int, make func() codec.Shape, send func(*testing.T, *codec.Operation, codec.Shape, codec.Shape) error) {
	t.Helper()
	generated := make()
	want, got := codectest.Full(generated.Schema(), variant), codectest.NewDynamic(generated.Schema())
	if err := send(t, op, want, generated); err != nil {
		t.Errorf("%s: read: %v", op.Name, err)
		return
	}
	if err := send(t, op, generated, got); err != nil {
		t.Errorf("%s: read again: %v", op.Name, err)
	}
	// The structures inside a dynamic shape are generated ones, so that texts are compared.
	if g, w := text(got), text(want); g != w {
		t.Errorf("%s: got  %s\nwant %s", op.Name, g, w)
	}
}

func text(v codec.Shape) string {
	e := jsontext.NewEncoder(nil, codec.Epoch)
	e.Encode(v)
	return string(e.Bytes())
}

// traceless are bad inputs that no form can hold, since a structure without members leaves no trace in one.
var traceless = map[string]bool{
	"SimulateCustomPolicy: too long orderedOrganizationPolicyInputList":            true,
	"SimulatePrincipalPolicy: no member of the union policyExclusionList.1.member": true,
	"AssumeRole: too long providedContexts":                                        true,
}

// TestBadInputs breaks every constraint of every operation once.
func TestBadInputs(t *testing.T) {
	t.Parallel()
	inputs := 0
	for _, op := range operations() {
		bad, err := codectest.BadInputs(op)
		if err != nil {
			t.Errorf("%s: %v", op.Name, err)
		}
		for _, b := range bad {
			// A wrong type is written in other ways here: see TestMalformed.
			if b.Malformed || traceless[op.Name+": "+b.Name] {
				continue
			}
			inputs++
			in := op.NewInput()
			err := decodeInput(t, op, b.Value, in)
			if err == nil {
				err = codec.Check(in)
			}
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), "1 validation error detected: ") ||
				!strings.HasSuffix(err.Error(), " at '"+b.Path+"' failed to satisfy constraint: "+b.Constraint) {
				t.Errorf("%s: %s: got %v", op.Name, b.Name, err)
			}
		}
	}
	if inputs != 544 {
		t.Errorf("ran %d bad inputs", inputs)
	}
}
