package app

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/config"
	"merlon.dev/merlon/internal/model"
)

// shown starts a dev server whose configuration names no model, and gives what its demo writes.
func shown(t *testing.T) string {
	t.Helper()
	c := config.Default()
	c.Listen, c.Data, c.Log.Level = "127.0.0.1:0", t.TempDir(), "error"
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	a, err := New(t.Context(), Options{Config: resolved, Stdout: t.Output(), Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	a.Start()
	t.Cleanup(func() {
		if err := a.Stop(t.Context()); err != nil && !strings.Contains(err.Error(), "context canceled") {
			t.Error(err)
		}
	})
	if a.detectors == nil {
		t.Skip("this build has no detectors")
	}
	if err := a.demo(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestDemoChats holds what make run shows: the README prints it.
func TestDemoChats(t *testing.T) {
	t.Parallel()
	out := shown(t)
	_, chat, found := strings.Cut(out, "the same guardrail around merlon.small-lm-v1")
	if !found {
		t.Fatalf("no chat in %s", out)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(strings.TrimSpace(chat), "\n\n")[1:]
	if len(parts) != len(demoPrompts) {
		t.Fatalf("%d prompts, %d answers: %s", len(demoPrompts), len(parts), chat)
	}
	for i, want := range []struct{ decision, sees string }{
		{"No action", "a small language model"}, {"Guardrail blocked", "Sorry, I cannot talk about that."}, {"Guardrail masked", "{EMAIL}"},
	} {
		if !strings.Contains(parts[i], "decision        "+want.decision) || !strings.Contains(parts[i], want.sees) {
			t.Errorf("prompt %d: %s", i+1, parts[i])
		}
		if !strings.Contains(string(readme), parts[i]) {
			t.Errorf("README.md does not show:\n%s", parts[i])
		}
	}
}

// TestAConfiguredModelTakesThePlaceOfTheSmallOne lets a configuration say what the id means.
func TestAConfiguredModelTakesThePlaceOfTheSmallOne(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Data, c.Models = t.TempDir(), []config.Model{{ID: smallLM, Name: "mine", Provider: "openai", BaseURL: "http://127.0.0.1:1/v1"}}
	resolved, err := config.Resolve(c, true)
	if err != nil {
		t.Fatal(err)
	}
	m, err := openModels(resolved)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if all := m.All(); len(all) != 1 || all[0].Name != "mine" {
		t.Errorf("models: %v", all)
	}
}

// TestSmallLMIsThereByDefault also holds that greedy answers are the same each time.
func TestSmallLMIsThereByDefault(t *testing.T) {
	t.Parallel()
	m, err := openModels(config.Resolved{})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	e, err := m.Find(smallLM)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for range 2 {
		most := 40
		answer, err := e.Provider.Generate(t.Context(), model.Request{
			Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: "Hello"}}}}, Inference: model.Inference{MaxTokens: &most},
		})
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, answer.Content[0].Text)
	}
	if said[0] != said[1] || said[0] == "" {
		t.Errorf("said %q", said)
	}
}
