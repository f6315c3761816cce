package bedrockruntime

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/model"
)

// chat is the form of OpenAI's chat completions. Members that are not mapped go to the model as they are: where it is called the same
// form is spoken.
type chat struct {
	model   string // as the caller named it
	created time.Time
	usage   usagePlace
}

type chatMessage struct {
	Role       string          `json:"role"`
	Content    json.RawMessage `json:"content"` // a string, a list of parts or null
	Name       string          `json:"name"`
	ToolCallID string          `json:"tool_call_id"`
	// What clients repeat of an earlier answer and no model needs.
	Refusal     json.RawMessage `json:"refusal"`
	Annotations json.RawMessage `json:"annotations"`
	Reasoning   json.RawMessage `json:"reasoning"`
	ToolCalls   []struct {
		Index    int    `json:"index"`
		ID       string `json:"id"`
		Type     string `json:"type"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

type chatTool struct {
	Type     string `json:"type"`
	Function struct {
		Name        string `json:"name"`
		Description string `json:"description"`
		Parameters  any    `json:"parameters"`
		Strict      *bool  `json:"strict"`
	} `json:"function"`
}

// chatMapped are the members that read maps; model and stream are said by the operation.
var chatMapped = []string{"messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "tools", "tool_choice", "model", "stream", "stream_options", "n"}

func (chat) read(body []byte) (r model.Request, err error) {
	var in struct {
		Messages    []json.RawMessage `json:"messages"`
		MaxTokens   *int              `json:"max_tokens"`
		MaxNew      *int              `json:"max_completion_tokens"`
		Temperature *float64          `json:"temperature"`
		TopP        *float64          `json:"top_p"`
		Stop        json.RawMessage   `json:"stop"`
		Tools       []json.RawMessage `json:"tools"`
		ToolChoice  json.RawMessage   `json:"tool_choice"`
		Answers     *int              `json:"n"`
	}
	if json.Unmarshal(body, &in) != nil {
		return r, malformedInput("it does not have the form that the model takes")
	}
	if in.Answers != nil && *in.Answers != 1 {
		return r, malformedInput("n: one answer a call is given")
	}
	for _, raw := range in.Messages {
		if err := chatTurn(&r, raw); err != nil {
			return r, err
		}
	}
	if len(r.Messages) == 0 {
		return r, malformedInput("messages: at least one message is required")
	}
	r.Inference = model.Inference{MaxTokens: in.MaxTokens, Temperature: in.Temperature, TopP: in.TopP}
	if in.MaxNew != nil {
		r.Inference.MaxTokens = in.MaxNew
	}
	if r.Inference.Stop, err = oneOrMore(in.Stop); err != nil {
		return r, err
	}
	for _, raw := range in.Tools {
		var t chatTool
		if err := decodeNative(raw, &t); err != nil {
			return r, err
		}
		r.Tools = append(r.Tools, model.Tool{Name: t.Function.Name, Description: t.Function.Description, Schema: t.Function.Parameters})
	}
	if r.ToolChoice, err = chatChoice(in.ToolChoice); err != nil {
		return r, err
	}
	var all map[string]any
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.UseNumber()
	if err := d.Decode(&all); err != nil {
		return r, malformedInput("it is no JSON object")
	}
	for name, value := range all {
		if !slices.Contains(chatMapped, name) {
			if r.Extra == nil {
				r.Extra = map[string]any{}
			}
			r.Extra[name] = value
		}
	}
	return r, nil
}

// chatTurn adds one message. A tool's answer belongs to a user's turn, as it does in Converse.
func chatTurn(r *model.Request, raw json.RawMessage) error {
	var m chatMessage
	if err := decodeNative(raw, &m); err != nil {
		return err
	}
	content, err := chatContent(m.Content)
	if err != nil {
		return err
	}
	switch m.Role {
	case "system", "developer":
		r.System = append(r.System, content...)
	case "user":
		r.Messages = append(r.Messages, model.Message{Role: model.User, Content: content})
	case "tool":
		r.Messages = append(r.Messages, model.Message{Role: model.User, Content: []model.Block{{ToolResult: &model.ToolResult{ID: m.ToolCallID, Content: content}}}})
	case "assistant":
		for _, c := range m.ToolCalls {
			use := &model.ToolUse{ID: c.ID, Name: c.Function.Name, Input: map[string]any{}}
			if c.Function.Arguments != "" && json.Unmarshal([]byte(c.Function.Arguments), &use.Input) != nil {
				return malformedInput("messages: the arguments of a tool call are no JSON")
			}
			content = append(content, model.Block{ToolUse: use})
		}
		r.Messages = append(r.Messages, model.Message{Role: model.Assistant, Content: content})
	default:
		return malformedInput("messages: a role is system, developer, user, assistant or tool")
	}
	return nil
}

func chatContent(raw json.RawMessage) ([]model.Block, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return []model.Block{{Text: text}}, nil
	}
	var parts []struct {
		Type     string `json:"type"`
		Text     string `json:"text"`
		ImageURL struct {
			URL    string `json:"url"`
			Detail string `json:"detail"`
		} `json:"image_url"`
	}
	if err := decodeNative(raw, &parts); err != nil {
		return nil, err
	}
	var out []model.Block
	for _, p := range parts {
		switch p.Type {
		case "text":
			out = append(out, model.Block{Text: p.Text})
		case "image_url":
			head, data, ok := strings.Cut(p.ImageURL.URL, ";base64,")
			format, isImage := strings.CutPrefix(head, "data:image/")
			bytes, err := base64.StdEncoding.DecodeString(data)
			if !ok || !isImage || err != nil {
				return nil, unsupported("images outside of the request")
			}
			out = append(out, model.Block{Image: &model.Image{Format: format, Bytes: bytes}})
		default:
			return nil, unsupported("content other than text and images")
		}
	}
	return out, nil
}

// oneOrMore reads a string or a list of strings.
func oneOrMore(raw json.RawMessage) ([]string, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return []string{one}, nil
	}
	var more []string
	if json.Unmarshal(raw, &more) != nil {
		return nil, malformedInput("stop is a string or a list of strings")
	}
	return more, nil
}

func chatChoice(raw json.RawMessage) (c model.ToolChoice, err error) {
	if len(raw) == 0 || string(raw) == "null" {
		return c, nil
	}
	var word string
	if json.Unmarshal(raw, &word) == nil {
		switch word {
		case "auto":
			return c, nil
		case "required":
			return model.ToolChoice{Any: true}, nil
		case "none":
			return model.ToolChoice{None: true}, nil
		}
		return c, unsupported("the tool choice " + word)
	}
	var named chatTool
	if err := decodeNative(raw, &named); err != nil {
		return c, err
	}
	return model.ToolChoice{Name: named.Function.Name}, nil
}
