package sts

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/policy"
)

// Claims are what a session token says of its holder. They are sealed inside the token, so that every server with the same wrapping
// keyset can tell whom a token belongs to without having kept anything.
type Claims struct {
	Kind        policy.PrincipalKind `json:"k"`
	Partition   string               `json:"n"`
	Account     string               `json:"a"`
	AccessKeyID string               `json:"i"`
	Secret      string               `json:"s"` // the secret access key
	IssuedAt    time.Time            `json:"t"`
	ExpiresAt   time.Time            `json:"e"`

	// PrincipalID is the unique id of the role or user that the session is of; empty for a root's.
	PrincipalID string `json:"p,omitempty"`
	// ParentKey is the long-term key that the session was made with: the session ends with it. Empty for role sessions.
	ParentKey string `json:"l,omitempty"`

	Name           string            `json:"r,omitempty"` // of a role session or federated user
	SourceIdentity string            `json:"o,omitempty"`
	Provider       string            `json:"w,omitempty"`
	Tags           map[string]string `json:"g,omitempty"`
	Transitive     []string          `json:"v,omitempty"`
	Policy         string            `json:"d,omitempty"`
	PolicyARNs     []string          `json:"m,omitempty"`
	Chained        bool              `json:"c,omitempty"`
}

// tokenPrefix begins every session token; it tells the format.
const tokenPrefix = "MSTS1"

// maxToken bounds a token and what it unpacks to, in bytes.
const (
	maxToken    = 16 << 10
	maxUnpacked = 64 << 10
)

// ErrToken says that a text is no session token of this server, or belongs to another access key.
var ErrToken = errors.New("not a session token of this server")

// tokenContext binds a token to its access key.
func tokenContext(accessKeyID string) map[string]string {
	return map[string]string{"merlon:purpose": "session-token", "accessKeyId": accessKeyID}
}

// sealToken gives the token that carries claims.
func sealToken(ctx context.Context, sealer envelope.Sealer, c Claims) (string, error) {
	plain, err := pack(c)
	if err != nil {
		return "", err
	}
	defer envelope.Zero(plain)
	sealed, err := sealer.Seal(ctx, plain, tokenContext(c.AccessKeyID))
	if err != nil {
		return "", fmt.Errorf("seal session token: %w", err)
	}
	return tokenPrefix + base64.StdEncoding.EncodeToString(sealed), nil
}

// OpenToken gives the claims of a token. It fails with ErrToken where the token was not sealed here for this access key or has
// changed since; whether it has expired is for the caller to see.
func OpenToken(ctx context.Context, sealer envelope.Sealer, accessKeyID, token string) (Claims, error) {
	if len(token) > maxToken || len(token) < len(tokenPrefix) || token[:len(tokenPrefix)] != tokenPrefix {
		return Claims{}, ErrToken
	}
	// Strict: of the many texts that a lenient reader takes for the same bytes, one is the token.
	sealed, err := base64.StdEncoding.Strict().DecodeString(token[len(tokenPrefix):])
	if err != nil {
		return Claims{}, ErrToken
	}
	plain, err := sealer.Open(ctx, sealed, tokenContext(accessKeyID))
	if errors.Is(err, envelope.ErrOpen) {
		return Claims{}, ErrToken
	}
	if err != nil {
		return Claims{}, fmt.Errorf("open session token: %w", err)
	}
	defer envelope.Zero(plain)
	return unpack(plain)
}

func pack(value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("write claims: %w", err)
	}
	defer envelope.Zero(text)
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack claims: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("pack claims: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack claims: %w", err)
	}
	return packed.Bytes(), nil
}

func unpack(packed []byte) (c Claims, err error) {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxUnpacked))
	if err != nil {
		return c, fmt.Errorf("unpack claims: %w", err)
	}
	defer envelope.Zero(text)
	if err := json.Unmarshal(text, &c); err != nil {
		return Claims{}, fmt.Errorf("read claims: %w", err)
	}
	return c, nil
}

// maxPacked is how many bytes policies and tags of a session may take, packed.
const maxPacked = 4096

// packedPercent gives the share of maxPacked that policies and tags take, in percent, rounded up; nil where there are none.
func packedPercent(c Claims) (*int, error) {
	if c.Policy == "" && len(c.PolicyARNs) == 0 && len(c.Tags) == 0 {
		return nil, nil
	}
	packed, err := pack(Claims{Policy: c.Policy, PolicyARNs: c.PolicyARNs, Tags: c.Tags, Transitive: c.Transitive})
	if err != nil {
		return nil, err
	}
	return new((len(packed)*100 + maxPacked - 1) / maxPacked), nil
}
