package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, name, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadFileThenEnvironment(t *testing.T) {
	t.Parallel()
	path := write(t, "merlon.yaml", "listen: 127.0.0.1:1\nquotas:\n  versions: 5\nlimits:\n  drain: 3s\n", 0o600)
	c, err := Load(path, []string{"MERLON_LISTEN=127.0.0.1:2", "MERLON_QUOTAS__GUARDRAILS=0", "PATH=/bin"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Quotas.Versions != 5 || c.Quotas.Guardrails != 0 || c.Limits.Drain != 3*time.Second {
		t.Errorf("loaded %+v", c)
	}
	if c.Quotas.ApplyRequests != 50 || !c.Compat.LegacyApplyResponse {
		t.Errorf("defaults are lost: %+v", c)
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	t.Parallel()
	path := write(t, "merlon.yaml", "listem: 127.0.0.1:1\n", 0o600)
	if _, err := Load(path, nil); err == nil || !strings.Contains(err.Error(), "listem") {
		t.Errorf("file: %v", err)
	}
	if _, err := Load("", []string{"MERLON_QUOTAS__WORDS=1"}); err == nil || !strings.Contains(err.Error(), "words") {
		t.Errorf("environment: %v", err)
	}
}

func TestResolveReportsEveryProblem(t *testing.T) {
	t.Parallel()
	open := write(t, "open", "a-secret-of-20-chars", 0o644)
	c := Default()
	c.Listen, c.Log.Level, c.Quotas.Versions = "0.0.0.0:80", "loud", -1
	c.Accounts = []Account{{ID: "12", AccessKeyID: "root", SecretFile: open}}
	_, err := Resolve(c, false)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"data:", "tls.cert_file", "accounts[0].id", "chmod 600", "log.level", "quotas.versions"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %q:\n%v", want, err)
		}
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Data = t.TempDir()
	dev, err := Resolve(c, true)
	if err != nil || len(dev.Keys) != 1 || dev.Keys[0].Account != DevAccount {
		t.Fatalf("dev: %+v, %v", dev, err)
	}
	c.Accounts = []Account{{ID: "123456789012", AccessKeyID: "ROOTKEY", SecretFile: write(t, "secret", "a-secret-of-20-chars\n", 0o600)}}
	if _, err := Resolve(c, false); err == nil || !strings.Contains(err.Error(), "root_secret") {
		t.Errorf("production without a root secret: %v", err)
	}
	c.RootSecret.IdentityFile = "root-secret"
	production, err := Resolve(c, false)
	if err != nil || production.Keys[0].Secret.Reveal() != "a-secret-of-20-chars" {
		t.Fatalf("production: %v", err)
	}
	c.Listen = "10.0.0.1:1"
	if _, err := Resolve(c, true); err == nil {
		t.Error("dev mode listens on a public address")
	}
}

func TestRootSecret(t *testing.T) {
	t.Parallel()
	path := write(t, "merlon.yaml", `
root_secret:
  transit: {address: "https://bao.example:8200", key: merlon, token_file: /run/token, ca_file: /etc/ca.pem, timeout: 3s, attempts: 2}
`, 0o600)
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Transit{Address: "https://bao.example:8200", Key: "merlon", TokenFile: "/run/token", CAFile: "/etc/ca.pem", Timeout: 3 * time.Second, Attempts: 2}
	if c.RootSecret.Transit != want || c.RootSecret.Check() != nil {
		t.Errorf("read %+v, %v", c.RootSecret.Transit, c.RootSecret.Check())
	}
	for name, r := range map[string]RootSecret{
		"none":           {},
		"two":            {IdentityFile: "a", TPMDevice: "/dev/tpmrm0"},
		"no key":         {Transit: Transit{Address: "https://bao.example", TokenFile: "t"}},
		"less than none": {Transit: Transit{Address: "https://bao.example", Key: "k", TokenFile: "t", Attempts: -1}},
		"no pin":         {PKCS11: PKCS11{Module: "m", Token: "t", Key: "k"}},
	} {
		if err := r.Check(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestModels(t *testing.T) {
	t.Parallel()
	path := write(t, "merlon.yaml", `
models:
  - id: test.model-v1
    provider: openai
    base_url: http://127.0.0.1:1/v1
    api_key_file: `+write(t, "key", "sesame\n", 0o600)+`
    stall: 5s
inference:
  hold: 512
`, 0o600)
	c, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	c.Data = t.TempDir()
	r, err := Resolve(c, true)
	if err != nil || r.Models[0].Stall != 5*time.Second || r.ModelKeys[0].API.Reveal() != "sesame" || r.Inference.Hold != 512 || r.Inference.Step != 128 {
		t.Errorf("%+v, %v", r.Models, err)
	}
	c.Models = append(c.Models, c.Models[0], Model{ID: "no spaces", Provider: "magic", APIKeyFile: "/nowhere"})
	_, err = Resolve(c, true)
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"models[1].id", "models[2].id", "models[2].provider", "models[2].api_key_file"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not name %q:\n%v", want, err)
		}
	}
}

// TestLocalModels wants each key where it belongs.
func TestLocalModels(t *testing.T) {
	t.Parallel()
	good := Model{ID: "local.small-v1", Provider: "local", Path: "/models/small", Precision: "f32", Context: 2048, CacheTokens: 4096, Parallel: 4}
	if _, problems := readModels([]Model{good}); len(problems) > 0 {
		t.Errorf("refused: %v", problems)
	}
	for want, change := range map[string]func(m *Model){
		"models[0].path":         func(m *Model) { m.Path = "" },
		"models[0].precision":    func(m *Model) { m.Precision = "int4" },
		"models[0].base_url":     func(m *Model) { m.BaseURL = "http://127.0.0.1:1" },
		"models[0].context":      func(m *Model) { m.Context = -1 },
		"base_url: none given":   func(m *Model) { *m = Model{ID: m.ID, Provider: "openai"} },
		"only a local model has": func(m *Model) { m.Provider, m.BaseURL = "openai", "http://127.0.0.1:1" },
	} {
		m := good
		change(&m)
		_, problems := readModels([]Model{m})
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), want) {
			t.Errorf("%s: %v", want, problems)
		}
	}
}

// TestBedrockModels wants each key where it belongs, and one way to prove who calls.
func TestBedrockModels(t *testing.T) {
	key := write(t, "key", "bedrock-api-key-x\n", 0o600)
	good := Model{ID: "anthropic.up-v1:0", Provider: "bedrock", Region: "eu-central-1", APIKeyFile: key}
	keys, problems := readModels([]Model{good})
	if len(problems) > 0 || keys[0].API.Reveal() != "bedrock-api-key-x" {
		t.Errorf("refused: %v", problems)
	}
	t.Setenv("UP_ACCESS_KEY_ID", "AKIAUP")
	t.Setenv("UP_SECRET_ACCESS_KEY", "sesame")
	good.APIKeyFile, good.CredentialsEnv = "", "UP"
	if keys, problems = readModels([]Model{good}); len(problems) > 0 || keys[0].AccessKeyID != "AKIAUP" || keys[0].Secret.Reveal() != "sesame" || !keys[0].API.Empty() {
		t.Errorf("refused: %v", problems)
	}
	t.Setenv("UP_BEARER_TOKEN_BEDROCK", "bearer")
	if keys, problems = readModels([]Model{good}); len(problems) > 0 || keys[0].AccessKeyID != "" || keys[0].API.Reveal() != "bearer" {
		t.Errorf("refused: %v", problems)
	}
	for want, change := range map[string]func(m *Model){
		"models[0].region: none":         func(m *Model) { m.Region = "" },
		"0 are given":                    func(m *Model) { m.CredentialsEnv = "" },
		"2 are given":                    func(m *Model) { m.CredentialsFile = "/x" },
		"models[0].credentials_env: the": func(m *Model) { m.CredentialsEnv = "NOBODY" },
		"models[0].credentials_profile":  func(m *Model) { m.CredentialsProfile = "up" },
		"models[0].tokenize":             func(m *Model) { m.Tokenize = "vllm" },
		"only a local model has":         func(m *Model) { m.Context = 5 },
		"only a model of bedrock has": func(m *Model) {
			*m = Model{ID: m.ID, Provider: "openai", BaseURL: "http://127.0.0.1:1", Region: "us-east-1"}
		},
		"is not openai, bedrock or local":     func(m *Model) { *m = Model{ID: m.ID, Provider: "magic"} },
		"models[0].api_key_file: stat /nowhe": func(m *Model) { m.CredentialsEnv, m.APIKeyFile = "", "/nowhere" },
	} {
		m := good
		change(&m)
		_, problems := readModels([]Model{m})
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), want) {
			t.Errorf("%s: %v", want, problems)
		}
	}
}
