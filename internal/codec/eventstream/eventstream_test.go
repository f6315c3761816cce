package eventstream_test

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
	"github.com/google/go-cmp/cmp"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/codectest"
	"merlon.dev/merlon/internal/codec/eventstream"
	"merlon.dev/merlon/internal/codec/restjson"
)

func schema(t codec.Type) *codec.Schema { return &codec.Schema{Type: t} }

// The shapes follow ConverseStreamOutput, ResponseStream and SelectObjectContentEventStream.
var (
	delta = &codec.Schema{Name: "Delta", Type: codec.Structure, Traits: codec.Event, Members: []codec.Member{
		{Name: "text", Wire: "text", Target: schema(codec.String)},
		{Name: "bytes", Wire: "bytes", Index: 1, Target: schema(codec.Blob)},
	}}
	records = &codec.Schema{Name: "Records", Type: codec.Structure, Traits: codec.Event | codec.Bound, Members: []codec.Member{
		{Name: "Payload", Wire: "Payload", Target: schema(codec.Blob), Location: codec.Payload},
		{Name: "flag", Wire: "flag", Index: 1, Target: schema(codec.Boolean), Location: codec.Header},
		{Name: "count", Wire: "count", Index: 2, Target: schema(codec.Integer), Location: codec.Header},
		{Name: "size", Wire: "size", Index: 3, Target: schema(codec.Long), Location: codec.Header},
		{Name: "when", Wire: "when", Index: 4, Target: schema(codec.Timestamp), Location: codec.Header},
		{Name: "name", Wire: "name", Index: 5, Target: schema(codec.String), Location: codec.Header},
	}}
	stats = &codec.Schema{Name: "Stats", Type: codec.Structure, Traits: codec.Event | codec.Bound, Members: []codec.Member{
		{Name: "Details", Wire: "Details", New: func() codec.Shape { return codectest.NewDynamic(delta) }, Location: codec.Payload},
	}}
	throttled = &codec.Schema{Name: "ThrottlingException", Type: codec.Structure, Traits: codec.Error, Members: []codec.Member{
		{Name: "message", Wire: "message", Target: schema(codec.String)},
	}}
	stream = &codec.Schema{Name: "Stream", Type: codec.Structure, Traits: codec.EventStream, Members: []codec.Member{
		{Name: "contentBlockDelta", New: func() codec.Shape { return codectest.NewDynamic(delta) }},
		{Name: "Records", Index: 1, New: func() codec.Shape { return codectest.NewDynamic(records) }},
		{Name: "Stats", Index: 2, New: func() codec.Shape { return codectest.NewDynamic(stats) }},
		{Name: "throttlingException", Index: 3, New: func() codec.Shape { return codectest.NewDynamic(throttled) }},
	}}
)

func value(s *codec.Schema, pairs ...any) *codectest.Dynamic {
	v := codectest.NewDynamic(s)
	for i := 0; i < len(pairs); i += 2 {
		v.Values[pairs[i].(string)] = pairs[i+1]
	}
	return v
}

func TestSend(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	tests := []struct {
		name    string
		event   *codectest.Dynamic
		headers map[string]any
		payload string
	}{
		{
			"event", value(stream, "contentBlockDelta", value(delta, "text", "a\"b", "bytes", []byte("hi"))),
			map[string]any{":message-type": "event", ":event-type": "contentBlockDelta", ":content-type": "application/json"},
			`{"text":"a\"b","bytes":"aGk="}`,
		},
		{
			"empty event", value(stream, "contentBlockDelta", value(delta)),
			map[string]any{":message-type": "event", ":event-type": "contentBlockDelta", ":content-type": "application/json"},
			`{}`,
		},
		{
			"blob payload and headers",
			value(stream, "Records", value(records, "Payload", []byte("raw"), "flag", true, "count", int64(1), "size", int64(2), "when", when, "name", "n")),
			map[string]any{
				":message-type": "event", ":event-type": "Records", ":content-type": "application/octet-stream",
				"flag": true, "count": int32(1), "size": int64(2), "when": when, "name": "n",
			},
			`raw`,
		},
		{
			"structure payload", value(stream, "Stats", value(stats, "Details", value(delta, "text", "x"))),
			map[string]any{":message-type": "event", ":event-type": "Stats", ":content-type": "application/json"},
			`{"text":"x"}`,
		},
		{
			"exception", value(stream, "throttlingException", value(throttled, "message", "slow down")),
			map[string]any{":message-type": "exception", ":exception-type": "throttlingException", ":content-type": "application/json"},
			`{"message":"slow down"}`,
		},
	}
	var sent bytes.Buffer
	w := eventstream.NewWriter(&sent, restjson.Protocol{}.EventBody())
	for _, test := range tests {
		if err := w.Send(test.event); err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
	}
	if err := w.Fail(codec.Failure{Code: "InternalFailure", Message: "broken"}); err != nil {
		t.Fatal(err)
	}
	d := sdk.NewDecoder()
	for _, test := range tests {
		message, err := d.Decode(&sent, nil)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.headers, headers(message)); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if string(message.Payload) != test.payload {
			t.Errorf("%s: payload %s, want %s", test.name, message.Payload, test.payload)
		}
	}
	message, err := d.Decode(&sent, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{":message-type": "error", ":error-code": "InternalFailure", ":error-message": "broken"}
	if diff := cmp.Diff(want, headers(message)); diff != "" {
		t.Error(diff)
	}
	if _, err := d.Decode(&sent, nil); !errors.Is(err, io.EOF) {
		t.Errorf("after the last frame: %v", err)
	}
}

func headers(m sdk.Message) map[string]any {
	out := map[string]any{}
	for _, h := range m.Headers {
		out[h.Name] = h.Value.Get()
	}
	return out
}

func TestSendRefuses(t *testing.T) {
	t.Parallel()
	w := eventstream.NewWriter(io.Discard, restjson.Protocol{}.EventBody())
	if err := w.Send(value(stream)); err == nil {
		t.Error("no event was sent")
	}
	if err := w.Send(value(stream, "contentBlockDelta", value(delta), "Stats", value(stats))); err == nil {
		t.Error("two events were sent")
	}
}

func TestSendFlushes(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	if err := eventstream.NewWriter(w, restjson.Protocol{}.EventBody()).Send(value(stream, "contentBlockDelta", value(delta))); err != nil {
		t.Fatal(err)
	}
	if !w.Flushed {
		t.Error("the event was kept back")
	}
}
