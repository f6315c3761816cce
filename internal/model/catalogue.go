package model

import (
	"fmt"
	"strings"

	"merlon.dev/merlon/internal/arn"
	"merlon.dev/merlon/internal/fault"
)

// Entry is a model that can be called.
type Entry struct {
	ID       string // as callers name it: "meta.llama3-8b-instruct-v1:0"
	Name     string // for people
	Provider Provider
}

// Catalogue knows the models that can be called. It is immutable and safe for concurrent use.
type Catalogue struct {
	entries []Entry
	byID    map[string]Entry
}

// NewCatalogue refuses an id that is given twice.
func NewCatalogue(entries ...Entry) (*Catalogue, error) {
	c := &Catalogue{entries: entries, byID: make(map[string]Entry, len(entries))}
	for _, e := range entries {
		if _, taken := c.byID[e.ID]; taken {
			return nil, fmt.Errorf("model %s is configured twice", e.ID)
		}
		c.byID[e.ID] = e
	}
	return c, nil
}

// All gives the models in the order of the configuration.
func (c *Catalogue) All() []Entry { return c.entries }

// ParseID gives the id in an identifier: itself, or the one in the ARN of a foundation model.
func ParseID(identifier string) string {
	if parsed, err := arn.Parse(identifier); err == nil && parsed.Service == "bedrock" {
		if id, ok := parsed.ResourceID("foundation-model"); ok {
			return id
		}
	}
	return identifier
}

// ARN gives the ARN of a foundation model, which belongs to no account.
func ARN(partition, region, id string) string {
	return "arn:" + partition + ":bedrock:" + region + "::foundation-model/" + id
}

// Find gives the model that an id or an ARN names. An unknown one is Invalid, as the service says it.
func (c *Catalogue) Find(identifier string) (Entry, error) {
	if e, ok := c.byID[ParseID(identifier)]; ok {
		return e, nil
	}
	if strings.HasPrefix(identifier, "arn:") {
		return Entry{}, fault.New(fault.NotFound, "The model could not be found.")
	}
	return Entry{}, fault.New(fault.Invalid, "The provided model identifier is invalid.")
}
