package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// chatTemplate writes what conversation trains on.
const chatTemplate = `{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] + '<|end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}`

// pack writes the model of a checkpoint as a folder in Hugging Face's layout, matrices in int8 with a scale for each row as
// compressed-tensors has them.
func pack(dir, out string) error {
	weights, err := openWeights(filepath.Join(dir, weightsFile))
	if err != nil {
		return err
	}
	var entries []safetensors.Entry
	for _, name := range weights.Names() {
		w, err := weights.Float32s(name)
		if err != nil {
			return err
		}
		t, _ := weights.Tensor(name)
		if len(t.Shape) != 2 {
			entries = append(entries, safetensors.Entry{Name: name, Shape: t.Shape, Float32: w})
			continue
		}
		q := nn.Quantise(kernel.Of(w, t.Shape[0], t.Shape[1]), nil)
		entries = append(entries, safetensors.Entry{Name: name, Shape: t.Shape, Int8: q.Data}, safetensors.Entry{Name: name + "_scale", Shape: []int{q.Out, 1}, Float32: q.Scale})
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	if err := writeWeights(filepath.Join(out, weightsFile), entries); err != nil {
		return err
	}
	tokenizer, err := os.ReadFile(filepath.Join(dir, tokenizerFile))
	if err != nil {
		return err
	}
	files := map[string][]byte{tokenizerFile: tokenizer, "chat_template.jinja": []byte(chatTemplate)}
	for name, v := range settings() {
		text, err := json.MarshalIndent(v, "", " ")
		if err != nil {
			return err
		}
		files[name] = append(text, '\n')
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(out, name), text, 0o644); err != nil {
			return err
		}
	}
	return seal(out, append(slices.Sorted(maps.Keys(files)), weightsFile))
}

// settings are the JSON files beside the weights.
func settings() map[string]any {
	type object = map[string]any
	c := shape()
	int8 := object{"num_bits": 8, "type": "int", "symmetric": true, "strategy": "channel", "dynamic": false}
	ends := []int32{mark(end), mark(endOfText)}
	return map[string]any{
		"config.json": object{
			"architectures": []string{"LlamaForCausalLM"}, "model_type": "llama", "hidden_size": c.Hidden, "intermediate_size": c.Inner, "num_hidden_layers": c.Layers,
			"num_attention_heads": c.Heads, "num_key_value_heads": c.KeyHeads, "head_dim": c.HeadWidth, "vocab_size": c.Vocabulary, "max_position_embeddings": c.MaxTokens,
			"rms_norm_eps": c.Eps, "hidden_act": "silu", "tie_word_embeddings": true, "rope_theta": c.Rope.Theta, "attention_bias": false, "mlp_bias": false,
			"bos_token_id": nil, "eos_token_id": ends, "torch_dtype": "float32",
			"quantization_config": object{
				"quant_method": "compressed-tensors", "format": "int-quantized", "quantization_status": "compressed",
				"config_groups": object{"group_0": object{"targets": []string{"Linear", "Embedding"}, "weights": int8}},
			},
		},
		"generation_config.json": object{"eos_token_id": ends, "do_sample": false},
		"tokenizer_config.json":  object{"tokenizer_class": "PreTrainedTokenizerFast", "bos_token": nil, "eos_token": end, "model_max_length": c.MaxTokens, "clean_up_tokenization_spaces": false},
	}
}

// seal writes the sums of the files, in order of their names.
func seal(dir string, names []string) error {
	slices.Sort(names)
	var sums strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
	}
	return os.WriteFile(filepath.Join(dir, "SHA256SUMS"), []byte(sums.String()), 0o644)
}
