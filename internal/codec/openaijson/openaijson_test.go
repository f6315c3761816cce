package openaijson_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/openaijson"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

func TestErrors(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		400: "invalid_request_error", 401: "authentication_error", 403: "permission_error", 404: "not_found_error", 424: "invalid_request_error",
		429: "rate_limit_error", 500: "server_error", 503: "server_error",
	} {
		w := httptest.NewRecorder()
		openaijson.Protocol{}.EncodeError(w, codec.Failure{Code: "SomeException", Status: status, Message: `say "a"`, RequestID: "r"})
		var got struct {
			Error struct{ Message, Type, Code string }
		}
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if w.Code != status || got.Error.Type != want || got.Error.Code != "SomeException" || got.Error.Message != `say "a"` || w.Header().Get("X-Request-Id") != "r" {
			t.Errorf("%d: %d %s", status, w.Code, w.Body)
		}
	}
}

func TestEvents(t *testing.T) {
	t.Parallel()
	var sent bytes.Buffer
	events := openaijson.Protocol{}.Events(&sent)
	chunk := func(data string) codec.Shape {
		return &wire.ResponseStream{Chunk: &wire.PayloadPart{Bytes: []byte(data)}}
	}
	if err := events.Send(chunk(`{"a":"\n"}`)); err != nil {
		t.Fatal(err)
	}
	// An event that holds a line end would let content forge events; one without content is a mistake.
	for _, bad := range []codec.Shape{chunk("a\n\ndata: b"), chunk("a\rb"), &wire.ResponseStream{}} {
		if err := events.Send(bad); err == nil {
			t.Error("sent")
		}
	}
	if err := events.Except(nil, codec.Failure{Code: "ModelStreamErrorException", Status: 424, Message: "it broke"}); err != nil {
		t.Fatal(err)
	}
	want := "data: {\"a\":\"\\n\"}\n\ndata: {\"error\":{\"message\":\"it broke\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"ModelStreamErrorException\"}}\n\n"
	if sent.String() != want {
		t.Errorf("%q", sent.String())
	}
}
