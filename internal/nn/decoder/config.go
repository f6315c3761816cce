package decoder

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Config is what the weights do not tell.
type Config struct {
	Family     string // model_type: llama, mistral, qwen2, qwen3 or gpt2
	Hidden     int    // width of a token's row
	Inner      int    // width between the feed-forward layers
	Layers     int
	Heads      int     // attention heads of queries
	KeyHeads   int     // attention heads of keys and values; they divide Heads
	HeadWidth  int     // values of a head
	Vocabulary int     // token ids
	MaxTokens  int     // positions that the model was made for
	Window     int     // how many tokens back attention reaches, itself included; 0 for all
	Eps        float32 // added to the variance in each norm
	Tied       *bool   // whether the head is the embedding table; nil where the files tell
	Rope       Rope    // rotary positions; of no meaning for gpt2
	Ends       []int32 // tokens that end an answer
}

// Limits of a model that is taken. Those of the largest open models stay below them.
const (
	maxWidth     = 1 << 17
	maxLayers    = 1 << 10
	maxPositions = 1 << 24
)

// rawConfig is a config.json, in the two dialects.
type rawConfig struct {
	Type           string          `json:"model_type"`
	Hidden         int             `json:"hidden_size"`
	Inner          int             `json:"intermediate_size"`
	Layers         int             `json:"num_hidden_layers"`
	Heads          int             `json:"num_attention_heads"`
	KeyHeads       int             `json:"num_key_value_heads"`
	HeadWidth      int             `json:"head_dim"`
	Vocabulary     int             `json:"vocab_size"`
	Positions      int             `json:"max_position_embeddings"`
	Eps            float32         `json:"rms_norm_eps"`
	Activation     string          `json:"hidden_act"`
	Tied           *bool           `json:"tie_word_embeddings"`
	Window         json.RawMessage `json:"sliding_window"`
	UseWindow      bool            `json:"use_sliding_window"`
	WindowLayers   *int            `json:"max_window_layers"`
	Theta          float64         `json:"rope_theta"`
	Scaling        *rawRope        `json:"rope_scaling"`
	RopeParameters *rawRope        `json:"rope_parameters"`
	Ends           json.RawMessage `json:"eos_token_id"`
	Quantization   json.RawMessage `json:"quantization_config"`
	PartialRotary  *float64        `json:"partial_rotary_factor"`

	GPTHidden     int     `json:"n_embd"`
	GPTInner      int     `json:"n_inner"`
	GPTLayers     int     `json:"n_layer"`
	GPTHeads      int     `json:"n_head"`
	GPTPositions  int     `json:"n_positions"`
	GPTEps        float32 `json:"layer_norm_epsilon"`
	GPTActivation string  `json:"activation_function"`
	GPTScaled     *bool   `json:"scale_attn_weights"`
	GPTByLayer    bool    `json:"scale_attn_by_inverse_layer_idx"`
}

// ParseConfig reads a Hugging Face config.json of model type llama, mistral, qwen2, qwen3 or gpt2. What it does not need it ignores, since
// such files carry training settings too; what would change a result and is not served is an error. A value that is left out has the
// default of the model's class in transformers.
func ParseConfig(text []byte) (Config, error) {
	var raw rawConfig
	if err := json.Unmarshal(text, &raw); err != nil {
		return Config{}, fmt.Errorf("parse model config: %w", err)
	}
	var c Config
	var err error
	switch raw.Type {
	case "llama", "mistral", "qwen2", "qwen3":
		c, err = raw.llama()
	case "gpt2":
		c, err = raw.gpt2()
	default:
		err = fmt.Errorf("model type %.40q is none of llama, mistral, qwen2, qwen3, gpt2", raw.Type)
	}
	if err == nil {
		err = checkQuantization(raw.Quantization)
	}
	if err == nil {
		c.Ends, err = parseEnds(raw.Ends)
	}
	if err == nil {
		err = c.check()
	}
	if err != nil {
		return Config{}, fmt.Errorf("parse model config: %w", err)
	}
	return c, nil
}

func (raw rawConfig) llama() (Config, error) {
	c := Config{
		Family: raw.Type, Hidden: raw.Hidden, Inner: raw.Inner, Layers: raw.Layers, Heads: raw.Heads, KeyHeads: raw.KeyHeads, HeadWidth: raw.HeadWidth,
		Vocabulary: raw.Vocabulary, MaxTokens: raw.Positions, Eps: raw.Eps, Tied: raw.Tied,
	}
	if raw.Activation != "" && raw.Activation != "silu" {
		return c, fmt.Errorf("activation %.40q is not silu", raw.Activation)
	}
	if raw.PartialRotary != nil && *raw.PartialRotary != 1 {
		return c, fmt.Errorf("partial rotary positions are not served")
	}
	if c.KeyHeads == 0 {
		c.KeyHeads = c.Heads
	}
	if c.HeadWidth == 0 && c.Heads > 0 {
		c.HeadWidth = c.Hidden / c.Heads
		if raw.Type == "qwen3" {
			c.HeadWidth = 128
		}
	}
	if c.Eps == 0 {
		c.Eps = 1e-6
	}
	var err error
	if c.Window, err = raw.window(); err != nil {
		return c, err
	}
	scaling := raw.Scaling
	if raw.RopeParameters != nil {
		scaling = raw.RopeParameters
	}
	c.Rope, err = scaling.rope(raw.Theta)
	return c, err
}

