package bedrockruntime

import (
	"encoding/json"

	"merlon.dev/merlon/internal/model"
)

// llama is the completion form of Meta's models: prompt, max_gen_len, temperature, top_p.
type llama struct{}

func (llama) read(body []byte) (model.Request, error) {
	var in struct {
		Prompt      string   `json:"prompt"`
		MaxGenLen   *int     `json:"max_gen_len"`
		MaxTokens   *int     `json:"max_tokens"`
		Temperature *float64 `json:"temperature"`
		TopP        *float64 `json:"top_p"`
		Stop        []string `json:"stop"`
	}
	if err := decodeNative(body, &in); err != nil {
		return model.Request{}, err
	}
	if in.MaxGenLen == nil {
		in.MaxGenLen = in.MaxTokens
	}
	return prompt(in.Prompt, model.Inference{MaxTokens: in.MaxGenLen, Temperature: in.Temperature, TopP: in.TopP, Stop: in.Stop}, nil)
}

func (llama) whole(a nativeAnswer) any {
	return llamaBody(a.text(), a.end.Usage.InputTokens, a.end.Usage.OutputTokens, a.stop(llamaStops))
}

func llamaBody(text string, in any, out int, stop any) any {
	return map[string]any{"generation": text, "prompt_token_count": in, "generation_token_count": out, "stop_reason": stop}
}

var llamaStops = map[model.StopReason]string{
	model.EndTurn: "stop", model.StopForTool: "stop", model.StopForTokens: "length", model.StopAtSequence: "stop", model.ContentFiltered: "stop",
}

func (llama) stream() nativeStream { return &llamaStream{} }

type llamaStream struct{ n int }

func (s *llamaStream) delta(d model.Delta) []any {
	if d.Tool != nil {
		return nil // the form has no tools, so that no model is told of any
	}
	s.n++
	return []any{llamaBody(d.Text, nil, s.n, nil)}
}

func (s *llamaStream) last(a nativeAnswer) []any {
	return []any{llamaBody("", a.end.Usage.InputTokens, a.end.Usage.OutputTokens, a.stop(llamaStops))}
}

// mistral is the completion form of Mistral's models: prompt, max_tokens, temperature, top_p, top_k, stop.
type mistral struct{}

func (mistral) read(body []byte) (model.Request, error) {
	var in struct {
		Prompt      string       `json:"prompt"`
		MaxTokens   *int         `json:"max_tokens"`
		Temperature *float64     `json:"temperature"`
		TopP        *float64     `json:"top_p"`
		TopK        *json.Number `json:"top_k"`
		Stop        []string     `json:"stop"`
	}
	if err := decodeNative(body, &in); err != nil {
		return model.Request{}, err
	}
	return prompt(in.Prompt, model.Inference{MaxTokens: in.MaxTokens, Temperature: in.Temperature, TopP: in.TopP, Stop: in.Stop}, topK(in.TopK))
}

// topK is a parameter that Converse has no member for.
func topK(k *json.Number) map[string]any {
	if k == nil {
		return nil
	}
	return map[string]any{"top_k": *k}
}

func mistralBody(text string, stop any) any {
	return map[string]any{"outputs": []any{map[string]any{"text": text, "stop_reason": stop}}}
}

func (mistral) whole(a nativeAnswer) any { return mistralBody(a.text(), a.stop(llamaStops)) }

func (mistral) stream() nativeStream { return mistralStream{} }

type mistralStream struct{}

func (mistralStream) delta(d model.Delta) []any {
	if d.Tool != nil {
		return nil
	}
	return []any{mistralBody(d.Text, nil)}
}

func (mistralStream) last(a nativeAnswer) []any { return []any{mistralBody("", a.stop(llamaStops))} }

// titan is the form of Amazon Titan Text: inputText and textGenerationConfig.
type titan struct{}

func (titan) read(body []byte) (model.Request, error) {
	var in struct {
		InputText string `json:"inputText"`
		Config    struct {
			Temperature   *float64 `json:"temperature"`
			TopP          *float64 `json:"topP"`
			MaxTokenCount *int     `json:"maxTokenCount"`
			StopSequences []string `json:"stopSequences"`
		} `json:"textGenerationConfig"`
	}
	if err := decodeNative(body, &in); err != nil {
		return model.Request{}, err
	}
	c := in.Config
	return prompt(in.InputText, model.Inference{MaxTokens: c.MaxTokenCount, Temperature: c.Temperature, TopP: c.TopP, Stop: c.StopSequences}, nil)
}

func titanReason(a nativeAnswer) string {
	switch {
	case a.blocked || a.end.Stop == model.ContentFiltered:
		return "CONTENT_FILTERED"
	case a.end.Stop == model.StopForTokens:
		return "LENGTH"
	case a.end.Stop == model.StopAtSequence:
		return "STOP_CRITERIA_MET"
	default:
		return "FINISH"
	}
}

func (titan) whole(a nativeAnswer) any {
	return map[string]any{"inputTextTokenCount": a.end.Usage.InputTokens, "results": []any{map[string]any{
		"tokenCount": a.end.Usage.OutputTokens, "outputText": a.text(), "completionReason": titanReason(a),
	}}}
}

func (titan) stream() nativeStream { return titanStream{} }

type titanStream struct{}

func (titanStream) delta(d model.Delta) []any {
	if d.Tool != nil {
		return nil
	}
	return []any{map[string]any{"outputText": d.Text, "index": 0, "totalOutputTextTokenCount": nil, "completionReason": nil, "inputTextTokenCount": nil}}
}

func (titanStream) last(a nativeAnswer) []any {
	return []any{map[string]any{
		"outputText": "", "index": 0, "totalOutputTextTokenCount": a.end.Usage.OutputTokens, "completionReason": titanReason(a),
		"inputTextTokenCount": a.end.Usage.InputTokens,
	}}
}
