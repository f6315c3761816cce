package providertest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Dialect is how a kind of server says what the contract lets it say.
type Dialect struct {
	// Says answers with a text, in deltas of the given pieces when the client wants a stream, with usage 7 and 11.
	Says func(pieces ...string) Reply
	// CallsTool answers with the use of a tool, whose input comes in two pieces in a stream, behind the text "let me see".
	CallsTool Reply
	// TooLong refuses a prompt because of its length.
	TooLong Reply
	// Stream is the bytes of a stream that says "안녕!" and ends for want of tokens.
	Stream string
	// Half begins a stream with the text "half".
	Half func(w http.ResponseWriter)
	// Breaks go on behind Half in ways that end no answer, by name; after each the server leaves.
	Breaks map[string]func(w http.ResponseWriter)
	// Garbage is a body that begins no answer.
	Garbage string
}

// OpenAI is the dialect of chat completions.
func OpenAI() Dialect {
	return Dialect{
		Says: Says,
		CallsTool: func(w http.ResponseWriter, _ *http.Request, body Body, _ int) {
			call := map[string]any{"index": 0, "id": "call_1", "type": "function", "function": map[string]string{"name": "weather", "arguments": `{"city":`}}
			rest := map[string]any{"index": 0, "function": map[string]string{"arguments": `"Köln"}`}}
			if !body.Stream {
				call["function"] = map[string]string{"name": "weather", "arguments": `{"city":"Köln"}`}
				Whole(w, map[string]any{"content": nil, "tool_calls": []any{call}}, "tool_calls")
				return
			}
			Chunk(w, map[string]any{"content": "let me see"}, "")
			Chunk(w, map[string]any{"tool_calls": []any{call}}, "")
			Chunk(w, map[string]any{"tool_calls": []any{rest}}, "")
			Done(w, "tool_calls")
		},
		TooLong: Status(400, `{"error":{"message":"This model's maximum context length is 4096 tokens","code":"context_length_exceeded"}}`),
		Stream: "data: {\"choices\":[{\"delta\":{\"content\":\"안녕\"}}]}\r\n\r\n: a comment\n\n" +
			"data:{\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"length\"}]}\n\ndata: [DONE]\n\n",
		Half: func(w http.ResponseWriter) { Chunk(w, map[string]any{"content": "half"}, "") },
		Breaks: map[string]func(http.ResponseWriter){
			"done without a reason": func(w http.ResponseWriter) { Raw(w, "data: [DONE]\n\n") },
			"malformed chunk":       func(w http.ResponseWriter) { Raw(w, "data: {nonsense\n\n") },
			"error chunk":           func(w http.ResponseWriter) { Event(w, map[string]any{"error": map[string]string{"message": "oom"}}) },
		},
		Garbage: "data: {\"choi\n\n",
	}
}

// Bedrock is the dialect of Converse and ConverseStream.
func Bedrock() Dialect {
	const stop, metadata = `{"contentBlockIndex":0}`, `{"usage":{"inputTokens":7,"outputTokens":11,"totalTokens":18},"metrics":{"latencyMs":1}}`
	delta := func(text string) string {
		quoted, err := json.Marshal(text)
		if err != nil {
			panic(err)
		}
		return `{"contentBlockIndex":0,"delta":{"text":` + string(quoted) + `}}`
	}
	begin := Frame("messageStart", `{"role":"assistant"}`)
	end := func(reason string) string {
		return Frame("messageStop", `{"stopReason":"`+reason+`"}`) + Frame("metadata", metadata)
	}
	return Dialect{
		Says: func(pieces ...string) Reply {
			return func(w http.ResponseWriter, _ *http.Request, body Body, _ int) {
				if !body.Stream {
					Converse(w, []any{map[string]string{"text": strings.Join(pieces, "")}}, "end_turn")
					return
				}
				Raw(w, begin)
				for _, p := range pieces {
					Raw(w, Frame("contentBlockDelta", delta(p)))
				}
				Raw(w, Frame("contentBlockStop", stop)+end("end_turn"))
			}
		},
		CallsTool: func(w http.ResponseWriter, _ *http.Request, body Body, _ int) {
			use := map[string]any{"toolUseId": "tool_1", "name": "weather", "input": map[string]string{"city": "Köln"}}
			if !body.Stream {
				Converse(w, []any{map[string]any{"toolUse": use}}, "tool_use")
				return
			}
			Raw(w, begin+Frame("contentBlockDelta", delta("let me see"))+Frame("contentBlockStop", stop)+
				Frame("contentBlockStart", `{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"tool_1","name":"weather"}}}`)+
				Frame("contentBlockDelta", `{"contentBlockIndex":1,"delta":{"toolUse":{"input":"{\"city\":"}}}`))
			Raw(w, Frame("contentBlockDelta", `{"contentBlockIndex":1,"delta":{"toolUse":{"input":"\"Köln\"}"}}}`)+
				Frame("contentBlockStop", `{"contentBlockIndex":1}`)+end("tool_use"))
		},
		TooLong: Status(400, `{"__type":"ValidationException","message":"Input is too long for requested model."}`),
		Stream:  begin + Frame("contentBlockDelta", delta("안녕")) + Frame("contentBlockDelta", delta("!")) + Frame("contentBlockStop", stop) + end("max_tokens"),
		Half:    func(w http.ResponseWriter) { Raw(w, begin+Frame("contentBlockDelta", delta("half"))) },
		Breaks: map[string]func(http.ResponseWriter){
			"metadata without a reason": func(w http.ResponseWriter) { Raw(w, Frame("contentBlockStop", stop)+Frame("metadata", metadata)) },
			"reason without metadata": func(w http.ResponseWriter) {
				Raw(w, Frame("contentBlockStop", stop)+Frame("messageStop", `{"stopReason":"end_turn"}`))
			},
			"reason in a block": func(w http.ResponseWriter) { Raw(w, end("end_turn")) },
			"unknown reason":    func(w http.ResponseWriter) { Raw(w, Frame("contentBlockStop", stop)+end("because")) },
			"malformed output":  func(w http.ResponseWriter) { Raw(w, Frame("contentBlockStop", stop)+end("malformed_tool_use")) },
			"malformed event":   func(w http.ResponseWriter) { Raw(w, Frame("contentBlockDelta", `{"contentBlockIndex":0,"delta":`)) },
			"malformed frame": func(w http.ResponseWriter) {
				Raw(w, strings.Replace(Frame("contentBlockDelta", delta("a")), "text", "test", 1))
			},
			"unknown content": func(w http.ResponseWriter) {
				Raw(w, Frame("contentBlockDelta", `{"contentBlockIndex":0,"delta":{"song":"la"}}`))
			},
			"exception": func(w http.ResponseWriter) { Raw(w, Exception("modelStreamErrorException", `{"message":"oom"}`)) },
		},
		Garbage: "\x00\x00\x00\x10nonsense",
	}
}
