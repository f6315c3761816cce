package restjson_test

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/eventstream"
	"merlon.dev/merlon/internal/codec/restjson"
)

// output makes an answer of text in a header and one more member.
func output(m codec.Member, values map[string]any) *codectest.Dynamic {
	m.Index = 1
	v := codectest.NewDynamic(&codec.Schema{Name: "Out", Type: codec.Structure, Traits: codec.Bound, Members: []codec.Member{
		{Name: "text", Wire: "X-Text", Target: &codec.Schema{Type: codec.String}, Location: codec.Header}, m,
	}})
	v.Values = values
	return v
}

func TestEncodeResponsePayloads(t *testing.T) {
	t.Parallel()
	blob := &codec.Schema{Type: codec.Blob}
	tests := []struct {
		name        string
		out         codec.Shape
		status      int
		contentType string
		body        string
	}{
		{
			"blob", output(codec.Member{Name: "body", Target: blob, Location: codec.Payload}, map[string]any{"body": []byte("raw"), "text": "t"}),
			200, "application/octet-stream", "raw",
		},
		{
			"stream", output(codec.Member{Name: "body", Target: blob, Location: codec.Payload, Traits: codec.Streaming}, map[string]any{"body": []byte("raw"), "text": "t"}),
			200, "application/octet-stream", "raw",
		},
		{
			"status", output(codec.Member{Name: "status", Target: &codec.Schema{Type: codec.Integer}, Location: codec.StatusCode}, map[string]any{"status": int64(201), "text": "t"}),
			201, "application/json", "{}",
		},
		{
			"no content", output(codec.Member{Name: "status", Target: &codec.Schema{Type: codec.Integer}, Location: codec.StatusCode}, map[string]any{"status": int64(204), "text": "t"}),
			204, "", "",
		},
		{
			"events", output(codec.Member{Name: "events", Target: &codec.Schema{Type: codec.Structure}, Location: codec.Payload, Traits: codec.EventStream}, map[string]any{"text": "t"}),
			200, eventstream.ContentType, "",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := httptest.NewRecorder()
			if err := (restjson.Protocol{}).EncodeResponse(w, &codec.Operation{Status: 200}, test.out); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || w.Header().Get("Content-Type") != test.contentType || w.Body.String() != test.body || w.Header().Get("X-Text") != "t" {
				t.Errorf("got %d %v %q", w.Code, w.Header(), w.Body)
			}
		})
	}
}

func TestEncodeResponseRefusesHeaderInjection(t *testing.T) {
	t.Parallel()
	out := output(codec.Member{Name: "other", Target: &codec.Schema{Type: codec.String}}, map[string]any{"text": "a\r\nX-Evil: 1"})
	w := httptest.NewRecorder()
	if err := (restjson.Protocol{}).EncodeResponse(w, &codec.Operation{Status: 200}, out); err == nil {
		t.Errorf("got %v", w.Header())
	}
	if w.Body.Len() > 0 {
		t.Error("an answer was sent all the same")
	}
}

// broken is a shape whose stream fails half way.
type broken struct{ *codectest.Dynamic }

func (b broken) Encode(e codec.Encoder) {
	m := &b.Schema().Members[1]
	e.Stream(m, iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader("ab"))))
}

func TestEncodeResponseStreamFails(t *testing.T) {
	t.Parallel()
	out := broken{output(codec.Member{Name: "body", Target: &codec.Schema{Type: codec.Blob}, Location: codec.Payload, Traits: codec.Streaming}, nil)}
	err := restjson.Protocol{}.EncodeResponse(httptest.NewRecorder(), &codec.Operation{Status: 200}, out)
	if !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("got %v", err)
	}
}
