package decoder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDamagedFoldersAreRefused changes one thing in a good folder and wants an error that names it.
func TestDamagedFoldersAreRefused(t *testing.T) {
	t.Parallel()
	edit := func(file, old, put string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			path := filepath.Join(dir, file)
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), old) {
				t.Fatalf("%s has no %q", file, old)
			}
			if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, put, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	remove := func(file string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, file)); err != nil {
				t.Fatal(err)
			}
		}
	}
	truncate := func(file string, n int64) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			if err := os.Truncate(filepath.Join(dir, file), n); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, test := range []struct {
		name, model string
		damage      func(t *testing.T, dir string)
		want        string
	}{
		{"no config", "llama", remove("config.json"), "config.json"},
		{"no weights", "llama", remove("model.safetensors"), "model.safetensors"},
		{"cut weights", "llama", truncate("model.safetensors", 9000), "safetensors"},
		{"empty weights", "llama", truncate("model.safetensors", 0), "too few"},
		{"config is no JSON", "llama", edit("config.json", "{", "["), "parse model config"},
		{"another model", "llama", edit("config.json", `"llama"`, `"mamba"`), "mamba"},
		{"more layers", "llama", edit("config.json", `"num_hidden_layers": 2`, `"num_hidden_layers": 3`), "layers.2."},
		{"another width", "llama", edit("config.json", `"hidden_size": 64`, `"hidden_size": 80`), "embed_tokens.weight"},
		{"odd width", "llama", edit("config.json", `"hidden_size": 64`, `"hidden_size": 65`), "multiples of 16"},
		{"huge width", "llama", edit("config.json", `"hidden_size": 64`, `"hidden_size": 1000000`), "hidden size"},
		{"heads", "llama", edit("config.json", `"num_key_value_heads": 2`, `"num_key_value_heads": 3`), "key heads"},
		{"activation", "llama", edit("config.json", `"silu"`, `"relu"`), "relu"},
		{"rope", "llama3", edit("config.json", `"rope_type": "llama3"`, `"rope_type": "yarn"`), "yarn"},
		{"rope factor", "llama3", edit("config.json", `"factor": 8.0`, `"factor": 0`), "factor"},
		{"end", "llama", edit("config.json", `"eos_token_id": 2`, `"eos_token_id": "two"`), "eos_token_id"},
		{"untied without a head", "smollm", edit("config.json", `"tie_word_embeddings": true`, `"tie_word_embeddings": false`), "lm_head.weight"},
		{"missing shard", "mistral", remove("model-00002-of-00003.safetensors"), "00002"},
		{"index names a path", "mistral", edit("model.safetensors.index.json", "model-00001-of", "../model-00001-of"), "no name in the folder"},
		{"index names another tensor", "mistral", edit("model.safetensors.index.json", "norm.weight", "norm.wait"), "norm.wait"},
		{"positions", "gpt2", edit("config.json", `"n_positions": 160`, `"n_positions": 161`), "wpe.weight"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", test.model))); err != nil {
				t.Fatal(err)
			}
			test.damage(t, dir)
			if _, err := Load(dir, Options{}); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want something about %q", err, test.want)
			}
		})
	}
}

func TestParseConfigKnowsTheDefaults(t *testing.T) {
	t.Parallel()
	const shape = `"hidden_size":64,"intermediate_size":96,"num_hidden_layers":1,"num_attention_heads":4,"vocab_size":9,"max_position_embeddings":99`
	got, err := ParseConfig([]byte(`{"model_type":"mistral",` + shape + `,"eos_token_id":[5,6],"torch_dtype":"bfloat16"}`))
	want := Config{
		Family: "mistral", Hidden: 64, Inner: 96, Layers: 1, Heads: 4, KeyHeads: 4, HeadWidth: 16, Vocabulary: 9, MaxTokens: 99, Window: 4096, Eps: 1e-6,
		Rope: Rope{Theta: 10000, Kind: "default"}, Ends: []int32{5, 6},
	}
	if err != nil || !cmp.Equal(got, want) {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	got, err = ParseConfig([]byte(`{"model_type":"mistral",` + shape + `,"sliding_window":null,"rope_parameters":{"rope_type":"default","rope_theta":5}}`))
	if err != nil || got.Window != 0 || got.Rope.Theta != 5 {
		t.Errorf("%+v, %v", got, err)
	}
}

// FuzzParseConfig wants every configuration that is taken to be within the limits.
func FuzzParseConfig(f *testing.F) {
	for _, name := range models {
		text, err := os.ReadFile(filepath.Join("testdata", name, "config.json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := ParseConfig(text); err == nil {
			if err := c.check(); err != nil {
				t.Fatal(err)
			}
			if c.Family != "gpt2" {
				for _, v := range c.Rope.frequencies(c.HeadWidth) {
					if v != v || v < 0 {
						t.Fatalf("frequency %v of %+v", v, c.Rope)
					}
				}
			}
		}
	})
}
