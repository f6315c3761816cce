package providertest

import (
	"bytes"
	"encoding/json"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"
)

// Converse writes a whole answer of Converse with usage 7 and 11.
func Converse(w http.ResponseWriter, content []any, stop string) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{
		"output": map[string]any{"message": map[string]any{"role": "assistant", "content": content}}, "stopReason": stop,
		"usage": map[string]int{"inputTokens": 7, "outputTokens": 11, "totalTokens": 18}, "metrics": map[string]int{"latencyMs": 1},
	})
}

// Frame gives the bytes of an event of ConverseStream.
func Frame(event, payload string) string {
	return frame(payload, ":message-type", "event", ":event-type", event, ":content-type", "application/json")
}

// Exception gives the bytes of an exception that ends a stream.
func Exception(name, payload string) string {
	return frame(payload, ":message-type", "exception", ":exception-type", name, ":content-type", "application/json")
}

func frame(payload string, headers ...string) string {
	message := eventstream.Message{Payload: []byte(payload)}
	for i := 0; i < len(headers); i += 2 {
		message.Headers.Set(headers[i], eventstream.StringValue(headers[i+1]))
	}
	var out bytes.Buffer
	if err := eventstream.NewEncoder().Encode(&out, message); err != nil {
		panic(err)
	}
	return out.String()
}
