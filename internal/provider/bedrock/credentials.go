package bedrock

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"merlon.dev/merlon/internal/secret"
	"merlon.dev/merlon/internal/sigv4"
)

// Credentials are one of an API key, access keys and a file.
type Credentials struct {
	// APIKey is sent as a bearer token.
	APIKey secret.String
	// Static signs.
	Static sigv4.Credentials
	// File has the form of the credentials file that AWS's tools share. It is read again when it changes, so that sessions can be renewed, and
	// nobody but its owner may open it.
	File string
	// Profile is the section of File. Default "default".
	Profile string
}

// keys gives what calls are proven with. It is safe for concurrent use.
type keys struct {
	from   Credentials
	region string

	mu     sync.Mutex
	signer *sigv4.Signer // nil with an API key
	read   stamp         // of File, when signer was made
}

// stamp tells one state of a file from another.
type stamp struct {
	at   time.Time
	size int64
}

func newKeys(c Credentials, region string) (*keys, error) {
	if c.Profile == "" {
		c.Profile = "default"
	}
	given := 0
	for _, here := range []bool{!c.APIKey.Empty(), c.Static.AccessKeyID != "", c.File != ""} {
		if here {
			given++
		}
	}
	if given != 1 {
		return nil, fmt.Errorf("one of an API key, an access key and a credentials file is needed, %d are given", given)
	}
	k := &keys{from: c, region: region}
	if c.Static.AccessKeyID != "" {
		if c.Static.Secret.Empty() {
			return nil, errors.New("an access key without its secret")
		}
		k.signer = k.sign(c.Static)
	}
	_, err := k.current()
	return k, err
}

func (k *keys) sign(c sigv4.Credentials) *sigv4.Signer {
	return &sigv4.Signer{Credentials: c, Region: k.region, Service: "bedrock"}
}

// current gives the signer of now; it is nil where an API key is sent.
func (k *keys) current() (*sigv4.Signer, error) {
	if k.from.File == "" {
		return k.signer, nil
	}
	info, err := os.Stat(k.from.File)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	now := stamp{info.ModTime(), info.Size()}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.signer != nil && k.read == now {
		return k.signer, nil
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("credentials: %s is open to group or world (hint: chmod 600)", k.from.File)
	}
	data, err := os.ReadFile(k.from.File)
	if err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	found, err := profile(string(data), k.from.Profile)
	if err != nil {
		return nil, fmt.Errorf("credentials: %s: %w", k.from.File, err)
	}
	k.signer, k.read = k.sign(found), now
	return k.signer, nil
}

// profile reads one section of a shared credentials file: lines of "name = value" behind "[section]"; those that begin with # or ; are
// comments. Members that are no keys are passed over.
func profile(text, name string) (c sigv4.Credentials, err error) {
	inside, found := false, false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if header, ok := strings.CutPrefix(line, "["); ok {
			header, _, _ = strings.Cut(header, "]")
			inside = strings.TrimSpace(header) == name
			found = found || inside
			continue
		}
		member, value, ok := strings.Cut(line, "=")
		if !inside || !ok || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(member)) {
		case "aws_access_key_id":
			c.AccessKeyID = value
		case "aws_secret_access_key":
			c.Secret = secret.New(value)
		case "aws_session_token":
			c.SessionToken = secret.New(value)
		}
	}
	switch {
	case !found:
		return c, fmt.Errorf("no section [%s]", name)
	case c.AccessKeyID == "" || c.Secret.Empty():
		return c, fmt.Errorf("section [%s] has no aws_access_key_id or no aws_secret_access_key", name)
	default:
		return c, nil
	}
}
