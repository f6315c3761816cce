// Package config reads Merlon's configuration file and environment into one value, with every problem reported at once.
package config

import "time"

// Config is everything that a person can set. The zero value of a field means its default, which Default gives.
type Config struct {
	// Listen is the TCP address of the API, "host:port"; port 0 picks a free one. Default 127.0.0.1:8090.
	Listen string `koanf:"listen"`
	// Metrics is the address of the anonymous listener for /metrics and /healthz. Default: none.
	Metrics string `koanf:"metrics"`
	// Data is the folder that holds all state. Needed.
	Data string `koanf:"data"`
	// TLS is needed unless Listen is a loopback address.
	TLS TLS `koanf:"tls"`
	// RootSecret protects everything that is kept sealed. Needed outside dev mode, which keeps its own in the data folder.
	RootSecret RootSecret `koanf:"root_secret"`
	// Accounts are the accounts that the configuration knows, with their root access keys. Others are made with merlon admin.
	Accounts []Account `koanf:"accounts"`
	// IdentityProviders are those whose tokens AssumeRoleWithWebIdentity takes. Default: none.
	IdentityProviders []IdentityProvider `koanf:"identity_providers"`
	Log               Log                `koanf:"log"`
	Limits            Limits             `koanf:"limits"`
	Quotas            Quotas             `koanf:"quotas"`
	Evaluate          Evaluate           `koanf:"evaluate"`
	Compat            Compat             `koanf:"compat"`
	// Models are the models that can be called. Default: none.
	Models    []Model   `koanf:"models"`
	Inference Inference `koanf:"inference"`
	// InvocationLogs bounds the records of model calls, where an account has asked for them.
	InvocationLogs InvocationLogs `koanf:"invocation_logs"`
	// KMSCache is for how long a data key that was opened once is kept in memory; 0 asks KMS at every use. What was disabled is refused
	// within that time. Default 60s, as published.
	KMSCache time.Duration `koanf:"kms_cache"`
}

// Model is one model and where it is.
type Model struct {
	ID          string `koanf:"id"`           // as callers name it: "meta.llama3-8b-instruct-v1:0"
	Name        string `koanf:"name"`         // for people. Default: the id.
	Provider    string `koanf:"provider"`     // openai: a server that speaks OpenAI's chat completions; bedrock: Amazon Bedrock, or another Merlon; local: a folder, run in this process
	Path        string `koanf:"path"`         // of local: the folder in Hugging Face's layout
	Precision   string `koanf:"precision"`    // of local: int8, or f32 for the exact numbers at four times the memory. Default int8.
	Context     int    `koanf:"context"`      // of local: the longest conversation with its answer, in tokens. Default: the model's, at most 8192.
	CacheTokens int    `koanf:"cache_tokens"` // of local: tokens that all answers under way keep together. Default: four times context.
	BaseURL     string `koanf:"base_url"`     // of the server: "http://127.0.0.1:8000/v1". Default for bedrock: its endpoint in the Region.
	APIKeyFile  string `koanf:"api_key_file"` // file that holds the server's key, without group or world access. Default: no key.
	Region      string `koanf:"region"`       // of bedrock: where the model is called
	// CredentialsFile is, of bedrock, a file in the form that AWS's tools share, without group or world access. It is read again when it changes.
	CredentialsFile    string `koanf:"credentials_file"`
	CredentialsProfile string `koanf:"credentials_profile"` // its section. Default "default".
	// CredentialsEnv is, of bedrock, what the names of environment variables begin with: AWS reads AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
	// AWS_SESSION_TOKEN at the start, or AWS_BEARER_TOKEN_BEDROCK in their place. One of api_key_file, credentials_file and credentials_env is needed.
	CredentialsEnv string        `koanf:"credentials_env"`
	UpstreamModel  string        `koanf:"upstream_model"` // its name at the server. Default: the id.
	Attempts       int           `koanf:"attempts"`       // in all, while nothing of an answer has arrived. Default 3.
	Wait           time.Duration `koanf:"wait"`           // for an answer to begin. Default 2m.
	Stall          time.Duration `koanf:"stall"`          // for a pause inside an answer. Default 30s.
	Parallel       int           `koanf:"parallel"`       // calls that are open at a time; further ones wait. Default: as many as come; of local: 16.
	Tokenize       string        `koanf:"tokenize"`       // how the server counts tokens: vllm or llama.cpp. Default: CountTokens is refused.
}

