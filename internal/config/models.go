package config

import (
	"errors"
	"fmt"
	"os"

	"merlon.dev/merlon/internal/secret"
)

// ModelKey is what a model's server is called with: an API key, or an access key. Both are empty where the server wants nothing, and where a
// credentials file is read at each use.
type ModelKey struct {
	API                  secret.String
	AccessKeyID          string
	Secret, SessionToken secret.String // of the access key; the token of long-term ones is empty
}

// readModels checks the models and reads the keys of their servers.
func readModels(models []Model) (keys []ModelKey, problems []error) {
	taken := map[string]bool{}
	for i, m := range models {
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("models[%d]."+format, append([]any{i}, args...)...))
		}
		if !modelForm.MatchString(m.ID) {
			bad("id: %q is not 1 to 256 letters, digits, dots, colons, dashes and underscores", m.ID)
		}
		if taken[m.ID] {
			bad("id: %q is taken by an earlier model", m.ID)
		}
		taken[m.ID] = true
		for _, problem := range m.checkProvider() {
			bad("%v", problem)
		}
		if m.Tokenize != "" && m.Tokenize != "vllm" && m.Tokenize != "llama.cpp" {
			bad("tokenize: %q is not vllm or llama.cpp", m.Tokenize)
		}
		if m.Attempts < 0 || m.Parallel < 0 || m.Wait < 0 || m.Stall < 0 {
			bad("attempts, parallel, wait, stall: less than 0")
		}
		var key ModelKey
		var err error
		if m.APIKeyFile != "" {
			if key.API, err = readSecret(m.APIKeyFile, 1); err != nil {
				bad("api_key_file: %v", err)
			}
		}
		if m.CredentialsEnv != "" {
			if key, err = keyFrom(m.CredentialsEnv); err != nil {
				bad("credentials_env: %v", err)
			}
		}
		keys = append(keys, key)
	}
	return keys, problems
}

// keyFrom reads a key from the environment; an API key wins, as it does with AWS's tools.
func keyFrom(prefix string) (ModelKey, error) {
	key := ModelKey{API: secret.New(os.Getenv(prefix + "_BEARER_TOKEN_BEDROCK"))}
	if !key.API.Empty() {
		return key, nil
	}
	key.AccessKeyID, key.Secret = os.Getenv(prefix+"_ACCESS_KEY_ID"), secret.New(os.Getenv(prefix+"_SECRET_ACCESS_KEY"))
	key.SessionToken = secret.New(os.Getenv(prefix + "_SESSION_TOKEN"))
	if key.AccessKeyID == "" || key.Secret.Empty() {
		return ModelKey{}, fmt.Errorf("the environment has neither %[1]s_BEARER_TOKEN_BEDROCK nor %[1]s_ACCESS_KEY_ID with %[1]s_SECRET_ACCESS_KEY", prefix)
	}
	return key, nil
}

// checkProvider tells what is wrong with where a model is.
func (m Model) checkProvider() (problems []error) {
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if m.Provider != "local" && (m.Path != "" || m.Precision != "" || m.Context != 0 || m.CacheTokens != 0) {
		bad("path, precision, context, cache_tokens: only a local model has them")
	}
	if m.Provider != "bedrock" && (m.Region != "" || m.CredentialsFile != "" || m.CredentialsProfile != "" || m.CredentialsEnv != "") {
		bad("region, credentials_file, credentials_profile, credentials_env: only a model of bedrock has them")
	}
	switch m.Provider {
	case "openai":
		if m.BaseURL == "" {
			bad("base_url: none given")
		}
	case "bedrock":
		problems = append(problems, m.checkBedrock()...)
	case "local":
		if m.Path == "" {
			bad("path: none given")
		}
		if m.Precision != "" && m.Precision != "int8" && m.Precision != "f32" {
			bad("precision: %q is not int8 or f32", m.Precision)
		}
		if m.BaseURL != "" || m.APIKeyFile != "" || m.UpstreamModel != "" || m.Tokenize != "" {
			bad("base_url, api_key_file, upstream_model, tokenize: a local model has none")
		}
		if m.Context < 0 || m.CacheTokens < 0 {
			bad("context, cache_tokens: less than 0")
		}
	default:
		bad("provider: %q is not openai, bedrock or local", m.Provider)
	}
	return problems
}

func (m Model) checkBedrock() (problems []error) {
	given := 0
	for _, place := range []string{m.APIKeyFile, m.CredentialsFile, m.CredentialsEnv} {
		if place != "" {
			given++
		}
	}
	if given != 1 {
		problems = append(problems, fmt.Errorf("credentials: one of api_key_file, credentials_file and credentials_env is needed, %d are given", given))
	}
	if m.Region == "" {
		problems = append(problems, errors.New("region: none given"))
	}
	if m.CredentialsProfile != "" && m.CredentialsFile == "" {
		problems = append(problems, errors.New("credentials_profile: there is no credentials_file"))
	}
	if m.Tokenize != "" {
		problems = append(problems, errors.New("tokenize: bedrock counts tokens by itself"))
	}
	return problems
}
