package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"

	"merlon.dev/merlon/internal/secret"
)

// Resolved is a checked configuration with what its files held. Nothing reads environment or configuration files after it exists.
type Resolved struct {
	Config
	Dev         bool
	Certificate *tls.Certificate // nil without TLS
	Keys        []RootKey
	// ServiceControl holds the texts of service control policies by account.
	ServiceControl map[string][]ServiceControlPolicy
	ModelKeys      []ModelKey // of the server of each model, in the order of Models; zero without one
}

// ServiceControlPolicy is a policy's text and the file that it came from.
type ServiceControlPolicy struct{ File, Document string }

// RootKey is the access key of an account's root principal.
type RootKey struct {
	Account     string
	AccessKeyID string
	Secret      secret.String
}

// The one account of dev mode, as the terminal shows it.
const (
	DevAccount = "123456789012"
	DevKey     = "test"
	DevRegion  = "us-east-1" // which the terminal suggests; every Region is served
)

var (
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	keyForm     = regexp.MustCompile(`^\w{4,128}$`)
	modelForm   = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._:-]{0,255}$`)
)

// Resolve checks everything and reports all problems together. Dev mode has one built-in account and listens on loopback alone.
func Resolve(c Config, dev bool) (Resolved, error) {
	r := Resolved{Config: c, Dev: dev, ServiceControl: map[string][]ServiceControlPolicy{}}
	var problems []error
	bad := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	if c.Data == "" {
		bad("data: no folder given (hint: --data DIR)")
	}
	loopback := false
	if host, _, err := net.SplitHostPort(c.Listen); err != nil {
		bad("listen: %q is not host:port", c.Listen)
	} else {
		ip := net.ParseIP(host)
		loopback = host == "localhost" || ip != nil && ip.IsLoopback()
	}
	if c.Metrics != "" {
		if _, _, err := net.SplitHostPort(c.Metrics); err != nil {
			bad("metrics: %q is not host:port", c.Metrics)
		}
	}
	switch {
	case c.TLS != (TLS{}):
		cert, err := tls.LoadX509KeyPair(c.TLS.CertFile, c.TLS.KeyFile)
		if err != nil {
			bad("tls: %v", err)
		}
		r.Certificate = &cert
	case !loopback:
		bad("listen: %s is reachable from other machines and needs tls.cert_file and tls.key_file", c.Listen)
	}
	if dev {
		if !loopback {
			bad("listen: dev mode has a published key and listens on a loopback address only, not on %s", c.Listen)
		}
		if len(c.Accounts) > 0 {
			bad("accounts: dev mode has its own account (hint: leave --dev out)")
		}
		r.Keys = []RootKey{{DevAccount, DevKey, secret.New(DevKey)}}
	} else {
		keys, err := readKeys(c.Accounts)
		problems = append(problems, err...)
		r.Keys = keys
		problems = append(problems, r.readPolicies(c.Accounts)...)
		if err := c.RootSecret.Check(); err != nil {
			problems = append(problems, err)
		}
	}
	problems = append(problems, checkProviders(c.IdentityProviders)...)
	problems = append(problems, checkNumbers(c)...)
	modelKeys, err := readModels(c.Models)
	problems = append(problems, err...)
	r.ModelKeys = modelKeys
	switch c.Log.Level {
	case "debug", "info", "warn", "error":
	default:
		bad("log.level: %q is not debug, info, warn or error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format: %q is not text or json", c.Log.Format)
	}
	return r, errors.Join(problems...)
}

// Check tells everything that is wrong with where a root secret is said to be. It opens nothing.
func (r RootSecret) Check() error {
	var problems []error
	places := 0
	for _, given := range []bool{r.IdentityFile != "", r.PassphraseFile != "", r.Transit != Transit{}, r.TPMDevice != "", r.PKCS11 != PKCS11{}} {
		if given {
			places++
		}
	}
	if places != 1 {
		problems = append(problems, fmt.Errorf(
			"root_secret: one of identity_file, passphrase_file, transit, tpm_device and pkcs11 is needed, %d are given (hint: merlon admin root-secret init, or --dev for a first look)", places))
	}
	if t := r.Transit; (t != Transit{}) && (t.Address == "" || t.Key == "" || t.TokenFile == "" || t.Timeout < 0 || t.Attempts < 0) {
		problems = append(problems, errors.New("root_secret.transit: address, key and token_file are needed, and no number may be less than 0"))
	}
	if p := r.PKCS11; (p != PKCS11{}) && (p.Module == "" || p.Token == "" || p.PINFile == "" || p.Key == "") {
		problems = append(problems, errors.New("root_secret.pkcs11: module, token, pin_file and key are needed"))
	}
	return errors.Join(problems...)
}

func readKeys(accounts []Account) (keys []RootKey, problems []error) {
	seen := map[string]bool{}
	for i, a := range accounts {
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("accounts[%d].%s", i, fmt.Sprintf(format, args...)))
		}
		if !accountForm.MatchString(a.ID) {
			bad("id: %q is not 12 digits", a.ID)
		}
		if !keyForm.MatchString(a.AccessKeyID) {
			bad("access_key_id: want 4 to 128 letters, digits or underscores")
		} else if seen[a.AccessKeyID] {
			bad("access_key_id: %s is given twice", a.AccessKeyID)
		}
		seen[a.AccessKeyID] = true
		value, err := readSecret(a.SecretFile, 16)
		if err != nil {
			bad("secret_file: %v", err)
		}
		keys = append(keys, RootKey{a.ID, a.AccessKeyID, value})
	}
	return keys, problems
}

// readPolicies reads the files of service control policies.
func (r *Resolved) readPolicies(accounts []Account) (problems []error) {
	for i, a := range accounts {
		for _, file := range a.ServiceControlPolicies {
			data, err := os.ReadFile(file)
			if err != nil {
				problems = append(problems, fmt.Errorf("accounts[%d].service_control_policies: %w", i, err))
			}
			r.ServiceControl[a.ID] = append(r.ServiceControl[a.ID], ServiceControlPolicy{file, string(data)})
		}
	}
	return problems
}

func checkProviders(providers []IdentityProvider) (problems []error) {
	for i, p := range providers {
		if p.Issuer == "" || len(p.Audiences) == 0 || (p.KeysFile == "") == (p.KeysURL == "") {
			problems = append(problems, fmt.Errorf("identity_providers[%d]: an issuer, audiences and one of keys_file and keys_url are needed", i))
		}
	}
	return problems
}

// readSecret reads a secret of at least so many characters from a file that nobody but its owner may open.
func readSecret(path string, least int) (secret.String, error) {
	info, err := os.Stat(path)
	if err != nil {
		return secret.String{}, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return secret.String{}, fmt.Errorf("%s is open to group or world (hint: chmod 600)", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return secret.String{}, err
	}
	value := strings.TrimSpace(string(data))
	if len(value) < least {
		return secret.String{}, fmt.Errorf("%s holds fewer than %d characters", path, least)
	}
	return secret.New(value), nil
}