// Inference bounds a call of a model and says how the text of a stream is held back until its guardrail has judged it.
type Inference struct {
	Time time.Duration `koanf:"time"` // for a call in all, its stream included. Default 10m.
	Hold int           `koanf:"hold"` // bytes held back behind what was judged; a violation of that length never leaves in part. Default 256.
	Step int           `koanf:"step"` // bytes that come together before they are judged. Default 128.
	Tail int           `koanf:"tail"` // bytes given out already that are judged again with what follows. Default 2048.
	// Overlap asks the model while its prompt is still judged, unless a guardrail masks prompts: answers come earlier, and the model's server
	// sees prompts that turn out to be blocked. Default false.
	Overlap bool `koanf:"overlap"`
	// Memory is how many clean prompts guardrails remember, so that of a conversation that grows only what is new is judged, with tail bytes
	// before it. Default 0, which judges everything anew: models of content and topics may read a text in two halves differently.
	Memory int `koanf:"memory"`
}

// InvocationLogs bounds the records of model calls.
type InvocationLogs struct {
	Keep time.Duration `koanf:"keep"` // how long a record is kept. Default 720h.
	Most int           `koanf:"most"` // how many are kept, of all accounts together. Default 100,000.
}

// TLS names the PEM files of the API's certificate chain and private key. They are read again when they change.
type TLS struct {
	CertFile string `koanf:"cert_file"`
	KeyFile  string `koanf:"key_file"`
}

// Account is one account with the access key of its root principal.
type Account struct {
	ID          string `koanf:"id"`            // 12 digits
	AccessKeyID string `koanf:"access_key_id"` // 4 to 128 letters, digits and underscores
	SecretFile  string `koanf:"secret_file"`   // file that holds the secret access key, without group or world access
	// ServiceControlPolicies are files of policies that bound everybody in the account, its root included: together they have to allow,
	// and none may deny. Default: none, which is no bound. A list of denials needs one with a general Allow beside them.
	ServiceControlPolicies []string `koanf:"service_control_policies"`
}

// RootSecret says where the root secret is: exactly one of these.
type RootSecret struct {
	IdentityFile   string  `koanf:"identity_file"`   // an age identity, as merlon admin root-secret init makes it
	PassphraseFile string  `koanf:"passphrase_file"` // a passphrase
	Transit        Transit `koanf:"transit"`         // a key in the transit engine of an OpenBao or HashiCorp Vault server
	TPMDevice      string  `koanf:"tpm_device"`      // a TPM 2.0, "/dev/tpmrm0"; in builds with the tag tpm
	PKCS11         PKCS11  `koanf:"pkcs11"`          // a key in a hardware security module; in builds with the tag pkcs11
}

// Transit names a key of a transit engine. It must exist, and the token may encrypt and decrypt with it.
type Transit struct {
	Address   string        `koanf:"address"`    // of the server: "https://bao.example:8200". Plain http is for loopback addresses alone.
	Mount     string        `koanf:"mount"`      // path of the engine. Default "transit".
	Key       string        `koanf:"key"`        // name of the key
	TokenFile string        `koanf:"token_file"` // file that holds the token, closed to other users; it is read for each call
	Namespace string        `koanf:"namespace"`  // Default: the root namespace.
	CAFile    string        `koanf:"ca_file"`    // certificates in PEM that the server's is checked with. Default: those of the machine.
	Timeout   time.Duration `koanf:"timeout"`    // for one attempt. Default 10s.
	Attempts  int           `koanf:"attempts"`   // in all, while the server is away, sealed or overloaded. Default 4, half a second apart at first.
}

// PKCS11 names an AES key of 256 bits that a token holds.
type PKCS11 struct {
	Module  string `koanf:"module"`   // path of the token's shared library
	Token   string `koanf:"token"`    // label of the token
	PINFile string `koanf:"pin_file"` // file that holds the PIN, closed to other users
	Key     string `koanf:"key"`      // label of the key
}

// IdentityProvider is an OpenID Connect provider with which people sign in to roles.
type IdentityProvider struct {
	Issuer    string   `koanf:"issuer"`    // the URL in the iss claim of its tokens
	Audiences []string `koanf:"audiences"` // the values of aud (or azp) that are taken
	KeysFile  string   `koanf:"keys_file"` // JSON Web Key Set in a file, or
	KeysURL   string   `koanf:"keys_url"`  // at a URL, read again every ten minutes and when an unknown key appears
}

