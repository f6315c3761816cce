// Package bedrock is a provider of models behind Amazon Bedrock, or behind another server that speaks its Converse operations, such as Merlon.
//
// The conversation goes out as Converse, ConverseStream and CountTokens, signed with credentials of the configuration: those of the caller stay
// here. No guardrail is asked for there; the guardrails of the call are applied on this side.
package bedrock

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

// Config sets a Provider up. A zero field means its default.
type Config struct {
	// Region is the one that signatures name: "us-east-1". Needed.
	Region string
	// BaseURL is what "/model/..." is added to. Default: Bedrock's endpoint in the Region.
	BaseURL string
	// Model is the model's id or ARN there, or that of an inference profile. Needed.
	Model string
	// Credentials prove who calls. Needed.
	Credentials Credentials
	// Calls bounds the calls.
	Calls remote.Config
	// Now is the time of signatures. Default time.Now.
	Now func() time.Time
}

// Provider calls one model. It is safe for concurrent use.
type Provider struct {
	config Config
	root   *url.URL // with the model in its path; what is called there is added
	caller *remote.Caller
	keys   *keys
}

var (
	_ model.Provider     = (*Provider)(nil)
	_ model.TokenCounter = (*Provider)(nil)
)

// New makes a provider; it fails where the configuration cannot be one, or credentials cannot be read. It does not call the server.
func New(c Config) (*Provider, error) {
	if c.Region == "" {
		return nil, errors.New("no Region")
	}
	if c.BaseURL == "" {
		c.BaseURL = endpoint(c.Region)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("base URL: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("base URL %q is not http://HOST or https://HOST", c.BaseURL)
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("base URL: user, query and fragment are not taken")
	case c.Model == "":
		return nil, errors.New("no upstream model")
	}
	keys, err := newKeys(c.Credentials, c.Region)
	if err != nil {
		return nil, err
	}
	return &Provider{config: c, root: base.JoinPath("model", escape(c.Model)), caller: remote.New(c.Calls), keys: keys}, nil
}

// endpoint is Bedrock's in a Region.
func endpoint(region string) string {
	domain := "amazonaws.com"
	if arn.PartitionOf(region) == "aws-cn" {
		domain += ".cn"
	}
	return "https://bedrock-runtime." + region + "." + domain
}

// escape leaves of a model's name only what SDKs leave, so that any server reads the same path and the signature holds.
func escape(name string) string { return strings.ReplaceAll(url.QueryEscape(name), "+", "%20") }

// Close gives back the idle connections. Calls that are open go on.
func (p *Provider) Close() { p.caller.Close() }
