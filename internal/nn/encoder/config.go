package encoder

import (
	"encoding/json"
	"fmt"

	"merlon.dev/merlon/internal/nn/kernel"
)

// Activation names the function between the two feed-forward layers.
type Activation string

// The activations: GELU by the normal distribution, and its approximation by tanh.
const (
	GELU     Activation = "gelu"
	GELUTanh Activation = "gelu_tanh"
)

func (a Activation) function() (func(s kernel.Set, dst, x []float32), error) {
	switch a {
	case GELU:
		return kernel.Set.GELU, nil
	case GELUTanh:
		return kernel.Set.GELUTanh, nil
	default:
		return nil, fmt.Errorf("activation %.40q is neither gelu nor gelu_tanh", string(a))
	}
}

// Config is what the weights do not tell.
type Config struct {
	Heads         int        // attention heads; they divide the hidden size
	Eps           float32    // added to the variance in each LayerNorm
	Activation    Activation // between the feed-forward layers
	FirstPosition int        // row of the position table for the first token: 0 for BERT, the pad id + 1 for XLM-R
}

// ParseConfig reads a Hugging Face config.json of model type bert, roberta or xlm-roberta. What it does not need it
// ignores, since such files carry training settings too.
func ParseConfig(text []byte) (Config, error) {
	var raw struct {
		Type       string  `json:"model_type"`
		Heads      int     `json:"num_attention_heads"`
		Eps        float32 `json:"layer_norm_eps"`
		Activation string  `json:"hidden_act"`
		Position   string  `json:"position_embedding_type"`
		Pad        int     `json:"pad_token_id"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return Config{}, fmt.Errorf("parse model config: %w", err)
	}
	c := Config{Heads: raw.Heads, Eps: raw.Eps}
	switch raw.Type {
	case "bert":
	case "roberta", "xlm-roberta":
		c.FirstPosition = raw.Pad + 1
	default:
		return Config{}, fmt.Errorf("parse model config: model type %.40q is none of bert, roberta, xlm-roberta", raw.Type)
	}
	switch raw.Activation {
	case "gelu":
		c.Activation = GELU
	case "gelu_new", "gelu_pytorch_tanh":
		c.Activation = GELUTanh
	default:
		return Config{}, fmt.Errorf("parse model config: activation %.40q is not served", raw.Activation)
	}
	if raw.Position != "" && raw.Position != "absolute" {
		return Config{}, fmt.Errorf("parse model config: %.40q positions are not served", raw.Position)
	}
	if c.Heads < 1 || !(c.Eps > 0) || c.FirstPosition < 0 {
		return Config{}, fmt.Errorf("parse model config: %d heads, epsilon %v, first position %d", c.Heads, c.Eps, c.FirstPosition)
	}
	return c, nil
}