// Log says what goes to stderr.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error. Default info.
	Format string `koanf:"format"` // text or json. Default text.
}

// Limits protect the server from its clients.
type Limits struct {
	Connections        int           `koanf:"connections"`          // open connections in all. Default 4096.
	ConnectionsPerHost int           `koanf:"connections_per_host"` // open connections of one address. Default 1024.
	HeaderTime         time.Duration `koanf:"header_time"`          // to send the headers. Default 10s.
	BodyTime           time.Duration `koanf:"body_time"`            // to send the body. Default 60s.
	IdleTime           time.Duration `koanf:"idle_time"`            // between two requests. Default 120s.
	Drain              time.Duration `koanf:"drain"`                // for open requests after SIGTERM. Default 9s.
}

// Quotas are the service quotas of each account and Region. The defaults are the published ones; 0 turns a quota off.
type Quotas struct {
	Guardrails     int `koanf:"guardrails"`      // per account and Region. Default 100.
	Versions       int `koanf:"versions"`        // numbered versions of a guardrail. Default 20.
	Regexes        int `koanf:"regexes"`         // in a guardrail. Default 10.
	ApplyRequests  int `koanf:"apply_requests"`  // ApplyGuardrail calls a second. Default 50.
	CheckRequests  int `koanf:"check_requests"`  // InvokeGuardrailChecks calls a minute. Default 1500.
	ContentUnits   int `koanf:"content_units"`   // content policy text units a second. Default 200.
	TopicUnits     int `koanf:"topic_units"`     // Default 50.
	SensitiveUnits int `koanf:"sensitive_units"` // Default 200.
	WordUnits      int `koanf:"word_units"`      // Default 200.
	GroundingUnits int `koanf:"grounding_units"` // Default 106.
	// What follows is in a minute, of each model. Tokens are those of prompts and answers; an answer that goes beyond delays later calls.
	ModelRequests     int `koanf:"model_requests"`     // calls of an account and Region. Default 0, which is no limit.
	ModelTokens       int `koanf:"model_tokens"`       // tokens of an account and Region. Default 0.
	PrincipalRequests int `koanf:"principal_requests"` // calls of one user or role. Default 0.
	PrincipalTokens   int `koanf:"principal_tokens"`   // tokens of one user or role. Default 0.
	// InferenceProfiles is how many an application may have made. Default 1000.
	InferenceProfiles int `koanf:"inference_profiles"`
}

// Evaluate bounds one evaluation of a guardrail.
type Evaluate struct {
	Timeout  time.Duration `koanf:"timeout"`  // beyond it the call fails closed. Default 10s.
	Parallel int           `koanf:"parallel"` // detectors of one call that run side by side. Default 2.
}

// Compat turns on forms of the API that current SDKs no longer use.
type Compat struct {
	// LegacyApplyRequest accepts text.inputText in place of text.text. Default false.
	LegacyApplyRequest bool `koanf:"legacy_apply_request"`
	// LegacyApplyResponse also answers the top-level member "output". Default true.
	LegacyApplyResponse bool `koanf:"legacy_apply_response"`
}

// Default gives the configuration that holds where nothing else is said.
func Default() Config {
	return Config{
		Listen: "127.0.0.1:8090",
		Log:    Log{Level: "info", Format: "text"},
		Limits: Limits{
			Connections: 4096, ConnectionsPerHost: 1024,
			HeaderTime: 10 * time.Second, BodyTime: 60 * time.Second, IdleTime: 120 * time.Second, Drain: 9 * time.Second,
		},
		Quotas: Quotas{
			Guardrails: 100, Versions: 20, Regexes: 10, ApplyRequests: 50, CheckRequests: 1500,
			ContentUnits: 200, TopicUnits: 50, SensitiveUnits: 200, WordUnits: 200, GroundingUnits: 106, InferenceProfiles: 1000,
		},
		Evaluate: Evaluate{Timeout: 10 * time.Second, Parallel: 2},
		Compat:   Compat{LegacyApplyResponse: true},
		KMSCache: time.Minute,

		InvocationLogs: InvocationLogs{Keep: 720 * time.Hour, Most: 100_000},

		Inference: Inference{Time: 10 * time.Minute, Hold: 256, Step: 128, Tail: 2048},
	}
}