// window is how far attention reaches. Mistral's class has one of 4096 unless the file says otherwise; Qwen's has to be switched on.
func (raw rawConfig) window() (int, error) {
	n, given := 0, len(raw.Window) > 0
	if given {
		if err := json.Unmarshal(raw.Window, &n); err != nil { // null leaves 0
			return 0, fmt.Errorf("sliding_window: %w", err)
		}
	}
	switch {
	case n < 0:
		return 0, fmt.Errorf("sliding_window is %d", n)
	case raw.Type == "mistral" && !given:
		return 4096, nil
	case raw.Type == "mistral":
		return n, nil
	case raw.UseWindow && n > 0:
		return 0, fmt.Errorf("a sliding window in some layers alone is not served")
	default:
		return 0, nil
	}
}

func (raw rawConfig) gpt2() (Config, error) {
	c := Config{
		Family: raw.Type, Hidden: raw.GPTHidden, Inner: raw.GPTInner, Layers: raw.GPTLayers, Heads: raw.GPTHeads, KeyHeads: raw.GPTHeads,
		Vocabulary: raw.Vocabulary, MaxTokens: raw.GPTPositions, Eps: raw.GPTEps, Tied: raw.Tied,
	}
	if c.Inner == 0 {
		c.Inner = 4 * c.Hidden
	}
	if c.Heads > 0 {
		c.HeadWidth = c.Hidden / c.Heads
	}
	if c.Eps == 0 {
		c.Eps = 1e-5
	}
	if a := raw.GPTActivation; a != "" && a != "gelu_new" && a != "gelu_pytorch_tanh" {
		return c, fmt.Errorf("activation %.40q is not gelu_new", a)
	}
	if raw.GPTByLayer || raw.GPTScaled != nil && !*raw.GPTScaled {
		return c, fmt.Errorf("only attention that is scaled by the head's width is served")
	}
	return c, nil
}

// checkQuantization takes int8 as compressed-tensors writes it, which the tensors themselves tell, and nothing else.
func checkQuantization(text json.RawMessage) error {
	if len(text) == 0 || string(text) == "null" {
		return nil
	}
	var q struct {
		Method string `json:"quant_method"`
		Format string `json:"format"`
	}
	if err := json.Unmarshal(text, &q); err != nil || q.Method != "compressed-tensors" || q.Format != "int-quantized" {
		return fmt.Errorf("quantized weights are served as int8 of compressed-tensors, in the format int-quantized, alone: otherwise load f32, f16 or bf16 with precision int8")
	}
	return nil
}

func parseEnds(text json.RawMessage) (ends []int32, err error) {
	if len(text) == 0 || string(text) == "null" {
		return nil, nil
	}
	if text[0] != '[' {
		text = slices.Concat([]byte("["), text, []byte("]"))
	}
	if err := json.Unmarshal(text, &ends); err != nil {
		return nil, fmt.Errorf("eos_token_id: %w", err)
	}
	return ends, nil
}

func (c Config) check() error {
	within := func(n, most int) bool { return n >= 1 && n <= most }
	switch {
	case !within(c.Hidden, maxWidth) || !within(c.Inner, maxWidth) || !within(c.Vocabulary, 1<<21) || !within(c.Layers, maxLayers) || !within(c.MaxTokens, maxPositions):
		return fmt.Errorf("hidden size %d, inner size %d, vocabulary %d, %d layers, %d positions", c.Hidden, c.Inner, c.Vocabulary, c.Layers, c.MaxTokens)
	case !within(c.Heads, maxWidth) || !within(c.KeyHeads, c.Heads) || c.Heads%c.KeyHeads != 0 || !within(c.HeadWidth, maxWidth/c.Heads):
		return fmt.Errorf("%d heads over %d key heads, %d wide", c.Heads, c.KeyHeads, c.HeadWidth)
	case c.Hidden%granule != 0 || c.Inner%granule != 0 || c.HeadWidth%granule != 0:
		return fmt.Errorf("hidden size %d, inner size %d, head width %d: all have to be multiples of %d", c.Hidden, c.Inner, c.HeadWidth, granule)
	case c.Family == "gpt2" && c.HeadWidth*c.Heads != c.Hidden:
		return fmt.Errorf("hidden size %d with %d heads", c.Hidden, c.Heads)
	case !(c.Eps > 0):
		return fmt.Errorf("epsilon %v", c.Eps)
	}
	return nil
}
